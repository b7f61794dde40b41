package report

import (
	"strconv"
	"strings"
	"time"

	"smpptap/analyze/filter"
)

// ekLayer is a protocol's fields under the keys that tshark gives them.
type ekLayer struct {
	name   string
	fields []ekField
}

type ekField struct {
	key  string
	info *filter.FieldInfo
}

// ekLayers are the layers in tshark's order. What lies below is not dissected
// here, so of frame, ip and tcp there are only the fields that filters know.
var ekLayers = []string{"frame", "ip", "ipv6", "tcp", "smpp", "gsm_sms_ud", "_ws", "smpptap"}

// ekWriter writes rows for Elasticsearch's bulk interface, as tshark -T ek does:
// a line that names the index, then the document. Numbers are strings there.
type ekWriter struct {
	layers []ekLayer
	value  []byte
}

func (e *ekWriter) init() {
	fields := filter.Fields()
	for _, name := range ekLayers {
		layer := ekLayer{name: name}
		for i := range fields {
			protocol, _, inside := strings.Cut(fields[i].Name, ".")
			if !inside || protocol != name && !(protocol == "gsm_sms" && name == "gsm_sms_ud") {
				continue
			}
			key := protocol + "_" + strings.ReplaceAll(fields[i].Name, ".", "_")
			layer.fields = append(layer.fields, ekField{key, &fields[i]})
		}
		e.layers = append(e.layers, layer)
	}
}

func (e *ekWriter) append(b []byte, r *filter.Row) []byte {
	if e.layers == nil {
		e.init()
	}
	b = append(b, `{"index":{"_index":"packets-`...)
	b = time.Unix(0, r.At).UTC().AppendFormat(b, time.DateOnly)
	b = append(b, `","_type":"doc"}}`+"\n"+`{"timestamp":"`...)
	b = strconv.AppendInt(b, r.At/int64(time.Millisecond), 10)
	b = append(b, `","layers":`...)
	layers := openObject(b)
	for i := range e.layers {
		layers.b = e.layer(layers, &e.layers[i], r)
		layers.empty = false // of every layer that can be first, frame has a time
	}
	return append(layers.close(), '}', '\n')
}

// layer appends a layer of which the PDU has a field.
func (e *ekWriter) layer(layers object, l *ekLayer, r *filter.Row) []byte {
	before := len(layers.b)
	layers.key(l.name)
	j := openObject(layers.b)
	for _, f := range l.fields {
		e.field(&j, f, r)
	}
	if j.empty {
		return j.b[:before]
	}
	return j.close()
}

// field appends a field with all its values, as a list where there are several.
func (e *ekWriter) field(j *object, f ekField, r *filter.Row) {
	n, start := 0, 0
	for pos := 0; pos >= 0; n++ {
		v, next := f.info.Next(r, pos, e.value[:0])
		e.value = v
		if next == 0 {
			break
		}
		if n == 0 {
			j.key(f.key)
			start = len(j.b)
		} else {
			j.b = append(j.b, ',')
		}
		j.b = appendEK(j.b, f.info.Type, v)
		pos = next
	}
	if n > 1 {
		j.b = append(j.b, 0)
		copy(j.b[start+1:], j.b[start:])
		j.b[start] = '['
		j.b = append(j.b, ']')
	}
}

// appendEK appends a value in JSON, in what tshark's ek has of its own: octets
// with colons, times as ISO 8601, null for what has no value.
func appendEK(b []byte, t filter.Type, v []byte) []byte {
	switch t {
	case filter.Label:
		return append(b, "null"...)
	case filter.Bytes:
		b = append(b, '"')
		for i := 0; i+1 < len(v) && v[0] != '<'; i += 2 {
			if i > 0 {
				b = append(b, ':')
			}
			b = append(b, v[i], v[i+1])
		}
		return append(b, '"')
	case filter.Time:
		if at, err := time.Parse("Jan _2, 2006 15:04:05.000000000 MST", string(v)); err == nil {
			return append(appendTimeUTC(append(b, '"'), at.UnixNano()), '"')
		}
	}
	return appendJSONString(b, v)
}
