package control

import (
	"fmt"
	"time"
)

// Level says who mends a Condition.
type Level string

// The levels, worst first.
const (
	// NeedsYou waits for a person; this alone is shown in red.
	NeedsYou Level = "needs_you"
	// Healing mends by itself.
	Healing Level = "healing"
	// Note is good to know, and no trouble.
	Note Level = "note"
)

// The sides of a Condition.
const (
	SideJournal = "journal"
	SideX       = "x"
	// SideKept is what a journal keeps, which is read while no relay can be asked.
	SideKept     = "kept"
	SideMotion   = "motion"
	SideReply    = "reply"
	SideReach    = "reach"
	SideChat     = "chat"
	SideMessages = "messages"
	SideBackup   = "backup"
	SideLimit    = "limit"
	SideRelay    = "relay"
	SidePause    = "pause"
	SideGap      = "gap"
	SideUpdate   = "update"
	// SideCosts is what X charges.
	SideCosts     = "costs"
	SideEncrypted = "encrypted"
	// SideDisk is the room where the journal is, and SideWaiting the age of the oldest waiting message.
	SideDisk    = "disk"
	SideWaiting = "waiting"
	// SideCertificate is one that ends soon, and SideAlert an [[alert]] that cannot be sent.
	SideCertificate = "certificate"
	SideAlert       = "alert"
)

// Condition is one thing that is not simply well. The tray, the window, the command line and the service manager show these
// and judge nothing of their own.
type Condition struct {
	// Side is where it is, one of the Side constants; Channel is empty for what concerns all of them.
	Side    string `json:"side"`
	Channel string `json:"channel,omitempty"`
	Level   Level  `json:"level"`
	// What says it in a sentence. Remedy says what to do, and is empty where there is nothing to do.
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"`
	// Count is how many messages it is about, and Queue which of Blocked it holds back; each where there is one. Of what waits,
	// Queue is the direction; of a certificate the setting; of an alert its name.
	Count int    `json:"count,omitempty"`
	Queue string `json:"queue,omitempty"`
	// Since is when it began. Until is when it ends by itself, RetryAt when Perch tries again; each nil where nobody knows.
	Since   *time.Time `json:"since,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
	RetryAt *time.Time `json:"retry_at,omitempty"`
}

// Face is how a relay as a whole looks: the tray's icon, the window's state and the command line's first word.
type Face string

// The faces.
const (
	FaceWell     Face = "running"
	FaceNeedsYou Face = "needs_you"
	FaceHealing  Face = "healing"
	FacePaused   Face = "paused"
	FaceStopped  Face = "stopped"
	// FaceSilent is a relay that works on its folder and cannot be asked; Silence says whether it needs somebody.
	FaceSilent Face = "not_answering"
)

// Face is how the relay as a whole looks. What needs a person comes before what a person has done, and that before what
// mends by itself.
func (s Status) Face() Face {
	worst, _ := s.Worst()
	switch {
	case s.State == StateStopped:
		return FaceStopped
	case s.State == StateSilent:
		return FaceSilent
	case worst.Level == NeedsYou:
		return FaceNeedsYou
	case s.State == StatePaused:
		return FacePaused
	case worst.Level == Healing, s.State == StateDegraded: // a relay of another version may not say why
		return FaceHealing
	}
	return FaceWell
}

// Worst is the first condition; false when there is none.
func (s Status) Worst() (Condition, bool) {
	if len(s.Conditions) == 0 {
		return Condition{}, false
	}
	return s.Conditions[0], true
}

// Of returns the worst condition of a side that concerns a channel; false when there is none.
func (s Status) Of(side, channel string) (Condition, bool) {
	for _, c := range s.Conditions {
		if c.Side == side && (c.Channel == "" || c.Channel == channel) {
			return c, true
		}
	}
	return Condition{}, false
}

// Words are what a face is called. The window and the tray say the same, in their languages.
func (f Face) Words() string { return faceWords[f] }

var faceWords = map[Face]string{
	FaceWell: "Running", FaceNeedsYou: "Needs you", FaceHealing: "Recovering", FacePaused: "Paused", FaceStopped: "Stopped",
	FaceSilent: "Not answering",
}

// Key names the title of a condition in the texts of the window and the tray: "condition.needs_you.x".
func (c Condition) Key() string { return "condition." + string(c.Level) + "." + c.Side }

// Title is what a condition is called in a few words. The window and the tray say the same, in their languages.
func (c Condition) Title() string {
	title := titles[c.Key()]
	switch {
	case c.Side == SideMessages && c.Count == 1:
		return titles[c.Key()+".one"]
	case c.Side == SideMessages:
		return fmt.Sprintf(title, c.Count)
	case title == "":
		return c.What // of a relay that knows more sides than this program
	}
	return title
}

var titles = map[string]string{
	"condition.needs_you.journal":      "Messages cannot be stored",
	"condition.needs_you.kept":         "The journal cannot be read",
	"condition.needs_you.x":            "X needs you",
	"condition.needs_you.motion":       "Motion needs you",
	"condition.needs_you.reply":        "Agents' replies do not come in",
	"condition.needs_you.reach":        "The way in from X needs you",
	"condition.needs_you.chat":         "Encrypted chat needs you",
	"condition.needs_you.messages":     "%d messages need you",
	"condition.needs_you.messages.one": "1 message needs you",
	"condition.needs_you.backup":       "The last backup failed",
	"condition.needs_you.relay":        "The relay does not answer",
	"condition.healing.relay":          "The relay does not answer yet",
	"condition.healing.x":              "Trouble with X",
	"condition.healing.motion":         "Trouble with Motion",
	"condition.healing.reach":          "Trouble with the way in from X",
	"condition.healing.reply":          "Agents' replies do not come in",
	"condition.healing.chat":           "Trouble with encrypted chat",
	"condition.healing.backup":         "The last backup failed",
	"condition.healing.limit":          "A limit of X is used up",
	"condition.needs_you.disk":         "The disk is nearly full",
	"condition.needs_you.certificate":  "A certificate needs you",
	"condition.healing.certificate":    "Trouble with a certificate",
	"condition.needs_you.alert":        "An alert cannot be sent",
	"condition.healing.alert":          "An alert cannot be sent yet",
	"condition.healing.waiting":        "Messages wait for long",
	"condition.healing.costs":          "The month's budget for X is used up",
	"condition.note.costs":             "The month's budget for X is nearly used up",
	"condition.note.relay":             "The relay is stopped",
	"condition.note.pause":             "Deliveries are paused",
	"condition.note.gap":               "Events may have been missed",
	"condition.note.update":            "A newer Perch is available",
	"condition.note.encrypted":         "Encrypted messages came",
}

// Titles are the titles of all conditions by their keys, those of one message apart ("….one").
func Titles() map[string]string { return titles }
