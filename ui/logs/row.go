package logs

import (
	"strings"
	"unicode/utf8"

	"perch/app/logtail"
	"perch/ui/format"
)

// rowText is one row of the log's page: a line, or a part of one that was broken.
type rowText struct {
	// Time and Level are empty on the second and later rows of a line.
	Time, Level string
	// Text is the message, Rest its attributes.
	Text, Rest string
	Tone       format.Tone
	// Line is the number of the line that the row belongs to.
	Line int
}

var levelTones = map[string]format.Tone{"debug": format.Idle, "info": format.Busy, "warn": format.Warn, "error": format.Bad}

// makeRows makes rows of lines. With columns above 0 a row has no more letters than that, and the rest goes on
// below; otherwise each line is one row.
func makeRows(lines []logtail.Line, columns int) []rowText {
	rows := make([]rowText, 0, len(lines))
	for i, l := range lines {
		row := rowText{Time: logClock(l.Time), Level: l.Level, Text: l.Message, Rest: l.Rest, Tone: levelTones[l.Level], Line: i}
		if columns <= 0 || utf8.RuneCountInString(l.Message)+1+utf8.RuneCountInString(l.Rest) <= columns {
			rows = append(rows, row)
			continue
		}
		for n, part := range broken(l.Message, columns) {
			next := rowText{Text: part, Tone: row.Tone, Line: i}
			if n == 0 {
				next.Time, next.Level = row.Time, row.Level
			}
			rows = append(rows, next)
		}
		for _, part := range broken(l.Rest, columns) {
			rows = append(rows, rowText{Rest: part, Tone: row.Tone, Line: i})
		}
	}
	return rows
}

// logClock cuts the time of day out of a full time.
func logClock(text string) string {
	_, clock, found := strings.Cut(text, "T")
	if !found {
		return text
	}
	if len(clock) > 12 {
		clock = clock[:12]
	}
	return strings.TrimRight(clock, "+-Z")
}

// broken cuts a text into pieces of at most that many letters, at spaces where there are any.
func broken(text string, columns int) []string {
	var parts []string
	for runes := []rune(text); len(runes) > 0; {
		n := min(columns, len(runes))
		if n < len(runes) {
			if at := strings.LastIndexByte(string(runes[:n]), ' '); at > 0 {
				n = utf8.RuneCountInString(string(runes[:n])[:at]) + 1
			}
		}
		parts = append(parts, strings.TrimRight(string(runes[:n]), " "))
		runes = runes[n:]
	}
	return parts
}
