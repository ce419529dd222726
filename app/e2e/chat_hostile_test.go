package e2e

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// chatEndpoints are those that X Chat is asked by; hostile.Events are X's own events.
var chatEndpoints = []string{
	hostile.Events, "chat.send", "chat.events", "chat.public_keys", "chat.keys", "chat.conversations", "chat.media", "chat.media.upload",
}

// hostileChats is how many things go wrong, one after another; CHATS sets it.
func hostileChats() int {
	if n, err := strconv.Atoi(os.Getenv("CHATS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 16
	}
	return 160
}

// chatKind is one of the kinds of oddity. How long X may put something off is tried elsewhere: it is obeyed, and that takes a day.
func chatKind(endpoint string, n int) string {
	kinds := slices.DeleteFunc(hostile.Kinds(endpoint), func(kind string) bool { return kind == hostile.Limits || kind == hostile.Later })
	return kinds[n%len(kinds)]
}

// Whatever X answers in encrypted chat, or says of it, once it is calm again each message has arrived once, in both
// directions. An event that is odd itself may be told as one that cannot be read.
func TestHostileAnswersInEncryptedChat(t *testing.T) {
	t.Parallel()
	b := chatBox(t, func(b *box) { b.mode = "stream" })
	for _, endpoint := range append([]string{"users.id"}, chatEndpoints[1:]...) {
		b.x.SetLimit(endpoint, 1_000_000, 15*time.Minute)
	}
	const people = 8
	for n := range people {
		id := fmt.Sprint(810_000 + n)
		b.x.AddPerson(sim.Person{ID: id, Handle: fmt.Sprint("h", n), Name: "H"})
		b.x.EnableChat(id)
		b.x.Write(id, brandID, sim.Note{Text: fmt.Sprint("hello of ", n)})
	}
	b.awaitMotion(people)
	total := hostileChats()
	for seed := range total {
		endpoint, n := chatEndpoints[seed%len(chatEndpoints)], seed%people
		id, handle := fmt.Sprint(810_000+n), fmt.Sprint("h", n)
		b.x.Hostile(hostile.Oddity{Seed: uint64(seed), Endpoint: endpoint, Kind: chatKind(endpoint, seed/len(chatEndpoints))})
		note := sim.Note{Text: fmt.Sprint("asked ", seed, "!")}
		switch endpoint {
		case "chat.media":
			note.Files = []media.File{media.SamplePNG()}
		case "chat.public_keys":
			b.x.EnableChat(id)
		case "chat.keys":
			b.x.EnableChat(id)
			note.Text = ""
		}
		if note.Text != "" {
			b.x.Write(id, brandID, note)
		}
		reply := motionsim.Reply{Text: fmt.Sprint("answer ", seed)}
		if endpoint == "chat.media.upload" {
			file := media.SamplePNG()
			file.Name = "offer.png"
			reply.File = &file
		}
		go func() { b.motion.Reply(t.Context(), b.motion.Open(handle, ""), reply) }() //nolint:errcheck // what becomes of it is looked at below
		time.Sleep(120 * time.Millisecond)
		if seed%8 == 7 {
			time.Sleep(time.Second)
			b.x.Calm()
			b.must("resume")
		}
	}
	b.x.Calm()
	b.must("resume")
	b.settle()
	for seed := range total { // what waits for the keys of a sender is tried once more by itself
		if chatEndpoints[seed%len(chatEndpoints)] == "chat.public_keys" {
			b.until(fmt.Sprint("message ", seed), func() bool { return b.inMotionAs(seed) > 0 })
		}
	}
	unread, verdicts := 0, 0
	for seed := range total {
		endpoint := chatEndpoints[seed%len(chatEndpoints)]
		if kind := chatKind(endpoint, seed/len(chatEndpoints)); kind == hostile.Refusal || kind == hostile.Errors {
			verdicts++ // X says in its way that it does not take something, which may be the answer after this one
		}
		switch n := b.read(fmt.Sprint("answer ", seed)); {
		case n == 0 && endpoint != "chat.media.upload": // a file takes its text along
			unread++
		case n > 1:
			t.Errorf("%s, seed %d: the answer was read %d times", endpoint, seed, n)
		}
		n := b.inMotionAs(seed)
		if isTold := endpoint != hostile.Events && endpoint != "chat.keys"; n > 1 || (n == 0 && isTold) {
			t.Errorf("%s, seed %d: the message is in Motion %d times", endpoint, seed, n)
		}
	}
	if told := b.status().Channels[0].Outbound.Dead; unread > min(told, verdicts) {
		t.Errorf("%d answers were not read, X refused %d at most, and people are told of %d", unread, verdicts, told)
	}
	if n, all := b.filesRead(), total/len(chatEndpoints); n > all || n < all-verdicts {
		t.Errorf("%d of %d files were read, and X refused %d at most", n, all, verdicts)
	}
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}

// read counts how often anybody has read a text.
func (b *box) read(text string) int {
	n := 0
	for i := range 8 {
		for _, letter := range b.x.Letters(fmt.Sprint(810_000 + i)) {
			if letter.Text == text {
				n++
			}
		}
	}
	return n
}

// inMotionAs counts how often Motion has a customer's message, perhaps with a line about a file or the time.
func (b *box) inMotionAs(seed int) int {
	n := 0
	for _, body := range b.bodies() {
		if strings.Contains(body, fmt.Sprint("asked ", seed, "!")) {
			n++
		}
	}
	return n
}

// filesRead counts the files that anybody has got, whole and decrypted.
func (b *box) filesRead() int {
	n := 0
	for i := range 8 {
		for _, letter := range b.x.Letters(fmt.Sprint(810_000 + i)) {
			for _, file := range letter.Files {
				if bytes.Equal(file, media.SamplePNG().Data) {
					n++
				}
			}
		}
	}
	return n
}
