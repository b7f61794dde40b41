package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/capture"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// sharkFields are what tshark is asked of PDUs.
var sharkFields = []string{
	"smpp.command_id", "smpp.sequence_number", "smpp.command_status", "smpp.command_length", "smpp.source_addr", "smpp.destination_addr",
	"smpp.message_id", "smpp.message", "smpp.sm_length", "smpp.data_coding", "smpp.receipted_message_id", "smpp.system_id",
	"smpp.message_payload", "smpp.opt_param_tag", "smpp.system_type", "smpp.esm.submit.features", "smpp.vendor_op", "_ws.malformed",
}

// sharkFaults are marks that no packet of an export bears.
var sharkFaults = []string{"ip.checksum.status", "tcp.checksum.status", "tcp.analysis.retransmission", "tcp.analysis.out_of_order", "tcp.analysis.lost_segment"}

// shark gives what tshark sees in a file: the values of each field, in order,
// however PDUs share packets, and the times of PDUs. faults tells the packets
// that it finds fault with. checked tells whether it looks at checksums: those
// of captures were often left to the card.
func shark(t *testing.T, path, checked string) (seen map[string][]string, faults []string) {
	t.Helper()
	args := []string{"-r", path, "-n", "-d", "tcp.port==2775,smpp", "-o", "tcp.check_checksum:" + checked, "-o", "ip.check_checksum:" + checked,
		"-T", "fields", "-E", "aggregator=|", "-E", "separator=/t", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "tcp.len"}
	for _, field := range append(sharkFaults, sharkFields...) {
		args = append(args, "-e", field)
	}
	out, err := exec.CommandContext(t.Context(), "tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	seen = map[string][]string{}
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, field := range sharkFaults {
			if v := cells[3+i]; v != "1" && (v != "" || field == "tcp.checksum.status") || len(cells[2]) > 4 { // 1: good
				faults = append(faults, "packet "+cells[0]+": "+field+" "+v)
			}
		}
		for i, field := range sharkFields {
			if v := cells[3+len(sharkFaults)+i]; v != "" {
				seen[field] = append(seen[field], strings.Split(v, "|")...)
			}
		}
		for range strings.Count(cells[3+len(sharkFaults)], "0x") {
			seen["frame.time_epoch"] = append(seen["frame.time_epoch"], cells[1])
		}
	}
	return seen, faults
}

// TestExportTshark: tshark finds no fault with packets of an export of several
// captures, and sees in them the PDUs, values and times that it sees in the
// captures, those that are malformed among them.
func TestExportTshark(t *testing.T) {
	needTool(t, "tshark")
	mergecap := needTool(t, "mergecap")
	sources := []string{wired(t)}
	for _, name := range []string{
		"clean_trx", "clean_tx_rx", "wrong_system_type", "wrong_interface_version", "tlvs_on_33", "no_enquire_link", "idle_disconnect",
		"submit_multi", "refused_throttled", "midstream",
	} {
		sources = append(sources, filepath.Join(samplesDir, name+".pcap"))
	}
	for _, name := range []string{ // tshark loses PDUs of the others, see TestCorpusTshark
		"s03_binds_versions", "s05_long_messages", "s06_v5_broadcast", "s07_ancillary", "s08_receipts", "s12_outbind_alert",
		"s23_any_sll2", "s26_malformed", "s28_vendor_tlvs",
	} {
		path := filepath.Join(corpusDir, name+".pcap")
		if _, err := os.Stat(path); err == nil { // where it lies beside the checkout
			sources = append(sources, path)
		}
	}
	db := filepath.Join(t.TempDir(), "x.db")
	for _, source := range sources {
		var errs bytes.Buffer
		if code := run(t.Context(), []string{"analyze", "-q", "--db", db, source}, nil, &bytes.Buffer{}, &errs); code != 0 {
			t.Fatalf("%s: exit %d: %s", source, code, &errs)
		}
	}
	merged := filepath.Join(t.TempDir(), "m.pcapng")
	args := []string{"-w", merged} // by time, as the export
	for line := range strings.Lines(tells(t, "sql", "--db", db, "-T", "ndjson", "SELECT source FROM captures ORDER BY id")) {
		var row struct{ Source string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		args = append(args, row.Source)
	}
	if out, err := exec.CommandContext(t.Context(), mergecap, args...).CombinedOutput(); err != nil {
		t.Fatalf("mergecap: %v: %s", err, out)
	}
	want, _ := shark(t, merged, "FALSE")
	got, faults := shark(t, exported(t, db, "--capture", "all"), "TRUE")
	if len(faults) > 0 {
		t.Errorf("tshark finds fault with %s", strings.Join(faults, "\n"))
	}
	for field := range want {
		if diff := gocmp.Diff(want[field], got[field]); diff != "" {
			t.Errorf("%s of the captures (-) and of their export (+):\n%s", field, diff)
		}
	}
	if n := len(got["smpp.command_id"]); n < 400 {
		t.Errorf("only %d PDUs", n)
	}
}

// wired is a capture of connections over IPv4 and IPv6, side by side: PDUs
// split over packets, several in one, one larger than any packet, and one
// connection without its beginning.
func wired(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wired.pcapng")
	s, err := capture.NewSynth(&capture.WriteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	at := int64(1793700131_000000001)
	var conns []*capture.SynthConn
	for i, ends := range [][2]string{{"10.1.0.7:40001", "10.2.0.1:2775"}, {"[2001:db8::7]:40002", "[2001:db8::1]:2775"}, {"10.1.0.8:40003", "10.2.0.1:2775"}} {
		c := s.Join("eth0", netip.MustParseAddrPort(ends[0]), netip.MustParseAddrPort(ends[1]))
		if i < 2 {
			if c, err = s.Open("eth0", netip.MustParseAddrPort(ends[0]), netip.MustParseAddrPort(ends[1]), at); err != nil {
				t.Fatal(err)
			}
		}
		conns = append(conns, c)
	}
	send := func(dir stream.Dir, size int, p []byte) {
		for ; len(p) > 0; p = p[min(size, len(p)):] {
			for _, c := range conns {
				at += 1_000_003
				if err := c.Data(dir, at, p[:min(size, len(p))], ""); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	text := smpptest.TLVString(0x0424, strings.Repeat("larger than a packet ", 300))
	large := smpptest.Build("submit_sm", 3, smpptest.F{"source_addr": "4491500123", "destination_addr": "4491500456"}, text)
	receipt := smpptest.Build("deliver_sm", 9, smpptest.F{"source_addr": "4491500456", "destination_addr": "4491500123", "esm_class": 4,
		"short_message": "id:7A sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 text:x"})
	answered := smpptest.Build("submit_sm_resp", 3, smpptest.F{"message_id": "7A"})
	send(stream.FromA, 1000, smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "********", "system_type": "smpp", "interface_version": 0x34}))
	send(stream.FromB, 1000, smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"}))
	send(stream.FromA, 1000, smpptest.Build("enquire_link", 2, nil))
	send(stream.FromB, 1000, smpptest.Build("enquire_link_resp", 2, nil))
	send(stream.FromA, 1460, large)
	send(stream.FromB, 33, append(answered, receipt...))
	send(stream.FromA, 1000, append(smpptest.Build("deliver_sm_resp", 9, nil), smpptest.Build("unbind", 4, nil)...))
	send(stream.FromB, 1000, smpptest.Build("unbind_resp", 4, nil))
	for _, c := range conns {
		_ = c.FIN(stream.FromA, at)
		_ = c.FIN(stream.FromB, at)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
