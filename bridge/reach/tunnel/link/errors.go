package link

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"perch/bridge"
)

// Operator is trouble that a person has to end.
func Operator(code, message, remedy string, err error) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open the tunnel", Code: code, Message: message, Remedy: remedy, Err: err,
	}
}

// Temporary is trouble that may pass by itself.
func Temporary(code, message, remedy string, err error) *bridge.Error {
	e := Operator(code, message, remedy, err)
	e.Kind = bridge.Temporary
	return e
}

// DialError puts a connection that did not come about into words.
func DialError(address string, err error) *bridge.Error {
	host, port, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		host, port = address, "its port"
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return Temporary("net/name", fmt.Sprintf("the name %s is not known", host), "check its spelling and this computer's DNS", err)
	case errors.As(err, &dns):
		return Temporary("net/name", fmt.Sprintf("the name %s could not be looked up", host), "check this computer's network and DNS", err)
	case errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "actively refused"):
		return Temporary("net/refused", fmt.Sprintf("%s runs, but nothing answers at port %s", host, port),
			"check the port, and that the server's program runs", err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return Temporary("net/timeout", address+" did not answer in time",
			"check the address, and that firewalls let this computer through to it", err)
	}
	return Temporary("net/unreachable", address+" cannot be reached", "check the address and this computer's network", err)
}

// BadSetting is a setting that can never work.
func BadSetting(name, value, remedy string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "open the tunnel",
		Message: name + " is " + strconv.Quote(value) + ", which is no address", Remedy: remedy,
	}
}
