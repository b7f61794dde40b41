package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium with one tab, and what it did that a report
// must not make it do.
type browser struct {
	ctx      context.Context
	mu       sync.Mutex
	requests []string
	faults   []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	options := chromedp.DefaultExecAllocatorOptions[:]
	options = append(options, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	b := &browser{}
	b.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Listen(b.ctx, b.saw); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return b
}

func (b *browser) saw(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdpnetwork.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.faults = append(b.faults, "log: "+e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		b.faults = append(b.faults, "dialog: "+e.Message)
	}
}

// open loads a page and gives what it asked for and what went wrong in it.
func (b *browser) open(t *testing.T, text string) (address string, requests, faults []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address = (&url.URL{Scheme: "file", Path: path}).String()
	b.mu.Lock()
	b.requests, b.faults = nil, nil
	b.mu.Unlock()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return address, b.requests, b.faults
}

func evaluated[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// strangers counts elements and attributes that a report has no use for.
const strangers = `[...document.querySelectorAll('*')].filter(e =>
	!['html','head','meta','title','style','body','header','h1','h2','h3','p','span','dl','dt','dd','nav','ul','li','a','main','section','div',
	'table','thead','tbody','tr','th','td','article','figure','figcaption','pre','mark','svg','line','text','path','rect','footer'].includes(e.localName) ||
	[...e.attributes].some(a => a.name.startsWith('on') || a.name == 'src' || a.name == 'style' || a.name.endsWith('href') && !a.value.startsWith('#'))
	).map(e => e.outerHTML.slice(0, 80)).join('\n')`

// TestReportInBrowser: the page of a hostile capture makes no request and no
// element of what stands on the wire, shows all of it, fits a telephone, and
// prints.
func TestReportInBrowser(t *testing.T) {
	b := newBrowser(t)
	_, report, _ := given(t, hostileCapture(), "audit", "-T", "html")
	address, requests, faults := b.open(t, report)
	if len(requests) != 1 || requests[0] != address {
		t.Errorf("it asked for %q", requests)
	}
	if len(faults) > 0 {
		t.Errorf("faults: %q", faults)
	}
	if s := evaluated[string](t, b, strangers); s != "" {
		t.Errorf("elements that are not the report's:\n%s", s)
	}
	text := evaluated[string](t, b, "document.body.innerText")
	for _, want := range []string{`<script>alert(2)</script>]]><!--${7*7}-->`, hostileTexts.destination, hostileTexts.systemID, `\u202e`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
	if w := evaluated[string](t, b, "getComputedStyle(document.querySelector('.case')).borderLeftWidth"); w != "4px" {
		t.Errorf("the page's style does not hold: border %s", w)
	}
	if n := evaluated[int](t, b, "document.querySelectorAll('pre mark').length"); n < 2 {
		t.Errorf("%d marks in trees and octets", n)
	}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(360, 740)); err != nil {
		t.Fatal(err)
	}
	if w := evaluated[int](t, b, "document.documentElement.scrollWidth"); w > 360 {
		t.Errorf("the page is %d wide on a screen of 360", w)
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") || len(pdf) < 10_000 {
		t.Errorf("printed to %d octets, %v", len(pdf), err)
	}
}

// TestBrowserSees: what TestReportInBrowser looks for it would find.
func TestBrowserSees(t *testing.T) {
	b := newBrowser(t)
	_, requests, faults := b.open(t, `<!DOCTYPE html><title>x</title><p style="color: red">x<img src="other.png"><script>throw new Error("x")</script>`)
	if len(requests) != 2 || !strings.HasSuffix(requests[1], "other.png") {
		t.Errorf("it asked for %q", requests)
	}
	if !strings.Contains(strings.Join(faults, " "), "exception") {
		t.Errorf("faults: %q", faults)
	}
	if s := evaluated[string](t, b, strangers); strings.Count(s, "\n") != 2 {
		t.Errorf("elements that no report has:\n%s", s)
	}
}
