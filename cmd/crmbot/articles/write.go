package articles

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// Save writes articles to a path: .csv and .xlsx are files, anything else is a
// folder, which is made if it is missing. A file is replaced as a whole or not
// at all. It returns the names of what else is in the folder, which is left
// alone.
func Save(to string, all []*crm.Article, words *locale.Words) (others []string, err error) {
	switch strings.ToLower(filepath.Ext(to)) {
	case ".csv":
		return nil, replace(to, func(w io.Writer) error { return WriteCSV(w, all, words) })
	case ".xlsx":
		return nil, replace(to, func(w io.Writer) error { return WriteXLSX(w, all, words) })
	}
	if err := os.MkdirAll(to, 0o750); err != nil {
		return nil, err
	}
	names := fileNames(all)
	mine := map[string]string{} // by the name in small letters
	for a, name := range names {
		mine[strings.ToLower(name)] = name
		text, path := []byte(format(a, name)), filepath.Join(to, name)
		if same, err := os.ReadFile(path); err == nil && bytes.Equal(same, text) { //nolint:gosec // in the folder of the export
			continue
		}
		if err := replace(path, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return nil, err
		}
	}
	list, err := os.ReadDir(to)
	for _, f := range list {
		if name := f.Name(); !strings.HasPrefix(name, ".") && !sameFile(to, name, mine[strings.ToLower(name)]) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return others, err
}

// fileNames gives each article a name of its own, also where case does not
// count: there MOQ is moq. What is in small letters keeps its name.
func fileNames(all []*crm.Article) map[*crm.Article]string {
	names, taken := make(map[*crm.Article]string, len(all)), map[string]bool{}
	for _, small := range []bool{true, false} {
		for _, a := range sorted(all) {
			if name := Name(a); small == (name == strings.ToLower(name)) {
				if taken[strings.ToLower(name)] {
					name = oddName(line(a.Slug)) + "." + a.Language + ".md"
				}
				taken[strings.ToLower(name)] = true
				names[a] = name
			}
		}
	}
	return names
}

// sameFile says whether a name in a folder is another name, or means it.
func sameFile(dir, name, other string) bool {
	if name == other || other == "" {
		return other != ""
	}
	one, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		return false
	}
	two, err := os.Stat(filepath.Join(dir, other))
	return err == nil && os.SameFile(one, two)
}

// replace writes a file beside path and puts it in its place.
func replace(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".crmbot-*")
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // there is an error to tell already
	}
	return err
}
