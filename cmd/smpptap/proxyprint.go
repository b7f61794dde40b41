package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/template"

	"smpptap/proxy"
)

// operation holds what a proxy in operation needs around it.
//
//go:embed ops
var operation embed.FS

// printable is what --print prints.
type printable struct{ name, file string }

var printed = []printable{
	{"unit", "ops/smpptap.service"},
	{"sysctl", "ops/sysctl.conf"},
	{"dashboard", "ops/dashboard.json"},
	{"alerts", "ops/alerts.yaml"},
	{"rules", ""},
}

func printables() (names []string) {
	for _, p := range printed {
		names = append(names, p.name)
	}
	return names
}

// printed prints what was asked for; done: it was asked.
func (p *proxyFlags) printed(a *app) (done bool, err error) {
	if p.printRules {
		p.print = "rules"
	}
	if p.print == "" {
		return false, nil
	}
	if err := oneOf("--print", p.print, printables()...); err != nil {
		return true, err
	}
	for _, what := range printed {
		switch {
		case what.name != p.print:
		case what.file == "":
			return true, p.rules(a)
		case what.name == "unit":
			return true, p.unit(a)
		default:
			text, err := operation.ReadFile(what.file)
			if err == nil {
				_, err = a.out.Write(text)
			}
			return true, err
		}
	}
	return true, nil
}

// unit prints the systemd unit that fits the links.
func (p *proxyFlags) unit(a *app) error {
	t, err := template.ParseFS(operation, "ops/smpptap.service")
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	about := struct {
		Program, Config string
		Transparent     bool
		Stop            int // seconds
	}{program, "/etc/smpptap/links.yaml", p.link.transparent != string(proxy.TransparentOff), int(p.drain.Seconds()) + 15}
	if a.configured.node != nil {
		if about.Config, err = filepath.Abs(a.configured.path); err != nil {
			return err
		}
		links, _, err := p.links(&a.configured)
		if err != nil {
			return err
		}
		for i := range links {
			about.Transparent = about.Transparent || links[i].transparent != string(proxy.TransparentOff)
		}
	}
	return t.Execute(a.out, about)
}

// write is fmt.Fprintf that keeps the first error.
type write struct {
	to  io.Writer
	err error
}

func (w *write) f(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.to, format, args...)
	}
}
