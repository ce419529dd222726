package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A service of the whole system has a /tmp of its own, which goes with it. A backup that the relay made there would be gone with
// the relay, and nobody would ever see it, although perch backup has said where it is.
func TestABackupIsWhereItsMakerSeesIt(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	own := []string{"unshare", "-m", "sh", "-c", `mount --make-rprivate / && mount -t tmpfs tmpfs "$0" && exec "$@"`, folder}
	if out, err := exec.Command(own[0], append(own[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount a disk (root): %v %s", err, out)
	}
	b := newBox(t)
	b.within = own
	b.env = append(b.env, "PERCH_SERVICE=systemd-system")
	b.start()
	path := filepath.Join(folder, "a.backup")
	if out := b.must("backup", path); !strings.Contains(out, path) {
		t.Errorf("perch backup says: %s", out)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error("the backup is not there: ", err)
	}
	if out := b.must("status"); !strings.Contains(out, path) {
		t.Errorf("the relay does not know of it: %s", out)
	}
}
