package version_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The number in FyneApp.toml, which the build tells all programs, is that of a release in the changelog, or of the one that
// is being prepared there.
func TestOneVersionStory(t *testing.T) {
	app, err := os.ReadFile("../../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`(?m)^Version = "(\d+\.\d+\.\d+)"$`).FindSubmatch(app)
	if number == nil {
		t.Fatal("FyneApp.toml has no version of three numbers")
	}
	changes, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	latest, _, _ := strings.Cut(string(changes)[strings.Index(string(changes), "\n## "):], "\n### ")
	if !strings.Contains(latest, string(number[1])) {
		t.Errorf("FyneApp.toml says %s; the newest part of CHANGELOG.md does not", number[1])
	}
}
