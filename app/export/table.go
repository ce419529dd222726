package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"perch/app/control"
)

// byteOrderMark tells spreadsheet programs that a table is UTF-8.
const byteOrderMark = "\uFEFF"

// Columns are the names in the first row of a table. They stay as they are; new ones are added behind.
func Columns() []string {
	return []string{
		"id", "channel", "direction", "kind", "state", "attempts", "received_at", "due_at", "delivered_at", "from", "to", "text", "media",
		"x_id", "motion_id", "thread_id", "error_kind", "error_message", "error_remedy", "parent",
	}
}

// table writes CSV.
type table struct {
	out io.Writer
	csv *csv.Writer
	row []string
}

func newTable(out io.Writer, separator rune) *table {
	t := &table{out: out, csv: csv.NewWriter(out)}
	t.csv.UseCRLF = true
	if separator != 0 {
		t.csv.Comma = separator
	}
	return t
}

func (t *table) begin() error {
	if _, err := io.WriteString(t.out, byteOrderMark); err != nil {
		return err
	}
	return t.csv.Write(Columns())
}

func (t *table) add(m control.Message) error {
	failure := control.Failure{}
	if m.Error != nil {
		failure = *m.Error
	}
	parent := ""
	if m.Parent != 0 {
		parent = strconv.FormatInt(m.Parent, 10)
	}
	t.row = append(t.row[:0], strconv.FormatInt(m.ID, 10), cell(m.Channel), cell(m.Direction), cell(m.Kind), cell(m.State), strconv.Itoa(m.Attempts),
		timeCell(&m.ReceivedAt), timeCell(m.DueAt), timeCell(m.DeliveredAt), cell(m.From), cell(m.To), cell(m.Text), cell(filesOf(m.Media)),
		cell(m.XID), cell(m.MotionID), cell(m.ThreadID), cell(failure.Kind), cell(failure.Message), cell(failure.Remedy), parent)
	return t.csv.Write(t.row)
}

func (t *table) end() error {
	t.csv.Flush()
	return t.csv.Error()
}

func timeCell(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}

// filesOf names the files of a message in one cell.
func filesOf(media []control.Media) string {
	var all []string
	for _, f := range media {
		one := f.Type
		if f.Bytes > 0 {
			one = fmt.Sprintf("%s, %d bytes", one, f.Bytes)
		}
		if f.Name != "" {
			one = fmt.Sprintf("%s (%s)", f.Name, one)
		}
		all = append(all, one)
	}
	return strings.Join(all, "; ")
}
