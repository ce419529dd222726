package single

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"perch/app/control"
	"perch/app/desk"
)

// maxLine bounds a question and an answer, in bytes.
const maxLine = 4 << 10

// question is what a second window asks of the first, in one line of JSON.
type question struct {
	// Section is the page to open; "" for the one that is open.
	Section string `json:"section"`
}

// answer is what the first has done about it.
type answer struct {
	// Error is a sentence; "" when the window has come to the front.
	Error string `json:"error,omitempty"`
	// Hangs tells that it has not.
	Hangs bool `json:"hangs,omitempty"`
}

// Ask asks the window that is open to come to the front, at a section; "" leaves the one that is open. The error is
// ErrAbsent where no window is open, a SilentError where one does not answer, or what it has answered.
func (p Place) Ask(ctx context.Context, section string) error {
	ctx, cancel := context.WithTimeout(ctx, AskTime)
	defer cancel()
	conn, err := control.Dial(ctx, p.socket())
	if err != nil {
		if ctx.Err() != nil {
			return &SilentError{p.process()}
		}
		return errors.Join(ErrAbsent, err)
	}
	defer func() { _ = conn.Close() }() // all is said
	desk.LetCome()
	limit, _ := ctx.Deadline()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	var a answer
	if err = conn.SetDeadline(limit); err == nil {
		err = json.NewEncoder(conn).Encode(question{section})
	}
	if err == nil {
		err = json.NewDecoder(io.LimitReader(conn, maxLine)).Decode(&a)
	}
	switch {
	case errors.Is(err, io.EOF): // it has gone while it was asked
		return errors.Join(ErrAbsent, err)
	case err != nil, a.Hangs:
		return &SilentError{p.process()}
	case a.Error != "":
		return errors.New(a.Error)
	}
	return nil
}

// process is the number that the window has written into its lock; 0 where it cannot be read.
func (p Place) process() int {
	text, err := os.ReadFile(p.lock())
	if err != nil {
		return 0
	}
	number, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return number
}
