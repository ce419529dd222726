package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"perch/app/command"
)

// Every command that people see has a page under its own name, which names the version, and the same input gives the same bytes.
func TestEveryCommandHasItsPage(t *testing.T) {
	t.Parallel()
	once, again := t.TempDir(), t.TempDir()
	for _, folder := range []string{once, again} {
		if err := run([]string{folder, "1.2.3", "1700000000"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range append(pages(command.Tree()), "bash/perch", "zsh/_perch", "fish/perch.fish") {
		page, err := os.ReadFile(filepath.Join(once, path))
		if err != nil {
			t.Error(err)
			continue
		}
		if second, err := os.ReadFile(filepath.Join(again, path)); err != nil || string(second) != string(page) {
			t.Errorf("%s differs from run to run (%v)", path, err)
		}
		title := `.TH "` + strings.ToUpper(strings.TrimSuffix(filepath.Base(path), ".1")) + `" "1" "Nov 2023" "Perch 1.2.3"`
		if strings.HasPrefix(path, "man1") && !strings.Contains(string(page), title) {
			t.Errorf("%s lacks %s", path, title)
		}
	}
}

func pages(cmd *cobra.Command) []string {
	list := []string{"man1/" + strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"}
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() {
			list = append(list, pages(child)...)
		}
	}
	return list
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"nothing": {}, "no time": {t.TempDir(), "1"}, "a word for a time": {t.TempDir(), "1", "today"}, "a file for a folder": {file, "1", "0"},
	} {
		if err := run(args); err == nil {
			t.Errorf("%s: no complaint", name)
		}
	}
}

func TestTheDateIsThatOfTheVersion(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := write(&cobra.Command{Use: "perch", Run: func(*cobra.Command, []string) {}}, folder, "1", time.Unix(0, 0).UTC()); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "man1", "perch.1"))
	if err != nil || !strings.Contains(string(page), `"Jan 1970"`) {
		t.Errorf("no Jan 1970 in %s (%v)", page, err)
	}
}
