package adapters_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what has to happen. Nothing is measured
// by it.
const patience = 30 * time.Second

// verifiers is the folder of the programs that nobody on this project wrote,
// with their packages: $CRMBOT_VERIFIERS, or ../shared/verifiers beside the
// repository. Without it, or without Node, the test is skipped; a build server
// has to have both, or says that it has not: "off".
func verifiers(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CRMBOT_VERIFIERS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "verifiers")
	}
	why := ""
	if _, err := exec.LookPath("node"); err != nil {
		why = "no Node here"
	} else if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		why = "set CRMBOT_VERIFIERS to the folder of the verifiers, after npm install there"
	}
	if why == "" {
		dir, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if os.Getenv("CI") == "true" && os.Getenv("CRMBOT_VERIFIERS") != "off" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// program is a verifier at work.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{}
	err  error

	mu   sync.Mutex
	out  bytes.Buffer
	news chan struct{}
}

// launch starts Node with arguments in the folder of the verifiers. It ends
// with the test at the latest.
func launch(t *testing.T, env []string, args ...string) *program {
	t.Helper()
	dir := verifiers(t)
	p := &program{t: t, done: make(chan struct{}), news: make(chan struct{})}
	p.cmd = exec.CommandContext(t.Context(), "node", append([]string{"--require", verifier(t, "patience.cjs")}, args...)...)
	p.cmd.Dir = dir
	p.cmd.Env = append(append(os.Environ(), "CRMBOT_VERIFIERS="+dir), env...)
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may be gone
		<-p.done
	})
	return p
}

// Write keeps what the program says.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.news)
	p.news = make(chan struct{})
	return p.out.Write(b)
}

// said is everything that the program has said.
func (p *program) said() (string, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String(), p.news
}

// says waits until the program has said all of the texts.
func (p *program) says(texts ...string) {
	p.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		out, news := p.said()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(out, text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-news:
		case <-p.done:
			if out, _ := p.said(); !strings.Contains(out, missing) {
				p.t.Fatalf("it ended (%v) without saying %q:\n%s", p.err, missing, out)
			}
		case <-timer.C:
			p.t.Fatalf("it does not say %q:\n%s", missing, out)
		}
	}
}

// ends waits for the end of the program and returns what it said.
func (p *program) ends() (string, error) {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(2 * patience):
		p.t.Error("it does not end")
	}
	out, _ := p.said()
	return out, p.err
}

// vacant waits until nobody listens at a port of this machine, which a verifier
// wants for itself.
func vacant(t *testing.T, port int) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)) //nolint:noctx // on this machine
		if err != nil {
			return
		}
		_ = conn.Close()
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("somebody holds port %d", port)
		}
	}
}

// freePort is a port of this machine that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on this machine
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it ends here
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port
}
