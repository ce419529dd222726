package oracle

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"

	"perch/bridge/sim/tidy"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }

// sdk is X's Chat SDK in a process of its own.
type sdk struct {
	t   testing.TB
	in  io.Writer
	out *bufio.Scanner
	id  int
}

// data are bytes, as serve.mjs takes and gives them.
type data struct {
	Bytes string `json:"$bytes"`
}

func bytesOf(raw []byte) data { return data{base64.StdEncoding.EncodeToString(raw)} }

// params are the arguments of a call by name.
type params map[string]any

// startSDK starts the SDK that is installed in the folder PERCH_ORACLE, a node_modules.
func startSDK(t testing.TB) *sdk {
	t.Helper()
	modules := os.Getenv("PERCH_ORACLE")
	if modules == "" {
		t.Skip("X's Chat SDK is not here: make oracle installs it")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "serve.mjs", modules)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 64<<20)
	return &sdk{t: t, in: in, out: scanner}
}

// call calls a method and reads what it returns into result, unless that is nil. An error is the SDK's own.
func (s *sdk) call(on, method string, result any, args ...any) error {
	s.t.Helper()
	if args == nil {
		args = []any{}
	}
	s.id++
	line, err := json.Marshal(map[string]any{"id": s.id, "on": on, "call": method, "args": args})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.in.Write(append(line, '\n')); err != nil {
		s.t.Fatal(err)
	}
	if !s.out.Scan() {
		s.t.Fatalf("the SDK is gone: %v", s.out.Err())
	}
	var answer struct {
		ID    int
		OK    json.RawMessage
		Error *string
	}
	if err := json.Unmarshal(s.out.Bytes(), &answer); err != nil || answer.ID != s.id {
		s.t.Fatalf("answer %d to %d: %v", answer.ID, s.id, err)
	}
	if answer.Error != nil {
		return errors.New(*answer.Error)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.OK, result)
}

// must is call for what has to work.
func (s *sdk) must(on, method string, result any, args ...any) {
	s.t.Helper()
	if err := s.call(on, method, result, args...); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}
