package articles

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The most that a workbook may unpack to. What is in it is small, and many
// times smaller packed: a file of some kilobytes can hold gigabytes.
const (
	mostUnpacked = 128 << 20 // bytes of all its parts
	mostInMemory = 16 << 20  // bytes of a part; larger ones are unpacked to disk
	mostParts    = 1_000
	mostCells    = 256       // of a row
	mostSheet    = 1_048_576 // rows, empty ones too: Excel has no more
	mostChars    = 32_767    // of a cell, in UTF-16
)

// workbook reads the rows of all sheets that have a header.
func (b *Batch) workbook(file *os.File, size int64, at Place, o Options) (err error) {
	defer func() {
		if recover() != nil { // the library trusts the file more than we do
			b.Wrong.Say(at, "import.workbook")
			err = nil
		}
	}()
	if found := safe(file, size, at); found != nil {
		b.Wrong.add(found)
		return nil
	}
	book, err := excelize.OpenReader(io.NewSectionReader(file, 0, size), excelize.Options{
		UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInMemory,
	})
	if err != nil {
		b.Wrong.Say(at, "import.workbook")
		return nil
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	before, read := len(b.Wrong.All), 0
	var others []string
	for _, sheet := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(sheet); err != nil || !visible {
			continue
		}
		at := at
		at.Sheet = sheet
		state, err := b.sheet(book, at, o)
		if err != nil {
			b.Wrong.Say(at, "import.sheet", "cause", cause(err))
		}
		switch state {
		case sheetRead:
			read++
		case sheetOther:
			others = append(others, sheet)
		}
	}
	switch {
	case read > 0 && len(others) > 0:
		b.Notes.Say(at, "import.sheets", "names", Few(others))
	case read == 0 && len(others) > 0 && len(b.Wrong.All) == before:
		at.Sheet, at.Line = others[0], 1
		t := &table{options: o, batch: b}
		t.header(nil, at)
	case read == 0 && len(b.Wrong.All) == before:
		b.Wrong.Say(at, "import.empty")
	}
	return nil
}

// What a sheet turned out to be.
const (
	sheetEmpty = iota
	sheetOther // its first row names none of our columns
	sheetRead
)

// sheet reads one.
func (b *Batch) sheet(book *excelize.File, at Place, o Options) (state int, err error) {
	rows, err := book.Rows(at.Sheet)
	if err != nil {
		return sheetEmpty, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	t := &table{options: o, batch: b}
	for n := 1; rows.Next(); n++ {
		if at.Line = n; n > mostSheet {
			b.Wrong.Say(at, "import.rows", "max", mostRows)
			return state, nil
		}
		cells, err := rows.Columns()
		if err != nil {
			return state, err
		}
		switch {
		case blank(cells):
		case state == sheetRead:
			if !t.row(cells, at) {
				return state, nil
			}
		case o.known(cells) == 0:
			return sheetOther, nil
		default:
			state = sheetRead
			if !t.header(cells, at) {
				return state, nil
			}
		}
	}
	return state, rows.Error()
}

// safe looks at what a workbook would unpack to, and at the width of its rows,
// before anything is unpacked into memory.
func safe(file io.ReaderAt, size int64, at Place) *Finding {
	unfit := func(key string, pairs ...any) *Finding { return &Finding{At: at, Key: key, Pairs: pairs} }
	parts, err := zip.NewReader(file, size)
	if err != nil {
		return unfit("import.workbook")
	}
	total := uint64(0)
	for _, part := range parts.File {
		total += part.UncompressedSize64
		if total > mostUnpacked || len(parts.File) > mostParts {
			return unfit("import.unpacked", "max", mostUnpacked>>20)
		}
	}
	for _, part := range parts.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if path.Ext(name) != ".xml" || !strings.HasPrefix(name, "xl/") {
			continue
		}
		if err := narrow(part); errors.Is(err, errWide) {
			return unfit("import.wide", "max", mostCells)
		} else if err != nil {
			return unfit("import.workbook")
		}
	}
	return nil
}

var errWide = errors.New("a row has too many cells")

// narrow reads a part once, without keeping it. A row with many cells that all
// mean the same long text is how a small sheet grows in memory.
func narrow(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	d := xml.NewDecoder(r)
	d.Strict = false
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	depth, cells := 0, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		} else if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			switch token.Name.Local {
			case "row":
				cells = 0
			case "c":
				if cells++; cells > mostCells {
					return errWide
				}
			}
		}
	}
}
