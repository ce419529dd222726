// Package tidy ends what a run of tests has started. Each run gets a folder for temporary files of its own; what is in it
// afterwards, and each process of the run that still lives, fails the run and is removed. A second process, the keeper,
// does the same when the run panics, is killed or interrupted.
//
// A process belongs to a run when it has inherited the run's environment or was started with a path in its folder. They
// are found on Linux only; elsewhere only files are.
package tidy

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	// envFolder marks the processes of a run, envKeeper the run's keeper. Perch hands no PERCH_… on to other programs.
	envFolder = "TIDY_TEST_FOLDER"
	envKeeper = "TIDY_TEST_KEEPER"
	// grace is how long a process may take to end after the last test.
	grace = 5 * time.Second
	// startTime is how long a process may take to be seen: one that has only just been started has no arguments yet.
	startTime = 100 * time.Millisecond
	// quietTime is how long the keeper must find nothing before it leaves: what it looks for may be between two programs.
	quietTime = 3 * startTime
	// killTime bounds how long the keeper tries to end what was left.
	killTime = 5 * time.Second
	pollTime = 20 * time.Millisecond
)

// Run runs a package's tests and returns the exit code: tests' own, or 1 when they have left something. It is for
// TestMain: os.Exit(tidy.Run(m.Run)). A run inside a run is part of that.
func Run(tests func() int) int {
	folder := os.Getenv(envFolder)
	if os.Getenv(envKeeper) != "" {
		keep(folder)
		return 0
	}
	if folder != "" {
		return tests()
	}
	folder, end, err := begin()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tidy:", err)
		return 1
	}
	defer end()
	code := tests()
	for _, what := range left(folder) {
		fmt.Fprintln(os.Stderr, "the tests have left", what)
		code = max(code, 1)
	}
	return code
}

// begin makes the folder and starts the keeper, which removes it when end is called or this process is no more.
func begin() (folder string, end func(), err error) {
	if folder, err = os.MkdirTemp("", "perch-test-"); err != nil {
		return "", nil, err
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return "", nil, err
	}
	for name, value := range map[string]string{envFolder: folder, "TMPDIR": folder, "TMP": folder, "TEMP": folder} {
		if err := os.Setenv(name, value); err != nil {
			return "", nil, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	keeper := exec.Command(self) //nolint:noctx // it outlives whatever could end it
	keeper.Env = append(os.Environ(), envKeeper+"=1")
	apart(keeper)
	lifeline, err := keeper.StdinPipe()
	if err == nil {
		err = keeper.Start()
	}
	if err != nil {
		return "", nil, err
	}
	return folder, func() {
		_ = lifeline.Close()
		_ = keeper.Wait()
	}, nil
}

// keep waits for the end of the run and then removes what it has left.
func keep(folder string) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	end, quiet := time.Now().Add(killTime), time.Now()
	for ; time.Now().Before(end) && time.Since(quiet) < quietTime; time.Sleep(pollTime) {
		found := processes(folder)
		for _, p := range found {
			p.kill()
		}
		if os.RemoveAll(folder) != nil || len(found) > 0 {
			quiet = time.Now()
		}
	}
}

// left names what a run has left: processes that do not end by themselves, and files.
func left(folder string) []string {
	var all []string
	time.Sleep(startTime)
	found := processes(folder)
	for end := time.Now().Add(grace); len(found) > 0 && time.Now().Before(end); found = processes(folder) {
		time.Sleep(pollTime)
	}
	for _, p := range found {
		all = append(all, "the process "+p.String())
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		all = append(all, err.Error())
	}
	for _, f := range files {
		all = append(all, "the file "+filepath.Join(folder, f.Name()))
	}
	return all
}
