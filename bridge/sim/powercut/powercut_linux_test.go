package powercut_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"perch/bridge/sim/powercut"
)

// cutsAtEachStep is how often the power is cut at each step of a trace: what is lost is chosen by chance.
const cutsAtEachStep = 12

// A program that says too early that something is kept is caught, and a careful one is not.
func TestCarelessProgramsAreCaught(t *testing.T) {
	t.Parallel()
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home, folder := t.TempDir(), filepath.Join(t.TempDir(), "after")
			disk, trace := traced(t, name, home)
			kept, lost := 0, 0
			random := rand.New(rand.NewPCG(1, 1))
			for i := range trace.Len() {
				sent, err := trace.Play(disk, i)
				if err != nil {
					t.Fatal(err)
				}
				if sent != nil && bytes.HasPrefix(sent.Data, []byte("kept ")) {
					kept++
				}
				for range min(kept*cutsAtEachStep, cutsAtEachStep) { // before the first there is nothing to lose
					lost += kept - found(t, disk, random, folder, kept)
				}
			}
			if differences, err := disk.Differences(home); err != nil || len(differences) > 0 {
				t.Errorf("the replay ends otherwise than the program: %q, %v", differences, err)
			}
			if kept != records || (lost == 0) != program.isCareful {
				t.Errorf("of %d records, %d were lost in all cuts", kept, lost)
			}
		})
	}
}

// traced runs a program and returns the disk as it was before, and what the program did to it.
func traced(t *testing.T, program, home string) (*powercut.Disk, *powercut.Trace) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: apt-get install strace")
	}
	disk, err := powercut.Load(home)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, append(powercut.Strace(to), os.Args[0])...)
	cmd.Env = append(os.Environ(), envProgram+"="+program, envHome+"="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("strace does not work here: %v\n%s", err, out)
	}
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	trace, err := powercut.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return disk, trace
}

// found cuts the power and returns how many of the first records are whole on the disk.
func found(t *testing.T, disk *powercut.Disk, random *rand.Rand, folder string, records int) int {
	t.Helper()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := disk.Cut(random, folder); err != nil {
		t.Fatal(err)
	}
	content, _ := os.ReadFile(filepath.Join(folder, "records"))
	n := 0
	for i := range records {
		if at := i * recordSize; len(content) >= at+recordSize && bytes.Equal(content[at:at+recordSize], record(i)) {
			n++
		}
	}
	return n
}
