package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"crmbot/storage"
)

// readyFor is how long the parts may take to answer.
const readyFor = 3 * time.Second

// part is something that the house needs for its work.
type part struct {
	name string
	says string // how it is, where there is more to say than that it is well
	err  error  // why it is not ready
	// spare says that the house works without it. One of the installs is needed:
	// as long as one works, its messages must come here.
	spare bool
}

// readyz says of every part whether it is ready, a line each, and answers 503
// unless all that is needed is.
func (h *house) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyFor)
	defer cancel()
	parts := h.parts(ctx)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if ready(parts) {
		fmt.Fprintln(w, "ready")
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "not ready")
	}
	for _, p := range parts {
		mark, says := "ok", p.says
		if p.err != nil {
			mark, says = "--", strings.ReplaceAll(inWords(p.err), "\n", " ")
		}
		if says != "" {
			says = ": " + says
		}
		fmt.Fprintf(w, "%s %s%s\n", mark, p.name, says)
	}
}

// ready says whether all that is needed is ready, and one of what is spare.
func ready(parts []part) bool {
	spare, works := 0, 0
	for _, p := range parts {
		switch {
		case !p.spare && p.err != nil:
			return false
		case p.spare:
			spare++
			if p.err == nil {
				works++
			}
		}
	}
	return spare == 0 || works > 0
}

// parts are those of the house, with how they are.
func (h *house) parts(ctx context.Context) []part {
	line := part{name: "pipeline", err: h.line.Beating()}
	if h.line.Closing() {
		line.err = errors.New("it is stopping and takes nothing in")
	}
	base := part{name: "knowledge", err: errors.New("it is not read yet")}
	if s, ok := h.matcher.Status(); ok {
		base.says, base.err = fmt.Sprintf("version %d, %d articles", s.Version, s.Articles), nil
	}
	all := []part{{name: "database", err: h.store.Ready(ctx)}, h.schema(ctx), line, base}
	held, err := h.store.Held(ctx, h.line.Now())
	for _, life := range h.line.Lives() {
		p := part{name: string(life.Platform) + "/" + string(life.Install), err: life.Err, spare: true}
		until, shut := held[storage.Place{Platform: life.Platform, Install: life.Install}]
		switch {
		case p.err != nil:
		case !life.Running:
			p.err = errors.New("its connection to the platform is not at work")
		case shut:
			p.err = fmt.Errorf("the platform lets us send nothing until %s", until.Format(time.RFC3339))
		case err != nil:
			p.says = "nobody knows whether it may send"
		}
		all = append(all, p)
	}
	return all
}

// schema says whether steps of the schema are missing. Once none was, none ever
// will be.
func (h *house) schema(ctx context.Context) part {
	p := part{name: "migrations"}
	if h.migrated.Load() {
		return p
	}
	steps, err := h.store.Pending(ctx)
	if p.err = err; err == nil && len(steps) > 0 {
		p.err = fmt.Errorf("%s is waiting; run crmbot migrate", strings.Join(steps, ", "))
	}
	h.migrated.Store(p.err == nil)
	return p
}
