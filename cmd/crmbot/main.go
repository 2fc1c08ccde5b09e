// Command crmbot opens the doors of the house: it reads the config, builds
// every floor, runs them and stops them in order. It holds no rule and no
// query. crmbot demo shows the whole loop on a sample company without any
// account; crmbot serve is the real thing.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by make build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process around it, so that tests run the same.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "crmbot",
		Short:         "A CRM whose screen is the chat",
		Version:       version,
		Long:          "crmbot answers your customers in their chats, keeps your leads, deals and tickets,\nand tells you the numbers when you ask for them. Start with: crmbot demo",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no command %q; crmbot help lists them", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return wrongUse(err) })
	root.AddCommand(demoCommand(), chatCommand(), initCommand(), serveCommand(), checkCommand(),
		userCommand(), queueCommand(), knowledgeCommand(), inviteCommand(), migrateCommand(), versionCommand())
	root.AddCommand(platformCommands()...)
	markWrongArgs(root)
	return exitCode(root.ExecuteContext(ctx), stderr)
}

// markWrongArgs makes every complaint about arguments a wrong use.
func markWrongArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return wrongUse(err)
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markWrongArgs(sub)
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			goVersion := "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				goVersion = info.GoVersion
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "crmbot %s (%s)\n", version, goVersion)
			return err
		},
	}
}

// quiet drops the error of a context that ended because we were asked to stop.
func quiet(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}
