package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"perch/app/logtail"
	"perch/bridge"
)

const (
	// maxLogLines is how many lines one call gives.
	maxLogLines = 5000
	// maxLogSearch bounds what is searched for, in bytes.
	maxLogSearch = 1 << 10
)

// LogPart is a part of the relay's log, for clients that cannot read the file themselves.
type LogPart struct {
	// Lines are as they are in the file, oldest first.
	Lines []string `json:"lines"`
	// Position is how far was read; AtStart is set when nothing is older.
	Position logtail.Position `json:"position"`
	AtStart  bool             `json:"at_start"`
	// Again is set when the log was rotated: what was read before is of another file.
	Again bool `json:"again"`
}

// LogBackend opens the relay's log.
type LogBackend interface {
	OpenLog(q logtail.Query, at logtail.Position) *logtail.Reader
}

// HandleLog lets clients read the log that b opens. Call it before Serve, and at most once.
//
//	GET /v1/log?way=older|newer&limit=&level=&text=&pattern=&start=&end=&file=   LogPart; start is -1 to begin at the end
func (s *Server) HandleLog(b LogBackend) {
	s.mux.HandleFunc("GET /v1/log", func(w http.ResponseWriter, r *http.Request) {
		q, at, limit, err := logQuery(r.URL.Query())
		if err != nil {
			fail(w, "read the log", err)
			return
		}
		part, err := readLog(b.OpenLog(q, at), r.URL.Query().Get("way") == "newer", limit)
		s.answer(w, "read the log", part, err)
	})
}

func logQuery(v url.Values) (q logtail.Query, at logtail.Position, limit int, err error) {
	q.Level, q.Text = v.Get("level"), v.Get("text")
	pattern := v.Get("pattern")
	limit, err = strconv.Atoi(v.Get("limit"))
	var startErr, endErr error
	at.Start, startErr = strconv.ParseInt(v.Get("start"), 10, 64)
	at.End, endErr = strconv.ParseInt(v.Get("end"), 10, 64)
	at.File = v.Get("file")
	err = errors.Join(err, startErr, endErr)
	if limit < 1 || limit > maxLogLines || len(q.Text) > maxLogSearch || len(pattern) > maxLogSearch {
		err = errors.New("out of bounds") //nolint:err113 // a cause for the log
	}
	if err == nil && pattern != "" {
		q.Pattern, err = regexp.Compile(pattern)
	}
	if err != nil {
		err = &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Message: "this question for the log cannot be understood", Remedy: "ask for less", Err: err}
	}
	return q, at, limit, err
}

func readLog(log *logtail.Reader, isNewer bool, limit int) (part LogPart, err error) {
	var lines []logtail.Line
	if isNewer {
		lines, part.Again, err = log.Newer(limit)
	} else {
		lines, err = log.Older(limit)
	}
	part.Lines = make([]string, 0, len(lines))
	for _, line := range lines {
		part.Lines = append(part.Lines, line.Raw)
	}
	part.Position, part.AtStart = log.Position(), log.AtStart()
	return part, err
}

// LogReader reads the relay's log as a logtail.Reader does, through the relay. It belongs to one goroutine.
type LogReader struct {
	client *Client
	query  logtail.Query
	last   LogPart
}

// OpenLog returns a reader of the relay's log that has read nothing.
func (c *Client) OpenLog(q logtail.Query) *LogReader {
	return &LogReader{client: c, query: q, last: LogPart{Position: logtail.Position{Start: -1}}}
}

// Older is that of logtail.Reader.
func (r *LogReader) Older(limit int) ([]logtail.Line, error) { return r.read("older", limit) }

// Newer is that of logtail.Reader.
func (r *LogReader) Newer(limit int) (lines []logtail.Line, again bool, err error) {
	lines, err = r.read("newer", limit)
	return lines, r.last.Again, err
}

// AtStart is that of logtail.Reader.
func (r *LogReader) AtStart() bool { return r.last.AtStart }

func (r *LogReader) read(way string, limit int) ([]logtail.Line, error) {
	at := r.last.Position
	v := url.Values{
		"way": {way}, "limit": {strconv.Itoa(limit)}, "level": {r.query.Level}, "text": {r.query.Text}, "file": {at.File},
		"start": {strconv.FormatInt(at.Start, 10)}, "end": {strconv.FormatInt(at.End, 10)},
	}
	if r.query.Pattern != nil {
		v.Set("pattern", r.query.Pattern.String())
	}
	part, err := get[LogPart](context.Background(), r.client, "/v1/log?"+v.Encode())
	if err != nil {
		r.last.Again = false
		return nil, err
	}
	r.last = part
	lines := make([]logtail.Line, 0, len(part.Lines))
	for _, raw := range part.Lines {
		lines = append(lines, logtail.Parse(raw))
	}
	return lines, nil
}
