package limits_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"perch/ui/translation"
)

var endpoint = regexp.MustCompile(`[eE]ndpoint[A-Za-z]*\s*=\s*"([a-z0-9_.]+)"`)

// People read what a limit is for, not what the call is called in the source.
func TestEveryEndpointOfXHasAName(t *testing.T) {
	names := map[string]bool{}
	err := filepath.WalkDir("../../bridge", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "sim") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, found := range endpoint.FindAllStringSubmatch(string(data), -1) {
			names[found[1]] = true
		}
		return err
	})
	if err != nil || len(names) < 20 {
		t.Fatalf("%d endpoints: %v", len(names), err)
	}
	for name := range names {
		if !translation.New("it").Has("window.endpoint." + name) {
			t.Errorf("%s has no name in the window", name)
		}
	}
}
