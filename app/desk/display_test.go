//go:build !windows && !darwin

package desk_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/desk"
)

func TestCheckDisplayKnocks(t *testing.T) {
	folder := t.TempDir()
	wayland, err := net.Listen("unix", filepath.Join(folder, "wayland-0"))
	if err != nil {
		t.Fatal(err)
	}
	defer wayland.Close()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "there is no display"},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder}, ""},
		{map[string]string{"WAYLAND_DISPLAY": filepath.Join(folder, "wayland-0")}, ""},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": folder}, "wayland-1 does not answer"},
		{map[string]string{"DISPLAY": "nonsense"}, "the display nonsense does not answer"},
		{map[string]string{"DISPLAY": ":x"}, "does not answer"},
		{map[string]string{"DISPLAY": ":4711.0"}, "the display :4711.0 does not answer"},
		{map[string]string{"DISPLAY": "127.0.0.1:-5999"}, "does not answer"},
		{map[string]string{"DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": folder}, ""},
	} {
		err := desk.CheckDisplay(t.Context(), func(name string) string { return c.env[name] })
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: got %v, want %q", c.env, err, c.want)
		}
	}
}
