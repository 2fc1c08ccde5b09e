package articles

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// parts are what a workbook has beside its sheet. Style 1 is the header's, and 2
// that of everything else.
var parts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", relationships + `<Relationship Id="rId1" Type="` + officeDocument + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", relationships + `<Relationship Id="rId1" Type="` + officeDocument + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + officeDocument + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + officeDocument + `">` +
		`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/styles.xml", `<styleSheet xmlns="` + spreadsheet + `">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/>` +
		`<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>`},
}

const (
	spreadsheet    = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relationships  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	// The header stays in sight; who looks at an article sees its texts in wide columns.
	sheetBegins = `<worksheet xmlns="` + spreadsheet + `"><sheetViews><sheetView tabSelected="1" workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
		`<cols><col min="1" max="2" width="14" customWidth="1"/><col min="3" max="6" width="40" customWidth="1"/></cols><sheetData>`
	sheetEnds = `</sheetData></worksheet>`
)

// WriteXLSX writes articles as a workbook with one sheet. Texts are texts there,
// also those that look like formulas. Fails when a text is longer than a cell
// may be.
func WriteXLSX(to io.Writer, all []*crm.Article, words *locale.Words) error {
	book := zip.NewWriter(to)
	for _, part := range parts {
		w, err := book.Create(part[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, xml.Header+part[1]); err != nil {
			return err
		}
	}
	part, err := book.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(part) // which keeps its first error until Flush
	_, _ = w.WriteString(xml.Header + sheetBegins)
	err = writeRow(w, 1, 1, titles(words))
	for i, a := range sorted(all) {
		err = errors.Join(err, writeRow(w, i+2, 2, cells(a)))
	}
	_, _ = w.WriteString(sheetEnds)
	return errors.Join(err, w.Flush(), book.Close())
}

// writeRow writes texts as the cells of a row, which is counted from 1.
func writeRow(w *bufio.Writer, row, style int, texts []string) error {
	fmt.Fprintf(w, `<row r="%d">`, row)
	for i, s := range texts {
		if len(utf16.Encode([]rune(s))) > mostChars {
			return fmt.Errorf("%s.%s: %s is longer than a cell of a workbook may be; export a folder or a CSV file", texts[0], texts[1], columns[i])
		}
		fmt.Fprintf(w, `<c r="%c%d" s="%d" t="inlineStr"><is><t xml:space="preserve">`, 'A'+i, row, style)
		// _x0041_ is an A in a workbook, and _x005F_ the line before what is none.
		if err := xml.EscapeText(w, []byte(strings.ReplaceAll(s, "_x", "_x005F_x"))); err != nil {
			return err
		}
		_, _ = w.WriteString("</t></is></c>")
	}
	_, _ = w.WriteString("</row>")
	return nil
}
