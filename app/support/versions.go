package support

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"perch/app/version"
)

// programPatience bounds the question to a program which version it is.
const programPatience = 3 * time.Second

// versionFacts is what there is to know of the programs.
type versionFacts struct {
	Perch     string            `json:"perch"`
	Go        string            `json:"go"`
	System    string            `json:"system"`
	Kernel    string            `json:"kernel,omitempty"`
	Computers int               `json:"processors"`
	Desktop   map[string]string `json:"desktop"`
	Programs  map[string]string `json:"programs"`
	Libraries map[string]string `json:"libraries"`
}

// desktopVariables say on what kind of desktop Perch runs; of others only that they are set.
var desktopVariables = []string{"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "XDG_SESSION_DESKTOP", "LANG", "LC_ALL"}

func (m *maker) writeVersions(ctx context.Context, w io.Writer) error {
	facts := versionFacts{
		Perch: version.Number, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH + " " + release("/etc/os-release"),
		Computers: runtime.NumCPU(), Desktop: map[string]string{}, Libraries: map[string]string{},
	}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		facts.Kernel = strings.TrimSpace(string(kernel))
	}
	for _, name := range desktopVariables {
		if value := os.Getenv(name); value != "" {
			facts.Desktop[name] = value
		}
	}
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SSH_CONNECTION"} {
		facts.Desktop[name] = strconv.FormatBool(os.Getenv(name) != "")
	}
	facts.Programs = programs(ctx)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			facts.Libraries[dep.Path] = dep.Version
		}
	}
	return m.writeVersionFacts(w, facts)
}

// writeVersionFacts writes them without secrets; there is nothing of customers in versions, and much that looks like ids.
func (m *maker) writeVersionFacts(w io.Writer, facts versionFacts) error {
	hidden := func(all map[string]string) {
		for name, text := range all {
			all[name] = m.hider.Secrets(text)
		}
	}
	hidden(facts.Desktop)
	hidden(facts.Programs)
	return writePlain(w, facts)
}

// release is the name of a Linux; "" elsewhere.
func release(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	for lines := bufio.NewScanner(io.LimitReader(f, maxSettings)); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return ""
}

// programs are the versions of those that carry tunnels ("missing", or "unknown" of one that does not tell), and whether Perch's
// own are beside this one.
func programs(ctx context.Context) map[string]string {
	all := map[string]string{}
	for name, flag := range map[string]string{"ssh": "-V", "cloudflared": "--version", "ngrok": "version"} {
		all[name] = versionOf(ctx, name, flag)
	}
	self, err := os.Executable()
	if err != nil {
		return all
	}
	for _, name := range []string{"perch-tray", "perch-window"} {
		path := filepath.Join(filepath.Dir(self), name)
		if runtime.GOOS == "windows" {
			path += ".exe"
		}
		_, err := os.Stat(path)
		all[name] = strconv.FormatBool(err == nil)
	}
	return all
}

func versionOf(ctx context.Context, name, flag string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return "missing"
	}
	ctx, cancel := context.WithTimeout(ctx, programPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, flag) //nolint:gosec // one of three names
	cmd.WaitDelay = programPatience
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}
