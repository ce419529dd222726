package xcall

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

const (
	// CodeSilent is the code of a stream that was silent for too long.
	CodeSilent = "stream/silent"
	// streamSilence is the silence after which a stream is dead; X sends an empty line about every 20 s.
	streamSilence = 30 * time.Second
	// openingPause is how long a stream may take to show by its first byte that it is none, before it counts as open.
	openingPause = 500 * time.Millisecond
	// streamLine bounds one line, in bytes; the first buffer is smaller.
	streamLine, streamBuffer = 16 << 20, 64 << 10
)

// Lines opens a stream with the app's token and calls handle for each line, one after another. An empty line is X's sign
// of life; the first comes when the stream is open. A line that handle returns an error for ends the stream, and that
// error is returned; so does a silence of more than 30 s. handle must not keep hold of the line. The error is never nil.
func (c *Caller) Lines(ctx context.Context, what Call, handle func(line []byte) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	body, err := c.openStream(ctx, what)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return readStream(what, body, stop, handle)
}

// readStream hands on the lines of body until it ends, or is silent for too long and stop was called.
func readStream(what Call, body io.Reader, stop func(), handle func([]byte) error) error {
	var silent atomic.Bool
	silence := time.AfterFunc(streamSilence, func() {
		silent.Store(true)
		stop()
	})
	defer silence.Stop()
	reader := bufio.NewReader(body)
	if err := firstSign(what, reader, stop, handle); err != nil {
		return err
	}
	lines := bufio.NewScanner(reader)
	lines.Buffer(make([]byte, 0, streamBuffer), streamLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		silence.Stop() // a slow handle is not X's silence
		if err := takeLine(what, lines.Bytes(), handle); err != nil {
			return err
		}
		silence.Reset(streamSilence)
	}
	return broken(what, silent.Load(), lines.Err())
}

// firstSign calls handle for the opening of the stream. What begins at once is looked at before: a page that comes in place
// of a stream never counts as an open one.
func firstSign(what Call, reader *bufio.Reader, stop func(), handle func([]byte) error) error {
	arrived := make(chan struct{})
	go func() {
		defer close(arrived)
		_, _ = reader.Peek(1) // what is wrong with it is found when it is read
	}()
	timer := time.NewTimer(openingPause)
	defer timer.Stop()
	select {
	case <-arrived:
		if start, err := reader.Peek(1); err == nil && !strings.Contains("{\r\n \xef", string(start)) {
			return takeLine(what, start, handle)
		}
	case <-timer.C:
	}
	if err := handle(nil); err != nil {
		stop()
		<-arrived
		return err
	}
	<-arrived
	return nil
}

// wholeLines is bufio.ScanLines without what follows the last line break: a stream that is cut ends in a part of a line.
func wholeLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if !bytes.ContainsRune(data, '\n') {
		return 0, nil, nil
	}
	return bufio.ScanLines(data, atEOF)
}

// takeLine hands a line on, unless X says in it why it ends the stream, or it is none of X's.
func takeLine(what Call, line []byte, handle func([]byte) error) error {
	line = loose.Trim(line)
	switch {
	case len(line) > 0 && line[0] != '{':
		return byIntermediary(what, &Answer{Status: http.StatusOK, Header: http.Header{}, Body: line}, IntermediaryAnswers, intermediaryRemedy)
	case !bytes.Contains(line, []byte(`"errors"`)):
		return handle(line)
	}
	if _, is := (&Answer{Body: line}).refusesInside(); !is {
		return handle(line)
	}
	r := readRefusal(&Answer{Status: http.StatusServiceUnavailable, Body: line})
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Message: "X ended the stream: " + r.said, Code: "stream/errors",
	}
}

func broken(what Call, silent bool, err error) error {
	e := &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Message: "X closed the stream", Code: "stream/closed", Err: err}
	switch {
	case silent:
		e.Message, e.Code, e.Err = "X's stream was silent for more than 30 s", CodeSilent, nil
	case errors.Is(err, bufio.ErrTooLong):
		e.Message, e.Code = "X sent a line that is too long", "stream/line"
	case err != nil:
		e.Message, e.Code = "the connection to X broke", "stream/broken"
	}
	return e
}

// openStream connects, with a new token when X refuses the old one, and returns what X sends.
func (c *Caller) openStream(ctx context.Context, what Call) (io.ReadCloser, error) {
	if err := c.admit(what); err != nil {
		return nil, err
	}
	for again := true; ; again = false {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		what.bearer = token
		response, err := c.connect(ctx, what)
		if err != nil {
			return nil, err
		}
		if response.StatusCode/100 == 2 {
			if !isPage(response.Header, nil) {
				return response.Body, nil
			}
			_ = response.Body.Close()
			return nil, byIntermediary(what, &Answer{Status: response.StatusCode, Header: response.Header}, IntermediaryAnswers+" (a web page)", intermediaryRemedy)
		}
		raw, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // a part of the reason is better than none
		_ = response.Body.Close()
		a := &Answer{Status: response.StatusCode, Header: response.Header, Body: raw}
		if e := judgeForm(what, a); e != nil {
			return nil, e
		}
		if response.StatusCode == http.StatusUnauthorized && again {
			c.dropToken(token)
			continue
		}
		c.noteClock(a.Header)
		c.observe(what.Endpoint, a)
		return nil, streamRefusal(what, a)
	}
}

func (c *Caller) connect(ctx context.Context, what Call) (*http.Response, error) {
	request, err := c.request(ctx, what)
	if err != nil {
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: what.Op, Message: "the request cannot be made", Err: err}
	}
	request.Header.Set("Accept-Encoding", "identity") // a compressed line may wait in a buffer for the next one
	response, err := c.plain.Do(request)
	if err != nil {
		return nil, Lost(what, err, false)
	}
	if response.StatusCode/100 == 2 && !isPage(response.Header, nil) {
		c.noteClock(response.Header)
		c.observe(what.Endpoint, &Answer{Status: response.StatusCode, Header: response.Header})
	}
	return response, nil
}

// streamRefusal tells the limit on connections from the one on calls: both are 429.
func streamRefusal(what Call, a *Answer) error {
	r := readRefusal(a)
	if a.Status == http.StatusTooManyRequests && (strings.Contains(r.text, "connection limit") || strings.Contains(r.text, "connectionexception")) {
		return &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideX, Op: what.Op, Code: "stream/connections",
			Message: "X has as many streams of this app open as it allows",
			Remedy:  "stop the other programs that listen with the keys of this X app; after a break X may need a minute to notice",
		}
	}
	return Classify(what, a)
}
