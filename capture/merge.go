package capture

// merger gives the source whose packet is the earliest; of equal times the
// one of the earlier path. It is a heap, its root the first.
type merger struct{ heap []*source }

func (m *merger) len() int       { return len(m.heap) }
func (m *merger) first() *source { return m.heap[0] }

func (m *merger) push(s *source) {
	m.heap = append(m.heap, s)
	for i := len(m.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !m.heap[i].before(m.heap[up]) {
			return
		}
		m.heap[i], m.heap[up] = m.heap[up], m.heap[i]
		i = up
	}
}

// moved puts the first source in its place after its packet has changed.
func (m *merger) moved() {
	for i := 0; ; {
		least := i
		for down := 2*i + 1; down <= 2*i+2 && down < len(m.heap); down++ {
			if m.heap[down].before(m.heap[least]) {
				least = down
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// pop takes the first source out.
func (m *merger) pop() {
	last := len(m.heap) - 1
	m.heap[0] = m.heap[last]
	m.heap[last] = nil
	m.heap = m.heap[:last]
	m.moved()
}
