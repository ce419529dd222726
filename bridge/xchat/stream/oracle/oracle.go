// Package oracle lets tests ask another implementation: a script under node that answers one JSON value with another.
//
// It is for tests only. Where PERCH_ORACLE is not set, the test that asks is skipped; "make oracle" installs X's
// packages into a folder of its own and names it there.
package oracle

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// maxAnswer bounds one line of an answer: 5 MB of media in base64, and room.
const maxAnswer = 16 << 20

// Script is a running script.
type Script struct {
	tb  testing.TB
	in  *json.Encoder
	out *bufio.Scanner
}

// Start runs a script until the test ends.
func Start(tb testing.TB, file string) *Script {
	tb.Helper()
	modules := os.Getenv("PERCH_ORACLE")
	if modules == "" {
		tb.Skip("PERCH_ORACLE names no folder with X's packages: run make oracle")
	}
	cmd := exec.CommandContext(tb.Context(), "node", "--no-warnings", file)
	cmd.Env = append(os.Environ(), "NODE_MODULES="+modules)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	fatal(tb, err)
	stdout, err := cmd.StdoutPipe()
	fatal(tb, err)
	fatal(tb, cmd.Start())
	tb.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait() // it was told to end
	})
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, maxAnswer)
	return &Script{tb: tb, in: json.NewEncoder(stdin), out: lines}
}

// Ask sends a request and reads its answer.
func (s *Script) Ask(request, answer any) {
	s.tb.Helper()
	fatal(s.tb, s.in.Encode(request))
	if !s.out.Scan() {
		s.tb.Fatalf("the script ended: %v", s.out.Err())
	}
	fatal(s.tb, json.Unmarshal(s.out.Bytes(), answer))
}

func fatal(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
