package powercut_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// envProgram makes this test's own program one of programs, which writes below envHome.
const (
	envProgram = "POWERCUT_PROGRAM"
	envHome    = "POWERCUT_HOME"
)

// records is how many records each program writes, recordSize how long each is, in bytes.
const (
	records    = 6
	recordSize = 1500
)

func TestMain(m *testing.M) {
	if program := programs[os.Getenv(envProgram)]; program.run != nil {
		program.run(os.Getenv(envHome))
		return
	}
	os.Exit(m.Run())
}

// programs write records and say of each that it is kept.
var programs = map[string]struct {
	isCareful bool
	run       func(home string)
}{
	"syncs before it says so": {true, func(home string) {
		f := create(home, 0)
		syncFolder(home)
		each(func(i int) { put(f, i); must(syscall.Fdatasync(int(f.Fd()))) })
	}},
	"says so before it syncs": {false, func(home string) {
		f := create(home, 0)
		syncFolder(home)
		for i := range records {
			put(f, i)
			say(i)
			must(syscall.Fdatasync(int(f.Fd())))
		}
	}},
	"never syncs the folder": {false, func(home string) {
		f := create(home, 0)
		each(func(i int) { put(f, i); must(f.Sync()) })
	}},
	"writes over what it set aside": {true, func(home string) {
		f := create(home, 0)
		must(syscall.Fallocate(int(f.Fd()), 0, 0, 1<<20))
		must(f.Sync())
		syncFolder(home)
		each(func(i int) { put(f, i); must(syscall.Fdatasync(int(f.Fd()))) })
	}},
	"opens for synced writes": {true, func(home string) {
		f := create(home, syscall.O_DSYNC)
		syncFolder(home)
		each(func(i int) { put(f, i) })
	}},
	"syncs a range only": {false, func(home string) {
		f := create(home, 0)
		syncFolder(home)
		each(func(i int) { put(f, i); must(syscall.SyncFileRange(int(f.Fd()), 0, 1<<20, 7)) })
	}},
	"replaces the file and syncs the folder": {true, func(home string) {
		each(func(i int) { replace(home, i); syncFolder(home) })
	}},
	"replaces the file and leaves it at that": {false, func(home string) {
		each(func(i int) { replace(home, i) })
	}},
	"empties the file first": {false, func(home string) {
		create(home, 0)
		syncFolder(home)
		each(func(i int) {
			f := create(home, os.O_TRUNC)
			for n := range i + 1 {
				put(f, n)
			}
			must(f.Sync())
		})
	}},
}

func each(keep func(int)) {
	for i := range records {
		keep(i)
		say(i)
	}
}

func say(i int) { _, _ = fmt.Fprintf(os.Stdout, "kept %d\n", i) }

func create(home string, flags int) *os.File {
	f, err := os.OpenFile(filepath.Join(home, "records"), os.O_CREATE|os.O_RDWR|flags, 0o600)
	must(err)
	return f
}

func put(f *os.File, i int) {
	_, err := f.WriteAt(record(i), int64(i*recordSize))
	must(err)
}

func record(i int) []byte {
	all := make([]byte, recordSize)
	for n := range all {
		all[n] = byte('A' + i)
	}
	return all
}

func replace(home string, i int) {
	f, err := os.Create(filepath.Join(home, "new"))
	must(err)
	for n := range i + 1 {
		_, err := f.Write(record(n))
		must(err)
	}
	must(f.Sync())
	must(f.Close())
	must(os.Rename(f.Name(), filepath.Join(home, "records")))
}

func syncFolder(home string) {
	f, err := os.Open(home)
	must(err)
	must(f.Sync())
	must(f.Close())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
