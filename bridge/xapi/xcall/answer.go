package xcall

import (
	"net/http"
	"strings"

	"perch/bridge/loose"
)

// Verdict reports whether X said yes, and returns the answer; one that holds nothing but reasons has their status.
func (a *Answer) Verdict() (*Answer, bool) {
	if a.Status/100 != 2 {
		return a, false
	}
	if status, is := a.refusesInside(); is {
		return &Answer{Status: status, Header: a.Header, Body: a.Body, byLogin: a.byLogin}, false
	}
	return a, true
}

// refusesInside reports whether a success holds nothing but reasons why there is nothing, and which status those have.
func (a *Answer) refusesInside() (status int, is bool) {
	var members map[string]any
	var body refusalBody
	if !loose.IsObject(a.Body) || loose.Read(a.Body, &members) != nil || loose.Read(a.Body, &body) != nil {
		return 0, false
	}
	if len(body.Errors)+len(body.Error) == 0 {
		return 0, false
	}
	for name, value := range members {
		switch name {
		case "errors", "error", "meta", "includes", "title", "detail", "type", "status", "reason", "message":
		default:
			if !isNothing(value) {
				return 0, false
			}
		}
	}
	return body.status(), true
}

// isNothing reports whether a member says nothing.
func isNothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// status is that of the first reason that has one, or that its words have in X's API.
func (b refusalBody) status() int {
	for _, p := range b.all() {
		if p.Status >= http.StatusBadRequest && p.Status < 600 {
			return int(p.Status)
		}
	}
	for _, p := range b.all() {
		switch words := strings.ToLower(strings.Join(p.Words(), " ")); {
		case strings.Contains(words, "not found") || strings.Contains(words, "could not find"):
			return http.StatusNotFound
		case strings.Contains(words, "forbidden") || strings.Contains(words, "not authorized") || strings.Contains(words, "suspended"):
			return http.StatusForbidden
		case strings.Contains(words, "internal") || strings.Contains(words, "unavailable") || strings.Contains(words, "capacity"):
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusBadRequest
}
