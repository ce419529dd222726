package export

import (
	"encoding/json"
	"io"

	"perch/app/control"
)

// lines writes JSON lines.
type lines struct{ encoder *json.Encoder }

func newLines(out io.Writer) lines {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return lines{encoder}
}

func (lines) begin() error { return nil }

func (l lines) add(m control.Message) error { return l.encoder.Encode(m) }

func (lines) end() error { return nil }
