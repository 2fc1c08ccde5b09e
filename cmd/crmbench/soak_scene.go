//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// scene is a system under a steady load, in which one fault is played.
type scene struct {
	y     *yard
	o     soakOptions
	fault *fault
	talk  *talk
	mood  *mood
	set   *setup
	at    *running

	began, over time.Time // of the fault
	broken      []string  // promises
	told        []string  // what else there is to say

	mu       sync.Mutex
	stop     chan struct{}
	going    sync.WaitGroup
	gate     chan struct{} // the connections of the platform
	refusals map[int]int   // by status
	slowest  time.Duration // refusal
}

// breaks notes a promise that was not kept.
func (s *scene) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

func (s *scene) tells(format string, args ...any) {
	s.told = append(s.told, fmt.Sprintf(format, args...))
}

// load sends messages at a rate until rest is called, each until it is taken,
// as the platform does: over some connections, and again after a growing pause.
func (s *scene) load(ctx context.Context, rate int) {
	s.stop, s.gate, s.refusals = make(chan struct{}), make(chan struct{}, s.y.o.connections), map[int]int{}
	if rate <= 0 {
		return
	}
	s.going.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.stop:
				return
			case due := <-tick.C:
				m := s.y.crowd.ask(s.talk.words, due)
				s.going.Go(func() { s.bring(ctx, m) })
			}
		}
	})
}

// bring posts a message until it is taken.
func (s *scene) bring(ctx context.Context, m *message) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 4*time.Second) {
		s.gate <- struct{}{}
		began := time.Now()
		status := s.y.hook.post(ctx, s.set.urls, m)
		took := time.Since(began)
		<-s.gate
		if status == http.StatusOK {
			s.y.crowd.acknowledged(m, status)
			return
		}
		s.mu.Lock()
		s.refusals[status]++
		s.slowest = max(s.slowest, took)
		s.mu.Unlock()
		sleep(ctx, wait)
	}
}

// rest ends the load and waits until everything is answered, or nobody was for
// a while.
func (s *scene) rest(ctx context.Context) *account {
	close(s.stop)
	s.going.Wait()
	var a *account
	left, since := -1, time.Now()
	for ctx.Err() == nil {
		if a = s.account(); a.Lost == 0 {
			break
		}
		if a.Lost != left {
			left, since = a.Lost, time.Now()
		}
		if time.Since(since) > patience {
			break
		}
		sleep(ctx, 100*time.Millisecond)
	}
	sleep(ctx, 500*time.Millisecond) // what comes twice comes now
	return s.account()
}

// patience is how long nobody may be answered before the rest is given up: the
// longest pause between two tries of what failed for a minute, and some more.
const patience = 40 * time.Second

func (s *scene) account() *account {
	return reckon(s.y.crowd.taken(), s.mood.said(), s.talk.wants)
}

// admin is the status of a page of a process, with its text, 0 for no answer.
func (s *scene) admin(ctx context.Context, process int, path string) (int, string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.set.admin[process]+path, nil)
	if err != nil {
		return 0, ""
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(body)
}

// goroutines is how many a process has, 0 if it does not say.
func (s *scene) goroutines(ctx context.Context, process int) int {
	_, text := s.admin(ctx, process, "/metrics")
	_, number, _ := strings.Cut(text, "\ngo_goroutines ")
	number, _, _ = strings.Cut(number, "\n")
	n, _ := strconv.Atoi(number) // 0 for something else
	return n
}

// mustBeReady waits until a process says whether it is, as it is wanted.
func (s *scene) mustBeReady(ctx context.Context, process int, want bool, within time.Duration) {
	status := 0
	for end := time.Now().Add(within); time.Now().Before(end) && ctx.Err() == nil; sleep(ctx, 50*time.Millisecond) {
		if status, _ = s.admin(ctx, process, "/readyz"); (status == http.StatusOK) == want && status != 0 {
			return
		}
	}
	s.breaks("/readyz says %d after %s", status, within)
}

// kill is kill -9, and the next start after a while.
func (s *scene) kill(ctx context.Context, process int, down time.Duration) error {
	s.at.processes[process].kill()
	sleep(ctx, down)
	return s.begin(process)
}

// begin starts a process that has ended.
func (s *scene) begin(process int) (err error) {
	s.at.processes[process], err = s.set.start[process]()
	return err
}

// sleep waits for a while or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// talk is what people of a soak write, and what they are to be answered.
type talk struct {
	questions []string
	answers   map[string]string
}

const (
	soakQuestions = 23 // of different articles
	soakChats     = 60
)

// words is the chat and the text of a message: seven of ten are questions in
// chats with many, the others the rest of the mix in chats of their own.
func (t *talk) words(number int) (chat int64, text string) {
	if kind := number % 10; kind >= 7 {
		return loneChat + int64(number), others[(kind-7)*2+number/10%2]
	}
	return firstChat + int64(number%soakChats), t.questions[number%len(t.questions)]
}

// alone is words with a chat for each message.
func (t *talk) alone(number int) (chat int64, text string) {
	return loneChat + int64(number), t.questions[number%len(t.questions)]
}

// wants is the answer to a text, "" for any.
func (t *talk) wants(text string) string { return t.answers[text] }

// learn asks every question once and keeps those whose answers differ.
func (t *talk) learn(ctx context.Context, s *scene, from []string) error {
	t.answers = map[string]string{}
	seen := map[string]bool{}
	asked := map[int64]string{}
	for _, q := range from {
		m := s.y.crowd.ask(func(number int) (int64, string) { return loneChat + int64(number), q }, time.Now())
		asked[m.chat] = q
		if status := s.y.hook.post(ctx, s.set.urls, m); status != http.StatusOK {
			return fmt.Errorf("a question was answered with %d", status)
		}
		s.y.crowd.await(ctx, m)
	}
	for _, said := range s.mood.said() {
		q := asked[said.chat]
		if q == "" || seen[said.text] || len(t.questions) == soakQuestions {
			continue
		}
		seen[said.text] = true
		t.answers[q] = said.text
		t.questions = append(t.questions, q)
	}
	if len(t.questions) < 2 {
		return errors.New("too few different answers to see an order")
	}
	return ctx.Err()
}
