package postgres

import (
	"errors"
	"io"
	"syscall"

	"perch/bridge"
)

// isCut reports whether a connection has ended in the middle of something.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// openError says what is in the way of opening a journal: what the admin has to do is Operator, a server that is away Temporary.
func openError(place string, err error) error {
	var known *bridge.Error
	if errors.As(err, &known) {
		return err
	}
	e := explained("open journal", "the journal in "+place+" cannot be used", err)
	found, ok := troubleOf(err)
	if !ok {
		e.Kind = bridge.Operator
		return e
	}
	e.Message = "the journal in " + place + " cannot be used: " + found.message
	switch found {
	case isAway, isSlow, tooMany, diskFull, isLocked:
	default:
		e.Kind = bridge.Operator
	}
	return e
}

// addressError says that the address is none. The cause may hold the password and is left out.
func addressError(error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open journal", Message: "the address of the database is not one that Perch understands",
		Remedy: "write it like postgres://perch@db.example:5432/perch, without the password",
	}
}

func operatorError(message, remedy string) error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open journal", Message: message, Remedy: remedy}
}
