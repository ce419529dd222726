package export

import (
	"encoding/json"
	"io"

	"perch/app/control"
	"perch/app/version"
)

// The members of HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), all that it requires. What begins with
// "_" is Perch's own, as the form allows.
type (
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harBody struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Comment  string `json:"comment,omitempty"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		PostData    *harBody  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harContent struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
		Comment     string     `json:"comment,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harEntry struct {
		Started  string      `json:"startedDateTime"`
		Time     float64     `json:"time"`
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Comment  string      `json:"comment,omitempty"`
		Perch    harMessage  `json:"_perch"`
	}
	// harMessage says which message an entry is of, and who spoke to whom.
	harMessage struct {
		ID        int64             `json:"id"`
		Channel   string            `json:"channel"`
		Direction string            `json:"direction"`
		Kind      string            `json:"kind"`
		State     string            `json:"state"`
		From      string            `json:"from"`
		To        string            `json:"to"`
		Attempts  []control.Attempt `json:"attempts,omitempty"`
	}
)

// harWriter writes an archive, entry by entry.
type harWriter struct {
	out     io.Writer
	encoder *json.Encoder
	isBegun bool
}

func (h *harWriter) begin() error {
	h.encoder = json.NewEncoder(h.out)
	h.encoder.SetEscapeHTML(false)
	creator, _ := json.Marshal(harCreator{"Perch", version.Number}) // strings only: cannot fail
	_, err := io.WriteString(h.out, `{"log":{"version":"1.2","creator":`+string(creator)+`,"entries":[`+"\n")
	return err
}

func (h *harWriter) add(d control.Detail) error {
	for _, entry := range entriesOf(d) {
		if h.isBegun {
			if _, err := io.WriteString(h.out, ","); err != nil {
				return err
			}
		}
		h.isBegun = true
		if err := h.encoder.Encode(entry); err != nil {
			return err
		}
	}
	return nil
}

func (h *harWriter) end() error {
	_, err := io.WriteString(h.out, "]}}\n")
	return err
}
