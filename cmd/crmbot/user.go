package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"crmbot/crm"
)

// userCommand is for the engineer at the terminal, who acts for the program
// itself: everybody else adds people by chat.
func userCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use: "user", Short: "List and add the people who work here", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&path, "config", "crmbot.yaml", "the config file")
	with := func(fn func(ctx context.Context, h *house, args []string) (string, error)) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			cfg, err := readConfig(path)
			if err != nil {
				return err
			}
			cfg.Adapters = nil
			h, err := build(cmd.Context(), cfg, discardLog())
			if err != nil {
				return err
			}
			defer h.close()
			text, err := fn(cmd.Context(), h, args)
			if err != nil {
				if crm.CodeOf(err) == crm.CodeInternal {
					return err
				}
				return wrongUse(fmt.Errorf("%s", h.catalog.Words(cfg.Language).Error(err)))
			}
			fmt.Fprint(cmd.OutOrStdout(), text)
			return nil
		}
	}
	var team, handle string
	add := &cobra.Command{
		Use: "add NAME ROLE", Short: "Add somebody and print the code for the first chat", Args: cobra.ExactArgs(2),
		RunE: with(func(ctx context.Context, h *house, args []string) (string, error) {
			role, err := crm.ParseRole(args[1])
			if err != nil {
				return "", err
			}
			u, code, err := h.services.Users.Add(ctx, crm.System(), crm.NewUser{Name: args[0], Role: role, Team: team, Handle: handle})
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%s\t%s\tlink %s\n", u.Handle, u.Role, code), nil
		}),
	}
	add.Flags().StringVar(&team, "team", "", "the team, made if it is new")
	add.Flags().StringVar(&handle, "handle", "", "a short name, such as li.wei")
	cmd.AddCommand(add,
		&cobra.Command{
			Use: "list", Short: "List who works here", Args: cobra.NoArgs,
			RunE: with(func(ctx context.Context, h *house, _ []string) (string, error) {
				users, err := h.services.Users.List(ctx, crm.System(), false)
				text := ""
				if len(users) == 0 {
					text = "nobody yet: crmbot serve prints a code that makes you the first admin\n"
				}
				for _, u := range users {
					state := "active"
					if !u.Active {
						state = "left"
					}
					text += fmt.Sprintf("%s\t%s\t%s\t%s\n", u.Handle, u.Name, u.Role, state)
				}
				return text, err
			}),
		},
		&cobra.Command{
			Use: "code HANDLE", Short: "Print a new one-time code for somebody", Args: cobra.ExactArgs(1),
			RunE: with(func(ctx context.Context, h *house, args []string) (string, error) {
				u, err := h.store.UserByHandle(ctx, args[0])
				if err != nil {
					return "", err
				}
				code, err := h.services.Users.NewCode(ctx, crm.System(), u.ID)
				return "link " + code + "\n", err
			}),
		})
	return cmd
}
