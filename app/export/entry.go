package export

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
)

// What is not known of a call, and what stands for a secret.
const (
	unknownSize = -1
	hidden      = "…"
)

// Where Perch itself is called. Its own address is not kept with a message; the secret part of a Reply URL is left out.
const (
	placeOfX      = "http://perch/api/messages/"
	placeOfMotion = "http://perch/reply/hidden"
)

// entriesOf are the calls of a message: the one that it came in by, and those that carried it on, as the last attempt made them.
func entriesOf(d control.Detail) []harEntry {
	var all []harEntry
	if d.Received != nil {
		all = append(all, received(d))
	}
	last := lastAttempt(d.History)
	if last == nil {
		return all // what goes out was not called yet
	}
	for _, call := range d.Calls {
		all = append(all, called(d, call, *last))
	}
	return all
}

// sides are who spoke to whom when a message came in, and when it went on.
func sides(direction string) (in, out [2]string) {
	if direction == string(bridge.Out) {
		return [2]string{"motion", "perch"}, [2]string{"perch", "x"}
	}
	return [2]string{"x", "perch"}, [2]string{"perch", "motion"}
}

func received(d control.Detail) harEntry {
	in, _ := sides(d.Direction)
	address := placeOfMotion
	if in[0] == "x" {
		address = placeOfX + url.PathEscape(d.Channel)
	}
	took := 0.0
	if d.StoredAt != nil && d.StoredAt.After(d.ReceivedAt) {
		took = float64(d.StoredAt.Sub(d.ReceivedAt).Microseconds()) / 1000
	}
	e := entry(d, in, *d.Received, d.ReceivedAt, took)
	e.Request.Method, e.Request.URL = "POST", address
	e.Comment = "as it came; it may hold other messages too. By which way of X it came (webhook, stream, question) and what Perch answered is not kept"
	return e
}

func called(d control.Detail, call control.Document, last control.Attempt) harEntry {
	_, out := sides(d.Direction)
	e := entry(d, out, call, last.At, last.TookMS)
	method, address, _ := strings.Cut(call.Call, " ")
	e.Request.Method, e.Request.URL, e.Request.QueryString = method, address, queryOf(address)
	if out[1] == "x" {
		e.Request.Headers = append(e.Request.Headers, harPair{"Authorization", hidden})
	}
	e.Response.Status, e.Response.Comment = statusOf(d, last), last.Message
	e.Comment = "as Perch makes this call; when is that of the last attempt, which may have made several"
	e.Perch.Attempts = d.History
	return e
}

func entry(d control.Detail, way [2]string, body control.Document, at time.Time, took float64) harEntry {
	mime := "text/plain"
	if json.Valid([]byte(body.Text)) {
		mime = "application/json"
	}
	data := &harBody{MimeType: mime, Text: body.Text}
	if body.Cut {
		data.Comment = "cut; the whole has " + strconv.Itoa(body.Bytes) + " bytes"
	}
	return harEntry{
		Started: at.Format(time.RFC3339Nano), Time: took, Timings: harTimings{Wait: took},
		Request: harRequest{
			HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: []harPair{{"Content-Type", mime}}, QueryString: []harPair{},
			PostData: data, HeadersSize: unknownSize, BodySize: body.Bytes,
		},
		Response: harResponse{
			HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: unknownSize, BodySize: unknownSize,
			Content: harContent{MimeType: "x-unknown"},
		},
		Perch: harMessage{ID: d.ID, Channel: d.Channel, Direction: d.Direction, Kind: d.Kind, State: d.State, From: way[0], To: way[1]},
	}
}

// lastAttempt is the last that called the other side; nil for none.
func lastAttempt(history []control.Attempt) *control.Attempt {
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Number > 0 {
			return &history[i]
		}
	}
	return nil
}

// statusOf is the status of the other side's answer; 0, as browsers have it, where there was none or it is not known.
func statusOf(d control.Detail, last control.Attempt) int {
	const fine, least, digits = 200, 100, 3
	if last.Outcome == string(bridge.Delivered) && d.State == string(bridge.Delivered) {
		return fine
	}
	code, _, _ := strings.Cut(last.Code, "/")
	status, err := strconv.Atoi(code)
	if err != nil || len(code) != digits || status < least {
		return 0
	}
	return status
}

func queryOf(address string) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(address, "?")
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		pairs = append(pairs, harPair{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
