// Command manual writes perch's man pages and completions out of its commands: manual FOLDER VERSION SECONDS makes man1/,
// bash/, zsh/ and fish/ in the folder. It guarantees that the same commands, version and time (seconds since 1970) give
// the same bytes, and that every command that people see has a page.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"perch/app/command"
)

// section is the part of the manual that programs are in.
const section = "1"

var errUsage = errors.New("usage: manual FOLDER VERSION SECONDS")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errUsage
	}
	seconds, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return write(command.Tree(), args[0], args[1], time.Unix(seconds, 0).UTC())
}

// write makes everything in the folder.
func write(root *cobra.Command, folder, version string, date time.Time) error {
	paths := map[string]func(string) error{
		"man1": func(to string) error {
			root.DisableAutoGenTag = true // it is a sentence about the tool, with a date
			header := doc.GenManHeader{Section: section, Date: &date, Source: "Perch " + version, Manual: "Perch"}
			return doc.GenManTree(root, &header, to)
		},
		"bash": func(to string) error { return root.GenBashCompletionFileV2(filepath.Join(to, "perch"), true) },
		"zsh":  func(to string) error { return root.GenZshCompletionFile(filepath.Join(to, "_perch")) },
		"fish": func(to string) error { return root.GenFishCompletionFile(filepath.Join(to, "perch.fish"), true) },
	}
	for name, make := range paths {
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(to, 0o755); err != nil { //nolint:gosec // what everybody may read
			return err
		}
		if err := make(to); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
