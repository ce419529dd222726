// Package interpret lets the relay speak the language of the person in front of the window or the tray.
//
// An Interpreter stands between the control API and those who show what it tells. It guarantees that every sentence of the
// relay in an answer is translated, as far as the catalog knows it, that the words of customers and agents stay as they
// are, and that the answer itself is not changed: it makes another one. In English it hands on what it is given.
package interpret

import (
	"slices"
	"strings"

	"perch/app/control"
)

// Interpreter translates what the relay says. The zero value leaves all as it is. It is safe for concurrent use where say is.
type Interpreter struct {
	say func(sentence string) string
}

// New returns an interpreter that says each sentence as say does, such as translation.Texts.Said.
func New(say func(sentence string) string) Interpreter { return Interpreter{say} }

// Sentence translates one sentence.
func (i Interpreter) Sentence(text string) string {
	if i.say == nil {
		return text
	}
	return i.say(text)
}

// Explain returns what went wrong and what to do, for a person, as control.Explain does.
func (i Interpreter) Explain(err error) (message, remedy string) {
	message, remedy = control.Explain(err)
	if whole := message + "; " + remedy; i.Sentence(message) == message && i.Sentence(whole) != whole {
		message, remedy, _ = strings.Cut(i.Sentence(whole), "; ") // what a program has said was cut in the middle of a sentence
		return message, remedy
	}
	return i.Sentence(message), i.Sentence(remedy)
}

// commands are what the tray has perch do, in the form in which it names them before it complains.
var commands = []string{"perch: ", "start: ", "stop: ", "restart: "}

// Complaint translates what the program perch has printed: "perch: start: why; what to do". Translated it does not name the
// command, because whoever reads it has just clicked on that.
func (i Interpreter) Complaint(text string) string {
	if i.Sentence(text) == text {
		return text
	}
	for _, command := range commands {
		text = strings.TrimPrefix(text, command)
	}
	return i.Sentence(text)
}

// Status translates a status.
func (i Interpreter) Status(s control.Status) control.Status {
	s.Channels = slices.Clone(s.Channels)
	for n := range s.Channels {
		i.channel(&s.Channels[n])
	}
	i.reach(&s.Reach)
	i.link(&s.Journal)
	s.Silence = i.failure(s.Silence)
	if s.Figures != nil {
		figures := *s.Figures
		figures.Failure = i.failure(figures.Failure)
		s.Figures = &figures
	}
	s.Backup.Error, s.Backup.Failure = i.Sentence(s.Backup.Error), i.failure(s.Backup.Failure)
	s.Conditions = slices.Clone(s.Conditions)
	for n := range s.Conditions {
		c := &s.Conditions[n]
		c.What, c.Remedy = i.Sentence(c.What), i.Sentence(c.Remedy)
	}
	s.Alerts = slices.Clone(s.Alerts)
	for n := range s.Alerts {
		a := &s.Alerts[n]
		a.Detail, a.Failure = i.Sentence(a.Detail), i.failure(a.Failure)
	}
	if s.Update != nil {
		update := *s.Update
		update.Error = i.Sentence(update.Error)
		s.Update = &update
	}
	return s
}

func (i Interpreter) channel(c *control.Channel) {
	for _, l := range []*control.Link{&c.X, &c.Motion, &c.Reply} {
		i.link(l)
	}
	c.Chat.Detail = i.Sentence(c.Chat.Detail)
	c.Blocked = slices.Clone(c.Blocked)
	for n := range c.Blocked {
		c.Blocked[n].Cause = i.Sentence(c.Blocked[n].Cause)
	}
}

func (i Interpreter) link(l *control.Link) {
	l.Detail, l.Failure = i.Sentence(l.Detail), i.failure(l.Failure)
}

func (i Interpreter) reach(r *control.Reach) {
	r.Detail, r.Failure = i.Sentence(r.Detail), i.failure(r.Failure)
	r.Gaps = slices.Clone(r.Gaps)
	for n := range r.Gaps {
		r.Gaps[n].Lost = i.Sentence(r.Gaps[n].Lost)
	}
	if r.Tunnel != nil {
		tunnel := *r.Tunnel
		tunnel.Detail = i.Sentence(tunnel.Detail)
		r.Tunnel = &tunnel
	}
}

// Message translates what is said about a message.
func (i Interpreter) Message(m control.Message) control.Message {
	m.Error = i.failure(m.Error)
	return m
}

// Conversations translates what is said about the messages of conversations.
func (i Interpreter) Conversations(list []control.Conversation) []control.Conversation {
	list = slices.Clone(list)
	for n := range list {
		list[n].Messages = i.Messages(list[n].Messages)
	}
	return list
}

// Messages translates what is said about messages.
func (i Interpreter) Messages(list []control.Message) []control.Message {
	list = slices.Clone(list)
	for n := range list {
		list[n] = i.Message(list[n])
	}
	return list
}

// Detail translates what is said about a message and its history.
func (i Interpreter) Detail(d control.Detail) control.Detail {
	d.Message = i.Message(d.Message)
	d.History = slices.Clone(d.History)
	for n := range d.History {
		d.History[n].Message = i.Sentence(d.History[n].Message)
	}
	return d
}

// Settings translates why settings or secrets cannot be read.
func (i Interpreter) Settings(s control.Settings) control.Settings {
	s.Problem, s.SecretsProblem = i.failure(s.Problem), i.failure(s.SecretsProblem)
	return s
}

// Saved translates what became of settings.
func (i Interpreter) Saved(s control.Saved) control.Saved {
	s.Problems, s.ReloadResult = i.problems(s.Problems), i.Reload(s.ReloadResult)
	return s
}

// Reload translates what the relay made of a change.
func (i Interpreter) Reload(r control.ReloadResult) control.ReloadResult {
	r.Refused = i.problems(r.Refused)
	return r
}

// Check translates the outcome of a check.
func (i Interpreter) Check(r control.CheckResult) control.CheckResult {
	r.Message, r.Remedy = i.Sentence(r.Message), i.Sentence(r.Remedy)
	return r
}

// AlertTests translates the outcomes of tests of alerts.
func (i Interpreter) AlertTests(tests []control.AlertTest) []control.AlertTest {
	tests = slices.Clone(tests)
	for n := range tests {
		t := &tests[n]
		t.Message, t.Remedy = i.Sentence(t.Message), i.Sentence(t.Remedy)
	}
	return tests
}

// Chat translates what came of an act on the keys of encrypted chat.
func (i Interpreter) Chat(r control.ChatResult) control.ChatResult {
	r.Message, r.Remedy = i.Sentence(r.Message), i.Sentence(r.Remedy)
	return r
}

func (i Interpreter) failure(f *control.Failure) *control.Failure {
	if f == nil {
		return nil
	}
	said := *f
	said.Message, said.Remedy = i.Sentence(f.Message), i.Sentence(f.Remedy)
	return &said
}

func (i Interpreter) problems(list []control.Problem) []control.Problem {
	list = slices.Clone(list)
	for n := range list {
		list[n].Message, list[n].Remedy = i.Sentence(list[n].Message), i.Sentence(list[n].Remedy)
	}
	return list
}
