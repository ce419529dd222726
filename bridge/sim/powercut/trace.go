package powercut

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// calls are those that strace is to write down.
const calls = "open,openat,creat,close,dup,dup2,dup3,lseek,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync,syncfs," +
	"ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,mkdir,mkdirat,mmap," +
	"copy_file_range,sendfile,splice"

// longest is the longest text that strace writes down whole, in bytes.
const longest = "100000000"

// Strace returns the arguments with which strace runs a program, whose own follow, so that Read can read what it writes.
func Strace(to string) []string {
	return []string{"-f", "--seccomp-bpf", "-yy", "-xx", "-s", longest, "-o", to, "-e", "trace=" + calls}
}

// Trace is the calls of one run, each of which begins and ends at moments of its own. Make it with Read.
type Trace struct{ steps []step }

type step struct {
	call   *call
	begins bool
	ends   bool
}

// Sent is what the program has begun to write to something else than a file below the folder.
type Sent struct {
	// To is as strace has it, such as "TCP:[127.0.0.1:3002->127.0.0.1:50342]".
	To   string
	Data []byte
}

// Read reads what strace has written down.
func Read(r io.Reader) (*Trace, error) {
	t, unfinished := &Trace{}, map[string]began{}
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.add(strings.TrimSuffix(line, "\n"), unfinished)
	}
}

// began is a call that another thread's has interrupted in the trace.
type began struct {
	line string
	step int
}

func (t *Trace) add(line string, unfinished map[string]began) {
	thread, line, _ := strings.Cut(line, " ")
	line = strings.TrimSpace(line)
	if head, ok := strings.CutSuffix(line, "<unfinished ...>"); ok {
		unfinished[thread] = began{strings.TrimRight(head, " "), len(t.steps)}
		t.steps = append(t.steps, step{})
		return
	}
	if !strings.HasPrefix(line, "<... ") {
		if c, ok := newCall(line); ok {
			t.steps = append(t.steps, step{c, true, true})
		}
		return
	}
	first, ok := unfinished[thread]
	_, rest, isResumed := strings.Cut(line, " resumed>")
	delete(unfinished, thread)
	if !ok || !isResumed {
		return
	}
	if c, ok := newCall(first.line + rest); ok {
		t.steps[first.step] = step{call: c, begins: true}
		t.steps = append(t.steps, step{call: c, ends: true})
	}
}

// Len returns how many steps the trace has.
func (t *Trace) Len() int { return len(t.steps) }

// Play does one step. Steps are to be played in order, once each. Sent is nil unless the step begins a write elsewhere.
func (t *Trace) Play(d *Disk, i int) (*Sent, error) {
	s := t.steps[i]
	if s.call == nil {
		return nil, nil //nolint:nilnil // nothing was sent
	}
	var sent *Sent
	var err error
	if s.begins {
		sent, err = d.begin(s.call)
	}
	if s.ends {
		err = errors.Join(err, d.end(s.call))
	}
	if err != nil {
		err = fmt.Errorf("step %d: %w", i, err)
	}
	return sent, err
}
