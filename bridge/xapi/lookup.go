package xapi

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

const opLookUp = "look up account"

// accountGone names a refusal of a look-up that says that there is no such account.
func accountGone(err error) error {
	e := bridge.AsError(err)
	if e.Kind != bridge.Rejected || !isStatus(e.Code, http.StatusNotFound) {
		return err
	}
	gone := *e
	gone.Code, gone.Message, gone.Remedy = bridge.CodeNoAccount, noAccount, checkHandle
	return &gone
}

// isStatus reports whether a code is that of a status, whatever X's own code in it.
func isStatus(code string, status int) bool {
	first, _, _ := strings.Cut(code, "/")
	return first == strconv.Itoa(status)
}

// found checks that a look-up brought who was asked for, with the handle that messages need.
func found(person bridge.Person, a *answer, err error, isAsked bool) (bridge.Person, error) {
	if err == nil && (!isAsked || person.Handle == "") {
		err = a.unexpected(opLookUp, nil)
	}
	return person, err
}

// idPattern is what ids in X's answers look like; some of them become parts of addresses.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// known returns the first id that looks like one.
func known(ids ...loose.ID) string {
	for _, id := range ids {
		if idPattern.MatchString(string(id)) {
			return string(id)
		}
	}
	return ""
}
