package e2e

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xstate"
)

// aim is one message of a variation, and what is to become of it: it is delivered once and to the right side, or waits or
// has failed with a reason.
type aim struct {
	isOut, isPublic, isChat bool
	text                    string
	customer                sim.Person
	// post is the post that is answered; empty for direct messages.
	post     string
	files    int
	fileName string
	answered chan answered
}

// answered is what the Reply URL said; err when it said nothing.
type answered struct {
	result motionsim.ReplyResult
	err    error
}

// mark is the first word of the text, which no other message has; an encrypted message has none.
func (a aim) mark() string {
	mark, _, _ := strings.Cut(a.text, " ")
	return mark
}

// told is what Motion was told, if it was.
func (a aim) told() (what answered, isAnswered bool) {
	select {
	case what = <-a.answered:
		a.answered <- what
		return what, true
	default:
		return what, false
	}
}

// holds reports whether a text is that of the aim.
func (a aim) holds(text string) bool { return !a.isChat && strings.Contains(text, a.mark()) }

// mayVanish reports whether a part was touched without which nobody can know what the rest is.
func (run *hostileRun) mayVanish() bool {
	return slices.ContainsFunc(run.struck, func(s hostile.Struck) bool { return s.Essential })
}

// isVerdict reports whether X or Motion itself may have refused something; a page, or bytes of some other kind, says
// nothing. A file whose bytes were changed is another file.
func (run *hostileRun) isVerdict() bool {
	isFile := strings.HasPrefix(run.scene.name, "file of")
	return slices.ContainsFunc(run.struck, func(s hostile.Struck) bool {
		return slices.Contains([]string{hostile.Errors, hostile.Member, hostile.Limits, hostile.Later, hostile.Clock, hostile.Refusal}, s.Kind) ||
			s.Endpoint == hostile.Events || s.Endpoint == hostile.Replies ||
			s.Endpoint == "media.upload" && s.Kind == hostile.Empty || // a part is answered with nothing, so only X's next answer tells
			isFile && (s.Kind == hostile.Mark || s.Kind == hostile.Doubled || s.Kind == hostile.Rubbish && s.Status/100 == 2)
	})
}

// mayRepeat reports whether Motion took something and answered so that nobody can know.
func (run *hostileRun) mayRepeat() bool {
	return slices.ContainsFunc(run.struck, func(s hostile.Struck) bool {
		isOtherID := s.Kind == hostile.Member && (s.Endpoint == "dm.events" || s.Endpoint == "mentions") && strings.Contains(s.Words, ".id")
		return s.Carried && strings.HasPrefix(s.Endpoint, "/api") || isOtherID
	})
}

// isTextTouched reports whether a text was changed, so that another one, or none, is right.
func (run *hostileRun) isTextTouched(a aim) bool {
	for _, s := range run.struck {
		isText := s.Endpoint == hostile.Events || s.Endpoint == hostile.Replies || run.isPoll && s.Kind == hostile.Member
		if isText && !a.isChat && !bytes.Contains(s.Body, []byte(a.mark())) {
			return true
		}
	}
	return false
}

// lookEvery is the time between two looks at what is still to be tried again.
const lookEvery = 2 * time.Second

// farAhead is from when on nobody waits for an attempt at the end, and lookTime is how long Perch looks for a message whose
// answer was lost before a person has to.
const farAhead, lookTime = 8 * time.Second, 45 * time.Second

// settleSome judges what has come to its end since.
func (r *hostileRig) settleSome() {
	for i := 0; i < len(r.waiting) && i < 8; {
		run := r.waiting[i]
		if time.Now().Before(run.again) {
			i++
			continue
		}
		run.again = time.Now().Add(lookEvery)
		if r.judge(run, time.Since(run.began) > finalWithin) {
			r.waiting = slices.Delete(r.waiting, i, i+1)
			continue
		}
		i++
	}
}

// settleAll waits until everything has come to its end.
func (r *hostileRig) settleAll(patience time.Duration) {
	end := time.Now().Add(patience)
	r.isEnding = true
	defer func() { r.isEnding = false }()
	for len(r.waiting) > 0 && time.Now().Before(end) {
		before := len(r.waiting)
		r.settleSome()
		if len(r.waiting) == before {
			r.waiting = append(r.waiting[1:], r.waiting[0])
			time.Sleep(50 * time.Millisecond)
		}
	}
	if patience >= finalWithin {
		for _, run := range r.waiting {
			r.judge(run, true)
		}
	}
	r.waiting = nil
}

// judge holds what became of a variation against what was promised; false when something still moves.
func (r *hostileRig) judge(run *hostileRun, isLast bool) bool {
	ctx, cancel := context.WithTimeout(r.t.Context(), answerWithin)
	defer cancel()
	found, err := r.client.Messages(ctx, control.Query{Search: run.mark, Limit: 50})
	if err != nil {
		return isLast
	}
	byName, _ := r.client.Messages(ctx, control.Query{Search: run.customer.Handle, Limit: 20})
	later, _ := r.client.Messages(ctx, control.Query{After: run.before, Limit: 100})
	for _, m := range append(later, byName...) { // files that are tried on their own, and answers that are a file
		isOf := slices.ContainsFunc(found, func(f control.Message) bool { return f.ID == m.Parent })
		if m.Kind == "unreadable" && run.isPoll || m.Parent != 0 && isOf || m.Direction == "out" && m.To == run.customer.Handle && m.Kind != "note" && !strings.Contains(m.Text, run.mark) && !slices.ContainsFunc(found, func(f control.Message) bool { return f.ID == m.ID }) {
			found = append(found, m)
		}
	}
	for _, id := range run.shown {
		if d, err := r.client.Message(ctx, id); err == nil && !slices.ContainsFunc(found, func(m control.Message) bool { return m.ID == id }) {
			found = append(found, d.Message)
		}
	}
	if !isLast && !r.isEnding && time.Since(run.began) < 3*goodWithin && !run.areAllShown(r, found) {
		return false
	}
	if run.began.Before(r.forgot) { // what the relay knew of it was taken away
		return true
	}
	for _, m := range found {
		switch m.State {
		case "queued", "sending":
			isFar := m.Error != nil && m.Error.Message != "" && m.DueAt != nil && time.Until(*m.DueAt) > farAhead
			mayWait := isFar && (r.isEnding || m.Error.Kind == "rate_limited")
			if !isLast && !mayWait {
				return false
			}
			r.waits(run, m)
		case "undecided":
			r.decide(run, m)
			if !isLast {
				return false
			}
		case "dead":
			if m.Error == nil || m.Error.Message == "" {
				r.fail(run, "dead without a reason", fmt.Sprint(m.ID))
			}
		}
	}
	for _, a := range run.aims {
		if a.isOut {
			r.judgeOut(run, a, found)
		} else {
			r.judgeIn(run, a, found)
		}
	}
	r.judgeFiles(run)
	return true
}

// areAllShown reports whether every message that came in is in Motion or in traffic.
func (run *hostileRun) areAllShown(r *hostileRig, found []control.Message) bool {
	for _, a := range run.aims {
		isHere := func(text, from string) bool {
			return a.holds(text) || from == a.customer.Handle || from == a.customer.ID
		}
		if !a.isOut && !run.mayVanish() && !slices.ContainsFunc(found, func(m control.Message) bool {
			return isHere(m.Text, m.From) || m.Kind == "unreadable" || a.isChat && m.Kind == "encrypted"
		}) &&
			!slices.ContainsFunc(r.inMotion(), func(m motionsim.Message) bool { return isHere(m.Body, m.From) }) {
			return false
		}
	}
	return true
}

// waits reports what waits without a reason, or for too long.
func (r *hostileRig) waits(run *hostileRun, m control.Message) {
	if m.Error == nil || m.Error.Message == "" {
		r.fail(run, "waits without a reason", fmt.Sprintf("%d %s", m.ID, m.State))
	}
	if m.DueAt == nil || time.Until(*m.DueAt) > longestWait || m.DueAt.Year() < 2006 {
		r.fail(run, "is put off for too long", fmt.Sprintf("%d due %v", m.ID, m.DueAt))
	}
}

// decide does what a person would who has looked at X.
func (r *hostileRig) decide(run *hostileRun, m control.Message) {
	if time.Since(run.began) < lookTime && !r.isEnding { // Perch still looks itself
		return
	}
	n := 0
	for _, a := range run.aims {
		if a.isOut {
			dms, posts := r.sentTo(a, a.mark())
			n += len(dms) + len(posts)
		}
	}
	if n > 0 {
		_ = r.client.Act(r.t.Context(), m.ID, "sent")
		return
	}
	_ = r.client.Act(r.t.Context(), m.ID, "resend")
}

var onlyDigits = regexp.MustCompile(`^[0-9]+$`)

func (r *hostileRig) judgeIn(run *hostileRun, a aim, found []control.Message) {
	var texts, files, extra int
	isNamed := false // in a line, in place of a text that is none
	all, interaction := r.inMotion(), 0
	for _, m := range all {
		if a.holds(m.Body) {
			interaction = m.Interaction
		}
	}
	for _, m := range all {
		isNamed = isNamed || (m.From == a.customer.Handle && strings.Contains(m.Body, "that Perch cannot show"))
		isHis := m.From == a.customer.Handle || m.From == a.customer.ID || m.Interaction == interaction
		switch {
		case a.isChat && isHis:
			texts++
		case m.AttachmentID == 0 && a.holds(m.Body):
			texts++
			if !strings.HasSuffix(strings.TrimSpace(m.Body), "😀") {
				extra++
			}
		case isHis && m.AttachmentID != 0:
			files++
		case isHis:
			extra++
		}
		if (isHis || a.holds(m.Body)) && onlyDigits.MatchString(m.From) && !run.isVerdict() {
			r.fail(run, "delivered under the numeric id", m.From)
		}
	}
	var record *control.Message
	for i, m := range found {
		if m.Direction == "in" && (a.holds(m.Text) || m.Kind == "unreadable" || a.isChat && m.Kind == "encrypted" || m.From == a.customer.Handle || m.From == a.customer.ID) {
			record = &found[i]
			if a.holds(m.Text) {
				break
			}
		}
	}
	hasLater := record != nil && slices.ContainsFunc(found, func(m control.Message) bool { return m.Parent == record.ID && m.State != "delivered" })
	isWhole := !run.isTextTouched(a) && !run.mayVanish()
	switch {
	case record == nil && texts == 0 && !run.mayVanish():
		r.fail(run, "vanished: neither in Motion nor in traffic", a.text)
	case texts > 1 && !run.mayRepeat(), texts > 3:
		r.fail(run, fmt.Sprintf("%d times in Motion", texts), r.story(record))
	case record == nil:
	case a.isChat && run.isVerdict(): // the answer may have named another handle
	case record.State == "delivered" && isWhole && texts == 0 && !isNamed:
		r.fail(run, "delivered, but Motion has no such text", fmt.Sprintf("%d %q", record.ID, shortened(record.Text, 80)))
	case record.State == "dead" && !run.isVerdict():
		r.fail(run, "dead because of what is no verdict", record.Error.Message)
	case record.State == "delivered" && isWhole && a.files > 0 && files == 0 && extra == 0 && !hasLater:
		r.fail(run, "a file is missing without a word", a.text)
	case files > a.files && !run.mayRepeat():
		r.fail(run, fmt.Sprintf("%d files in Motion of %d", files, a.files), r.story(record))
	}
}

func (r *hostileRig) judgeOut(run *hostileRun, a aim, found []control.Message) {
	told, _ := a.told()
	mark := a.mark()
	dms, posts := r.sentTo(a, mark)
	n := len(dms) + len(posts)
	if a.isPublic && len(dms) > 0 || !a.isPublic && len(posts) > 0 {
		r.fail(run, "changed between private and public", a.text)
	}
	most := 1
	if a.files > 0 && slices.ContainsFunc(run.struck, func(s hostile.Struck) bool { return s.Endpoint == hostile.Replies }) {
		most = 2 // the text beside the file
	}
	if n > most {
		r.fail(run, fmt.Sprintf("sent %d times", n), a.text)
	}
	for _, d := range dms {
		if d.To != a.customer.ID {
			r.fail(run, "sent to somebody else", d.To)
		}
	}
	for _, p := range posts {
		if p.InReplyTo != a.post {
			r.fail(run, "sent below another post", p.InReplyTo)
		}
	}
	if told.result.Status/100 == 4 && n > 0 && !run.isRepeated() {
		r.fail(run, "Motion was told that it failed, but X has it", fmt.Sprintf("%d %s", told.result.Status, told.result.Body))
	}
	if told.result.Status == 200 && strings.Contains(told.result.Body, `"sent"`) && n == 0 && !run.isTextTouched(a) {
		r.fail(run, "Motion was told that it was sent, but X does not have it", a.text)
	}
	if told.err == nil && told.result.Status >= 500 {
		r.fail(run, "the Reply URL is out of order", fmt.Sprintf("%d %s", told.result.Status, told.result.Body))
	}
	isShown := false
	for _, m := range found {
		if m.Direction != "out" {
			continue
		}
		isShown = true
		switch {
		case m.State == "delivered" && n == 0 && !run.isTextTouched(a):
			r.fail(run, "delivered, but X does not have it", a.text)
		case m.State == "dead" && n > 0 && most == 1:
			r.fail(run, "dead, but X has it", m.Error.Message)
		case m.State == "dead" && !run.isVerdict():
			r.fail(run, "dead because of what is no verdict", m.Error.Message)
		}
	}
	if !isShown && told.result.Status/100 == 2 && !run.mayVanish() {
		r.fail(run, "accepted, but not in traffic", fmt.Sprintf("%d %s", told.result.Status, told.result.Body))
	}
}

// isRepeated reports whether the same reply was posted twice, so that the second answer is about the first.
func (run *hostileRun) isRepeated() bool {
	return slices.ContainsFunc(run.struck, func(s hostile.Struck) bool { return s.Endpoint == hostile.Replies && s.Kind == hostile.Repeated })
}

// sentTo is what X got for an aim: by its text, or the files that went to its customer or below its post.
func (r *hostileRig) sentTo(a aim, mark string) (dms, posts []xstate.Sent) {
	for _, d := range r.x.SentDMs() {
		if strings.Contains(d.Text, mark) || d.To == a.customer.ID {
			dms = append(dms, d)
		}
	}
	for _, p := range r.x.SentPosts() {
		if strings.Contains(p.Text, mark) || a.post != "" && p.InReplyTo == a.post {
			posts = append(posts, p)
		}
	}
	return dms, posts
}

// magic is how the files begin that customers and agents send here.
var magic = [][]byte{[]byte("\x89PNG"), {0xff, 0xd8, 0xff}, []byte("\x00\x00\x00\x18ftyp")}

// judgeFiles reports what was handed on as a file and is none.
func (r *hostileRig) judgeFiles(run *hostileRun) {
	isFile := func(data []byte) bool {
		return slices.ContainsFunc(magic, func(m []byte) bool { return bytes.Contains(data[:min(len(data), 40)], m) }) // also behind a mark
	}
	isBent := slices.ContainsFunc(run.struck, func(s hostile.Struck) bool { return s.Kind == hostile.Mark || s.Kind == hostile.Cut })
	all := r.motion.Attachments()
	for _, f := range all[max(0, len(all)-20):] {
		if !isFile(f.Data) && !isBent && !r.knownFiles[f.ID] {
			r.fail(run, "handed on as a file to Motion", shortened(string(f.Data), 40))
		}
		r.knownFiles[f.ID] = true
	}
	for _, a := range run.aims {
		dms, posts := r.sentTo(a, run.mark)
		for _, s := range append(dms, posts...) {
			for _, id := range s.MediaIDs {
				if data, _, _ := r.x.Uploaded(id); !isFile(data) && !isBent {
					r.fail(run, "handed on as a file to X", shortened(string(data), 40))
				}
			}
		}
	}
}
