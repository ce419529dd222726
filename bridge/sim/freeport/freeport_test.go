package freeport_test

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"perch/bridge/sim/freeport"
)

// askEnv makes this binary print ports instead of running tests, until its input ends.
const askEnv = "PORT_TEST_ASK"

func TestMain(m *testing.M) {
	if os.Getenv(askEnv) == "" {
		os.Exit(m.Run())
	}
	for range 10 {
		n, err := freeport.Next()
		if err != nil {
			panic(err)
		}
		_, _ = os.Stdout.WriteString(strconv.Itoa(n) + "\n")
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// The tests are not parallel: a process that is being started has the listeners of the one that starts it for a moment.
func TestNoTwoProcessesGetThePort(t *testing.T) {
	seen := map[string]bool{}
	for range 10 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), askEnv+"=1")
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		text := ""
		for buffer := make([]byte, 256); strings.Count(text, "\n") < 10; {
			n, err := out.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			text += string(buffer[:n])
		}
		for _, p := range strings.Fields(text) {
			if seen[p] {
				t.Errorf("port %s was given to two processes", p)
			}
			seen[p] = true
		}
	}
}

func TestPortsAreFreeAndDiffer(t *testing.T) {
	last := 0
	for range 200 {
		n, err := freeport.Next()
		if err != nil || n == last {
			t.Fatalf("%d after %d, %v", n, last, err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(n))
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		last = n
	}
}
