package profile

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("profile.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("profile.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is a YAML value as an editor holds it against a schema: keys are
// texts as written.
func instance(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = instance(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, e := range n.Content {
			l = append(l, instance(e))
		}
		return l
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int":
		v, _ := strconv.ParseInt(n.Value, 0, 64)
		return json.Number(strconv.FormatInt(v, 10))
	case "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}

// decodes tells whether the decoder takes a document.
func decodes(base, s source) []error {
	p := &Profile{origins: map[string]Origin{}}
	for _, f := range []source{base, s} {
		d := &decoder{file: f.name, lines: f.lines, id: f.id, p: p, seen: map[string]int{}}
		d.identity(f.root)
		d.walk("", f.root)
		if len(d.errs) > 0 {
			return d.errs
		}
	}
	return nil
}

func parseBuiltin(name string) (source, error) {
	text, err := files.ReadFile("builtin/" + name + ".yaml")
	if err != nil {
		return source{}, err
	}
	s, _, errs := parse(name, text)
	if len(errs) > 0 {
		return source{}, errs[0]
	}
	return s, nil
}

func TestSchemaTakesBuiltins(t *testing.T) {
	schema := compiled(t)
	for _, name := range Builtin() {
		s, err := parseBuiltin(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(s.root)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mutation changes one value of a document and takes the change back.
type mutation struct {
	name   string
	change func() (undo func())
}

// mutations are the ways to spoil a value, or not.
func mutations(path string, n *yaml.Node) []mutation {
	was := *n
	swap := func(name string, to yaml.Node) mutation {
		return mutation{path + ": " + name, func() func() {
			*n = to
			return func() { *n = was }
		}}
	}
	scalar := func(text string) yaml.Node {
		var doc yaml.Node
		if err := yaml.Load([]byte(text), &doc); err != nil {
			panic(err)
		}
		return *doc.Content[0]
	}
	quoted := func(text string) yaml.Node {
		return yaml.Node{Kind: yaml.ScalarNode, Value: text, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
	}
	out := []mutation{
		swap("null", scalar("null")), swap("a word", quoted("zzz ?")), swap("nothing in quotes", quoted("")),
		swap("a number", scalar("7")), swap("0", scalar("0")), swap("-1", scalar("-1")), swap("1.5", scalar("1.5")),
		swap("a large number", scalar("999999999999")), swap("true", scalar("true")), swap("unset", scalar("unset")),
		swap("an empty list", yaml.Node{Kind: yaml.SequenceNode}),
		swap("an empty map", yaml.Node{Kind: yaml.MappingNode}),
		swap("a list", yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "x"}}}),
		swap("a list of lists", yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.SequenceNode}}}),
		swap("an unknown key", yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("zzz"), word("1")}}),
		swap("a value of a word", yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("value"), word("zzz")}}),
		swap("a source alone", yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("source"), word("a")}}),
	}
	wrap := func(more ...string) yaml.Node {
		inner := was
		m := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{word("value"), &inner}}
		for _, w := range more {
			m.Content = append(m.Content, word(w))
		}
		return m
	}
	out = append(out, swap("wrapped", wrap()), swap("wrapped and cited", wrap("source", "a")),
		swap("wrapped with a bad provenance", wrap("provenance", "hearsay")), swap("wrapped with a bad key", wrap("sorce", "a")))
	if n.Kind == yaml.MappingNode {
		extra := was
		extra.Content = append(append([]*yaml.Node{}, was.Content...), word("zzz"), word("1"))
		out = append(out, swap("one more key", extra))
		for i := 0; i+1 < len(was.Content); i += 2 {
			less := was
			less.Content = append(append([]*yaml.Node{}, was.Content[:i]...), was.Content[i+2:]...)
			out = append(out, swap("without "+was.Content[i].Value, less))
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		less, more := was, was
		less.Content = was.Content[:len(was.Content)-1]
		more.Content = append(append([]*yaml.Node{}, was.Content...), was.Content[0])
		out = append(out, swap("one entry less", less), swap("the first once more", more))
	}
	return out
}

func each(path string, n *yaml.Node, visit func(path string, n *yaml.Node)) {
	visit(path, n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			each(join(path, n.Content[i].Value), n.Content[i+1], visit)
		}
	case yaml.SequenceNode:
		for i, e := range n.Content {
			each(fmt.Sprintf("%s[%d]", path, i), e, visit)
		}
	}
}

// around gives the document with no other top key than that of path and those
// that every one needs: the rest has no say in it and takes time.
func around(s source, path string) source {
	if path == "" {
		return s
	}
	top, _, _ := strings.Cut(path, ".")
	top, _, _ = strings.Cut(top, "[")
	root := *s.root
	root.Content = nil
	for i := 0; i+1 < len(s.root.Content); i += 2 {
		if key := s.root.Content[i].Value; key == top || key == "profile" || key == "sources" {
			root.Content = append(root.Content, s.root.Content[i], s.root.Content[i+1])
		}
	}
	s.root = &root
	return s
}

// What a schema cannot say, and the decoder does.
func beyondSchema(err error) bool {
	for _, words := range []string{"stands twice", "is above", "error parsing regexp", "is no address"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// Schema and decoder refuse the same documents.
func TestSchemaAgrees(t *testing.T) {
	schema := compiled(t)
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, _, errs := parse("full.yaml", text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	base, err := parseBuiltin(Base)
	if err != nil {
		t.Fatal(err)
	}
	if errs := decodes(base, s); len(errs) > 0 {
		t.Fatal(errs)
	}
	if err := schema.Validate(instance(s.root)); err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	accepted, refused := 0, 0
	each("", s.root, func(path string, n *yaml.Node) {
		given[path] = true
		for _, m := range mutations(path, n) {
			undo := m.change()
			part := around(s, path)
			errs, bySchema := decodes(base, part), schema.Validate(instance(part.root))
			undo()
			switch {
			case len(errs) > 0 && beyondSchema(errs[0]):
			case (len(errs) > 0) != (bySchema != nil):
				t.Errorf("%s: decoder: %v, schema: %v", m.name, errs, bySchema)
			case bySchema != nil:
				refused++
			default:
				accepted++
			}
		}
	})
	if accepted < 500 || refused < 1000 {
		t.Errorf("%d mutations were accepted and %d refused by both: too few to prove anything", accepted, refused)
	}
	for i := range params {
		path := params[i].path
		if !given[path] {
			t.Errorf("testdata/full.yaml lacks %s", path)
		}
	}
}
