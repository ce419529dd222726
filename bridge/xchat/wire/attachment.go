package wire

import "perch/bridge/xchat/thrift"

// AttachmentKind is what is attached: the member of the union MessageAttachment.
type AttachmentKind int16

// What can be attached.
const (
	AttachmentMedia AttachmentKind = 1
	AttachmentPost  AttachmentKind = 2
	AttachmentURL   AttachmentKind = 3
	AttachmentCard  AttachmentKind = 4
	AttachmentMoney AttachmentKind = 5
	AttachmentJet   AttachmentKind = 6
)

// Attachment is a file, or a link to something.
type Attachment struct {
	Kind AttachmentKind
	// Media is the file, of AttachmentMedia.
	Media Media
	// URL is where the others lead, PostID the id of a post, Title what is said of a link, Text what stands for money.
	URL, PostID, Title, Text string
}

// MediaType is what a file is.
type MediaType int32

// The types of files.
const (
	MediaImage MediaType = 1
	MediaGIF   MediaType = 2
	MediaVideo MediaType = 3
	MediaAudio MediaType = 4
	MediaFile  MediaType = 5
	MediaSVG   MediaType = 6
)

// Media is a MediaAttachment: a file that is kept encrypted at X.
type Media struct {
	// HashKey is the file's name at X, as the sender tells it: see HasKey.
	HashKey string
	// Width and Height are in pixels, Duration in milliseconds, Size in bytes before encryption.
	Width, Height  int64
	Type           MediaType
	Duration, Size int64
	// Filename is the sender's.
	Filename string
	// AttachmentID names it within its message; LegacyURL is where files of old messages are.
	AttachmentID, LegacyURL string
}

func readAttachment(v thrift.Value) (a Attachment) {
	a.Kind = AttachmentKind(union(v, func(id int16, v thrift.Value) {
		switch AttachmentKind(id) {
		case AttachmentMedia:
			v.Struct(a.Media.field)
		case AttachmentPost:
			v.Struct(pair(&a.PostID, &a.URL))
		case AttachmentURL:
			v.Struct(fields(map[int16]*string{1: &a.URL, 4: &a.Title}))
		case AttachmentCard:
			v.Struct(first(&a.URL))
		case AttachmentMoney:
			v.Struct(first(&a.Text))
		case AttachmentJet:
			v.Struct(fields(map[int16]*string{3: &a.URL}))
		}
	}))
	return a
}

// fields reads texts by their ids.
func fields(texts map[int16]*string) func(id int16, v thrift.Value) {
	return func(id int16, v thrift.Value) {
		if text, ok := texts[id]; ok {
			*text = v.Text()
		}
	}
}

// HasKey reports whether the file's name has the form in which X gives them: 1 to 50 letters and digits. Only then may it
// stand in the path of a call.
func (m Media) HasKey() bool {
	for _, r := range []byte(m.HashKey) {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return m.HashKey != "" && len(m.HashKey) <= maxHashKey
}

// maxHashKey is how long the name of a file may be (characters; X's OpenAPI).
const maxHashKey = 50

func (m *Media) field(id int16, v thrift.Value) {
	switch id {
	case 1:
		m.HashKey = v.Text()
	case 2:
		v.Struct(m.dimension)
	case 3:
		m.Type = MediaType(v.I32())
	case 4:
		m.Duration = v.I64()
	case 5:
		m.Size = v.I64()
	case 6:
		m.Filename = v.Text()
	case 7:
		m.AttachmentID = v.Text()
	case 8:
		m.LegacyURL = v.Text()
	}
}

func (m *Media) dimension(id int16, v thrift.Value) {
	switch id {
	case 1:
		m.Width = v.I64()
	case 2:
		m.Height = v.I64()
	}
}
