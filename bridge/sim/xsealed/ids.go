package xsealed

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
)

var (
	// pathPattern is what X takes in paths, sidePattern what it takes beside them (X's OpenAPI).
	pathPattern = regexp.MustCompile(`^([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})$`)
	sidePattern = regexp.MustCompile(`^([0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})$`)
	uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	numPattern  = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// pairID is the canonical id of two people's conversation, which is what is signed.
func pairID(a, b string) string {
	if compare(a, b) > 0 {
		a, b = b, a
	}
	return a + ":" + b
}

// compare orders decimal numbers by their value.
func compare(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// Resolve finds the conversation of an account that a path names: its canonical id.
func (x *Chats) Resolve(own, path string) (string, *Refusal) {
	if !pathPattern.MatchString(path) {
		return "", wrong("id", "the conversation id "+strconv.Quote(path)+" in the path does not match "+pathPattern.String())
	}
	return x.resolve(own, path)
}

// ResolveSide finds the conversation that a path of a file, or a body, names: a pair with a hyphen, or a group.
func (x *Chats) ResolveSide(own, text string) (string, *Refusal) {
	if x.options.MediaColon {
		text = strings.Replace(strings.Replace(text, "-", "?", 1), ":", "-", 1)
	}
	if !sidePattern.MatchString(text) {
		return "", &Refusal{Fault: invalid("The conversation id is not a valid conversation.")}
	}
	return x.resolve(own, text)
}

func (x *Chats) resolve(own, text string) (string, *Refusal) {
	a, b, isPair := strings.Cut(text, "-")
	switch {
	case strings.HasPrefix(text, "g"):
		return "", &Refusal{Fault: none()}
	case !isPair:
		return pairID(own, text), nil
	case a != own && b != own:
		return "", &Refusal{Fault: fault.Fault{Status: http.StatusForbidden, Title: "Forbidden", Detail: "You are not a participant of this conversation."}}
	}
	return pairID(a, b), nil
}

// None refuses a conversation that there is not (yet).
func None() *Refusal { return &Refusal{Fault: none()} }

// none is X's refusal of a conversation that there is not (yet).
func none() fault.Fault {
	return fault.Fault{
		Status: http.StatusNotFound, Title: "Not Found", Detail: "The conversation does not exist.", Type: fault.Problems + "resource-not-found",
	}
}

func invalid(detail string) fault.Fault {
	return fault.Fault{Status: http.StatusBadRequest, Title: "Invalid Request", Detail: detail, Type: fault.Problems + "invalid-request"}
}

// Hyphened is the form of ids in X's answers.
func Hyphened(id string) string { return strings.Replace(id, ":", "-", 1) }

// other is the one of two people who is not this one.
func other(id, own string) string {
	a, b, _ := strings.Cut(id, ":")
	if a == own {
		return b
	}
	return a
}

// padded reads base64 as X takes structures: the standard alphabet with padding.
func padded(text string) ([]byte, bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	return raw, err == nil && len(raw) > 0
}

func b64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

func b64n(raw []byte) string { return base64.RawStdEncoding.EncodeToString(raw) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
