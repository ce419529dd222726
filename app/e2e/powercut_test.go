package e2e

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // reads what the cut has left
)

const (
	// sector is what a disk writes whole or not at all, in bytes.
	sector = 512
	// powerCuts is how many moments of one trace the power is cut at.
	powerCuts = 150
)

// disk replays a trace of system calls: what an fsync has covered is safe, the rest is at the mercy of the cut.
type disk struct {
	safe    map[string][]byte
	pending map[string][]diskWrite
	acked   int // answers written to sockets so far
}

type diskWrite struct {
	offset   int64
	data     []byte
	truncate bool
}

// A power cut at any moment loses nothing that was acknowledged. The trace of a real run is cut at random places; of
// what no fsync has covered, a random part is on the disk, and sectors may be torn.
func TestPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: apt-get install strace")
	}
	b := newBox(t)
	trace := filepath.Join(t.TempDir(), "trace")
	b.startUnder(strace, "-f", "-y", "-xx", "-s", "10000000", "-o", trace,
		"-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat")
	for i := range 120 {
		if status := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[],"n":"event-%04d-"}`, brandID, i)); status != 200 {
			t.Fatalf("event %d: %d", i, status)
		}
	}
	b.must("stop")
	_ = b.relay.Wait()
	b.relay = nil
	steps := readTrace(t, trace, b.home)
	random := rand.New(rand.NewPCG(1, 2))
	moments := make([]int, powerCuts)
	for i := range moments {
		moments[i] = random.IntN(len(steps))
	}
	slices.Sort(moments) // so that the trace is replayed once
	d := &disk{safe: map[string][]byte{}, pending: map[string][]diskWrite{}}
	lost, acked, done := 0, 0, 0
	for _, at := range moments {
		for ; done < at; done++ {
			steps[done](d)
		}
		acked += d.acked
		lost += d.acked - d.cut(t, random)
	}
	t.Logf("%d cuts in a trace of %d steps: %d acknowledged events in all, %d lost", powerCuts, len(steps), acked, lost)
	if lost != 0 || acked == 0 {
		t.Errorf("%d of %d acknowledged events lost", lost, acked)
	}
}

// startUnder runs the relay under another program.
func (b *box) startUnder(program string, args ...string) {
	b.t.Helper()
	cmd := exec.Command(program, append(args, perchBinary, "relay", "--home", b.home)...)
	cmd.Env = append(b.env, "PERCH_DETACHED=1")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.relay = cmd
	line, _ := bufio.NewReader(out).ReadString('\n')
	m := listening.FindStringSubmatch(line)
	if m == nil {
		b.t.Skipf("the relay does not run under %s here: %q", program, line)
	}
	b.listen = m[1]
}

var (
	callPattern    = regexp.MustCompile(`^(\d+)\s+(pwrite64|write|fsync|fdatasync|ftruncate)\(\d+<([^>]*)>(.*)$`)
	eventPattern   = regexp.MustCompile(`event-(\d{4})-`)
	unlinkPattern  = regexp.MustCompile(`^\d+\s+unlink(?:at)?\([^"]*"([^"]*)"`)
	resumedPattern = regexp.MustCompile(`^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$`)
)

// readTrace turns the lines of a trace into steps, each at the moment when its call returned.
func readTrace(t *testing.T, path, home string) []func(*disk) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var steps []func(*disk)
	unfinished := map[string]string{}
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return steps
		}
		line = strings.TrimSuffix(line, "\n")
		if m := resumedPattern.FindStringSubmatch(line); m != nil {
			line = unfinished[m[1]] + m[3]
			delete(unfinished, m[1])
		}
		if head, ok := strings.CutSuffix(line, "<unfinished ...>"); ok {
			pid, _, _ := strings.Cut(line, " ")
			unfinished[pid] = head
			continue
		}
		if m := unlinkPattern.FindStringSubmatch(line); m != nil {
			target, _ := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
			name := filepath.Base(string(target))
			steps = append(steps, func(d *disk) { delete(d.safe, name); delete(d.pending, name) })
			continue
		}
		if m := callPattern.FindStringSubmatch(line); m != nil {
			target, _ := hex.DecodeString(strings.ReplaceAll(m[3], `\x`, ""))
			if step := stepOf(m[2], string(target), m[4], home); step != nil {
				steps = append(steps, step)
			}
		}
	}
}

func stepOf(call, target, rest, home string) func(*disk) {
	if call == "write" && (strings.Contains(target, "socket") || strings.HasPrefix(target, "TCP:")) {
		// The head of an answer of success; its event is the next one in order, because there is one connection. The
		// control API's answers have a body.
		if data, _ := stringArgument(rest); bytes.HasPrefix(data, []byte("HTTP/1.1 200 OK")) && bytes.Contains(data, []byte("Content-Length: 0")) {
			return func(d *disk) { d.acked++ }
		}
		return nil
	}
	name := filepath.Base(target)
	if filepath.Dir(target) != home || !strings.HasPrefix(name, "perch.db") || strings.HasSuffix(name, "-shm") {
		return nil
	}
	switch call {
	case "fsync", "fdatasync":
		return func(d *disk) { d.sync(name) }
	case "ftruncate":
		size, err := strconv.ParseInt(strings.TrimSpace(strings.Split(strings.TrimPrefix(rest, ","), ")")[0]), 10, 64)
		if err != nil {
			return nil
		}
		return func(d *disk) { d.pending[name] = append(d.pending[name], diskWrite{offset: size, truncate: true}) }
	case "pwrite64":
		data, tail := stringArgument(rest)
		numbers := strings.Split(strings.Split(tail, ")")[0], ",")
		offset, err := strconv.ParseInt(strings.TrimSpace(numbers[len(numbers)-1]), 10, 64)
		if err != nil {
			return nil
		}
		return func(d *disk) { d.pending[name] = append(d.pending[name], diskWrite{offset: offset, data: data}) }
	}
	return nil
}

// stringArgument reads the "\x00\x01…" of a call and returns what follows it.
func stringArgument(rest string) (data []byte, tail string) {
	_, rest, ok := strings.Cut(rest, `"`)
	if !ok {
		return nil, ""
	}
	text, tail, _ := strings.Cut(rest, `"`)
	data, _ = hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	return data, tail
}

func (d *disk) sync(name string) {
	for _, w := range d.pending[name] {
		d.safe[name] = w.apply(d.safe[name], len(w.data))
	}
	delete(d.pending, name)
}

// apply does the first n bytes of a write, and changes file.
func (w diskWrite) apply(file []byte, n int) []byte {
	end := w.offset + int64(n)
	if missing := end - int64(len(file)); missing > 0 {
		file = append(file, make([]byte, missing)...)
	}
	if w.truncate {
		return file[:w.offset]
	}
	copy(file[w.offset:end], w.data[:n])
	return file
}

// cut writes down what the disk holds after the power has gone, and returns how many of the acknowledged events a new
// start finds.
func (d *disk) cut(t *testing.T, random *rand.Rand) int {
	t.Helper()
	folder := t.TempDir()
	names := map[string]bool{}
	for name := range d.safe {
		names[name] = true
	}
	for name := range d.pending {
		names[name] = true
	}
	for name := range names {
		file := bytes.Clone(d.safe[name])
		for _, w := range d.pending[name] {
			switch random.IntN(3) {
			case 0: // never reached the disk
			case 1:
				file = w.apply(file, len(w.data))
			default: // torn
				file = w.apply(file, min(len(w.data), sector*random.IntN(len(w.data)/sector+1)))
			}
		}
		if err := os.WriteFile(filepath.Join(folder, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d.acked == 0 {
		return 0
	}
	return countEvents(t, filepath.Join(folder, "perch.db"), d.acked)
}

func countEvents(t *testing.T, path string, acked int) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("after the cut: %s, %v", verdict, err)
		return 0
	}
	rows, err := db.QueryContext(ctx, "SELECT body FROM post")
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = rows.Close() }()
	found := map[int]bool{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			t.Error(err)
			return 0
		}
		if m := eventPattern.FindSubmatch(body); m != nil {
			if i, err := strconv.Atoi(string(m[1])); err == nil && i < acked {
				found[i] = true
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
		return 0
	}
	return len(found)
}
