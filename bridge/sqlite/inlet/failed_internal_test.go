package inlet

import (
	"path/filepath"
	"testing"

	"perch/bridge"
)

// A write that failed is as if it had not been; where the file itself is lost, the next one goes elsewhere.
func TestAFailedWriteLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	l, err := Open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	one := func(seq int64) []*bridge.Post { return []*bridge.Post{{Seq: seq, Source: "x:c", Body: []byte("body")}} }
	if err := l.Append(one(1)); err != nil {
		t.Fatal(err)
	}
	if err := l.segments[0].file.Close(); err != nil { // the disk is gone
		t.Fatal(err)
	}
	if err := l.Append(one(2)); err == nil {
		t.Fatal("a write to a disk that is gone has succeeded")
	}
	if l.Last() != 1 {
		t.Errorf("numbers go on after %d", l.Last())
	}
	if err := l.Append(one(3)); err != nil { // and is back
		t.Fatal(err)
	}
	after, err := Open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = after.Close() }()
	posts, err := after.Read(10)
	if err != nil || len(posts) != 2 || posts[0].Seq != 1 || posts[1].Seq != 3 {
		t.Errorf("%v, %v", posts, err)
	}
}
