package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// makesReleases are the packages that may say that a person's words go to a
// customer; carriesReleases may take down what those said.
var (
	makesReleases   = []string{"crmbot/bot/relay"}
	carriesReleases = []string{"crmbot/bot/relay", "crmbot/bot/pipeline", "crmbot/storage", "crmbot/storage/storagetest"}
)

// TestOnePackageLetsWordsGo: nobody but package relay makes a bot.Release or
// sets the Release of a bot.Post, and nobody but the queues' own writes down
// what was released. The database refuses the rest.
func TestOnePackageLetsWordsGo(t *testing.T) {
	made := 0
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range breaches(file, p.ImportPath) {
				t.Errorf("%s lets a person's words go: that is for %s", set.Position(at), strings.Join(makesReleases, ", "))
			}
			if slices.Contains(makesReleases, p.ImportPath) {
				made += len(breaches(file, "nobody"))
			}
		}
	}
	if made == 0 {
		t.Error("nobody lets words go: this test has lost sight of them")
	}
}

// breaches are the places of a file at which a package does what it may not.
func breaches(file *ast.File, path string) (at []token.Pos) {
	maker, carrier := slices.Contains(makesReleases, path), slices.Contains(carriesReleases, path)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if named(n, "bot", "Release") && !maker {
				at = append(at, n.Pos())
			}
		case *ast.CompositeLit:
			if path == "crmbot/bot" && isIdent(n.Type, "Release") {
				at = append(at, n.Pos())
			}
			for _, e := range n.Elts {
				pair, is := e.(*ast.KeyValueExpr)
				if !is {
					continue
				}
				post := isType(n.Type, "Post") && isIdent(pair.Key, "Release")
				row := isIdent(pair.Key, "ReleasedBy") || isType(n.Type, "Outgoing") && isIdent(pair.Key, "Release")
				if post && !maker || row && !carrier {
					at = append(at, pair.Pos())
				}
			}
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				field, is := left.(*ast.SelectorExpr)
				if is && (field.Sel.Name == "Release" || field.Sel.Name == "ReleasedBy") && !carrier {
					at = append(at, left.Pos())
				}
			}
		}
		return true
	})
	return at
}

// isType says whether a literal is of a type of that name.
func isType(t ast.Expr, name string) bool {
	if s, is := t.(*ast.SelectorExpr); is {
		return s.Sel.Name == name
	}
	return isIdent(t, name)
}

func isIdent(e ast.Expr, name string) bool {
	id, is := e.(*ast.Ident)
	return is && id.Name == name
}

func named(s *ast.SelectorExpr, pkg, name string) bool {
	return isIdent(s.X, pkg) && s.Sel.Name == name
}

// TestTheWallIsSeen: the test above finds every way around it.
func TestTheWallIsSeen(t *testing.T) {
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"crmbot/bot/commands", "r.Post(bot.Post{Release: &bot.Release{By: 3}})", 2},
		{"crmbot/bot/commands", "x := new(bot.Release); _ = x", 1},
		{"crmbot/bot/commands", "p.Release = y", 1},
		{"crmbot/bot/pipeline", "p.Release = y; _ = bot.OutboxRow{ReleasedBy: 3}", 0},
		{"crmbot/bot/pipeline", "p.Release = &bot.Release{}", 1},
		{"crmbot/bot", "_ = Post{Release: &Release{}}", 2},
		{"crmbot/adapters/x", "_ = bot.OutboxRow{ReleasedBy: 3}", 1},
		{"crmbot/adapters/x", "_ = []bot.OutboxRow{{ReleasedBy: 3}}", 1},
		{"crmbot/bot/relay", "r.Post(bot.Post{Release: &bot.Release{By: 3}})", 0},
		{"crmbot/bot/commands", "_, _ = p.Release, crm.Release{}", 0},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() { "+c.body+" }", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if have := breaches(file, c.path); len(have) != c.want {
			t.Errorf("%s in %s: %d places, want %d", c.body, c.path, len(have), c.want)
		}
	}
}
