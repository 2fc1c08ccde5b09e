package articles

import (
	"os"
	"path/filepath"
	"strings"
)

// Load reads files and folders: Markdown, CSV (.csv, .tsv, .txt) and XLSX. Every
// mistake is among the Batch's Wrong; those after the fiftieth are counted.
func Load(paths []string, o Options) *Batch {
	b := &Batch{}
	for _, name := range paths {
		before := len(b.Entries)
		wrong := len(b.Wrong.All)
		b.load(name, o)
		if len(b.Entries) == before && len(b.Wrong.All) == wrong && !b.Wrong.full() {
			b.Wrong.Say(Place{File: filepath.Base(name)}, "import.empty")
		}
	}
	for _, e := range b.Entries {
		b.check(e, o)
	}
	return b
}

// load reads one file or folder.
func (b *Batch) load(name string, o Options) {
	at := Place{File: filepath.Base(name)}
	info, err := os.Stat(name)
	if err != nil {
		b.Wrong.Say(Place{File: name}, "import.open", "cause", cause(err))
		return
	}
	kind := strings.ToLower(filepath.Ext(name))
	switch {
	case info.IsDir():
		b.folder(os.DirFS(name), at.File)
		return
	case kind == ".md":
		if !b.markdown(os.DirFS(filepath.Dir(name)), at.File, at) {
			b.Wrong.Say(at, "import.file_name")
		}
		return
	case !info.Mode().IsRegular():
		b.Wrong.Say(at, "import.irregular")
		return
	case info.Size() > mostBytes:
		b.Wrong.Say(at, "import.large", "max", mostBytes>>20)
		return
	case kind != ".csv" && kind != ".tsv" && kind != ".txt" && kind != ".xlsx":
		b.Wrong.Say(at, "import.kind")
		return
	}
	file, err := os.Open(name) //nolint:gosec // the file that is to be imported
	if err == nil {
		if kind == ".xlsx" {
			err = b.workbook(file, info.Size(), at, o)
		} else {
			err = b.csv(file, at, o)
		}
		_ = file.Close() // it was only read
	}
	if err != nil {
		b.Wrong.Say(at, "import.open", "cause", cause(err))
	}
}

// check says what the knowledge base would not take.
func (b *Batch) check(e *Entry, o Options) {
	language, ok := o.Catalog.Match(e.Article.Language)
	if !ok {
		b.Wrong.Say(e.At, "import.language", "language", e.Article.Language, "known", o.Catalog.Languages())
		return
	}
	e.Article.Language = language
	status := e.Article.Status
	if err := e.Article.Check(); err != nil {
		b.Wrong.add(&Finding{At: e.At, Err: err})
	}
	e.Article.Status = status // what the file does not say stays open
}
