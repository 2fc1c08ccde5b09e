//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is one of a system's, with all that it starts.
type process struct {
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
}

// start runs a command in a process group of its own, so that a kill takes its
// children too. What it prints goes to the end of a log.
func start(log string, env []string, name string, args ...string) (*process, error) {
	return launch(nil, log, env, name, args...)
}

// startAs is start as another user, nil for ourselves.
func startAs(user *syscall.Credential, log, name string, args ...string) (*process, error) {
	return launch(user, log, nil, name, args...)
}

func launch(user *syscall.Credential, log string, env []string, name string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(name, args...) //nolint:noctx // it outlives whoever starts it, and is killed by its group
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: user}
	if err := cmd.Start(); err != nil {
		_ = out.Close()
		return nil, err
	}
	p := &process{cmd: cmd, log: out, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // it is killed: how it ended says nothing
		close(p.done)
	}()
	return p, nil
}

// kill ends the group at once, as a power cut does.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

func (p *process) signal(s syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, s)
	<-p.done
	_ = p.log.Close()
}

// end asks the group to end. One that does not within a while is killed.
func (p *process) end(s syscall.Signal, within time.Duration) error {
	_ = syscall.Kill(-p.cmd.Process.Pid, s) // it may have ended
	timer := time.NewTimer(within)
	defer timer.Stop()
	var err error
	select {
	case <-p.done:
	case <-timer.C:
		err = fmt.Errorf("%s did not end within %s of %v", filepath.Base(p.cmd.Path), within, s)
	}
	p.kill()
	return err
}
