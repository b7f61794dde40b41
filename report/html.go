package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
)

//go:embed html.tmpl
var htmlText string

//go:embed html.css
var htmlStyle string

var htmlTemplate = template.Must(template.New("report").Parse(htmlText))

// htmlPage is a view with what the page needs beside it.
type htmlPage struct {
	*view
	Style  template.CSS
	Policy string
}

// WriteHTML writes the dossier as one page that needs nothing else: no script,
// no image, no font, and a policy that lets a browser load none. Texts pass
// AppendSafe and then the template's escaping.
func (d *Dossier) WriteHTML(w io.Writer) error {
	b := bufio.NewWriterSize(w, 64<<10)
	page := htmlPage{view: d.view(), Style: template.CSS(htmlStyle), Policy: contentPolicy()}
	if err := htmlTemplate.Execute(b, page); err != nil {
		return err
	}
	return b.Flush()
}

// contentPolicy allows the page's own style by its hash and nothing else.
func contentPolicy() string {
	sum := sha256.Sum256([]byte(htmlStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}
