package powercut

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// What no sync has covered may be there, not be there, or be torn at sectors and at pages, and nowhere else.
func TestAWriteIsThereOrNotOrTorn(t *testing.T) {
	t.Parallel()
	const size = 2 * page
	old, new := bytes.Repeat([]byte{'o'}, size), bytes.Repeat([]byte{'n'}, size)
	f := &file{live: bytes.Clone(old), safe: bytes.Clone(old)}
	f.add(change{at: 1, data: new})
	random := rand.New(rand.NewPCG(1, 1))
	seen := map[string]int{}
	for range 1000 {
		content := f.cut(random)
		if len(content) != size {
			t.Fatalf("%d bytes", len(content))
		}
		kind := "torn between pages"
		for at := 0; at < size; at += sector {
			part := content[at : at+sector]
			if !bytes.Equal(part, old[:sector]) && !bytes.Equal(part, new[:sector]) {
				t.Fatalf("the sector at %d is torn itself", at)
			}
			if at%page != 0 && part[0] != content[at-1] {
				kind = "torn between sectors"
			}
		}
		switch {
		case bytes.Equal(content, old):
			kind = "not there"
		case bytes.Equal(content, new):
			kind = "there"
		}
		seen[kind]++
	}
	for _, kind := range []string{"there", "not there", "torn between pages", "torn between sectors"} {
		if seen[kind] == 0 {
			t.Errorf("never %s: %v", kind, seen)
		}
	}
}

// What was synced stays as it is, whatever has become of later writes to other places.
func TestASyncedWriteStays(t *testing.T) {
	t.Parallel()
	f := &file{}
	f.add(change{at: 1, data: bytes.Repeat([]byte{'1'}, page)})
	f.flush(func(change) bool { return true })
	f.add(change{at: 2, offset: page, data: bytes.Repeat([]byte{'2'}, page)})
	random := rand.New(rand.NewPCG(1, 1))
	shorter, longer := false, false
	for range 200 {
		content := f.cut(random)
		if len(content) < page || !bytes.Equal(content[:page], bytes.Repeat([]byte{'1'}, page)) {
			t.Fatal("what was synced is gone")
		}
		shorter, longer = shorter || len(content) < 2*page, longer || len(content) == 2*page && content[page] == 0
	}
	if !shorter || !longer {
		t.Error("the length of an unsynced file is never in doubt", shorter, longer)
	}
}

// Calls are read whatever stands between their beginning and their end, and the fsync of one covers only what began before.
func TestSyncCoversWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	d := &Disk{home: "/h", live: map[string]*file{}, safe: map[string]*file{}, open: map[int]*handle{}}
	d.live["."], d.safe["."] = &file{isFolder: true}, &file{isFolder: true}
	trace := &Trace{}
	unfinished := map[string]began{}
	for _, line := range []string{
		`1 openat(AT_FDCWD<\x2f>, "\x2f\x68\x2f\x61", O_RDWR|O_CREAT, 0600) = 3<\x2f\x68\x2f\x61>`,
		`1 pwrite64(3<\x2f\x68\x2f\x61>, "\x41\x42", 2, 0) = 2`,
		`1 fdatasync(3<\x2f\x68\x2f\x61> <unfinished ...>`,
		`2 pwrite64(3<\x2f\x68\x2f\x61>, "\x43", 1, 2) = 1`,
		`1 <... fdatasync resumed>)          = 0`,
		`2 write(4<TCP:[127.0.0.1:1->127.0.0.1:2]>, "\x68\x69", 2) = 2`,
		`2 ftruncate(3<\x2f\x68\x2f\x61>, 1) = -1 EIO (Input/output error)`,
	} {
		trace.add(line, unfinished)
	}
	var said string
	for i := range trace.Len() {
		sent, err := trace.Play(d, i)
		if err != nil {
			t.Fatal(err)
		}
		if sent != nil {
			said = sent.To + " " + string(sent.Data)
		}
	}
	if f := d.live["a"]; string(f.live) != "ABC" || string(f.safe) != "AB" || len(f.pending) != 1 {
		t.Errorf("%q, safe %q, %d pending", f.live, f.safe, len(f.pending))
	}
	if said != "TCP:[127.0.0.1:1->127.0.0.1:2] hi" {
		t.Error(said)
	}
}
