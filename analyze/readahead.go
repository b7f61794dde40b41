package analyze

// readAhead reads, for all PDUs of a batch in turn, the memory that judging
// them will need. Most of it is far from this processor: another one has
// decoded the PDUs, and the tables of connections and messages are larger than
// its caches. Judging would wait for one line of memory after the other; here
// nothing hangs on what was read, so that the processor waits for many lines at
// once. Nothing is decided here, and what a PDU changes for those behind it
// makes at most a line be read in vain.
func (p *Pipeline) readAhead(b *batch) {
	var sum uint64 // kept, or the compiler would leave the reading out
	for i := range b.items {
		it := &b.items[i]
		if it.pdu == nil || it.link.tracked == nil {
			continue
		}
		for k := 0; k < len(it.pdu.Fields); k += fieldsOfLine {
			sum += uint64(it.pdu.Fields[k].Off)
		}
		for k := 0; k < len(it.pdu.Raw); k += lineOctets {
			sum += uint64(it.pdu.Raw[k])
		}
		sum += it.link.lane.tracker.ReadAhead(it.link.tracked, it.dir, it.pdu)
		sum += it.link.lane.auditor.ReadAhead(it.link.tracked, it.pdu, it.digest)
	}
	p.read = sum
}

const (
	lineOctets   = 64 // of a line of memory
	fieldsOfLine = 2  // dissect.Field has 24 octets
)
