package xv2chat_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

func TestX_CarriesAConversationBothWays(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	asked := b.ChatFrom(b.Customer.ID, b.Brand.ID, "where is my parcel? 📦")
	if found := b.fetch(); len(found) != 1 || text(t, found[0]) != "where is my parcel? 📦" {
		t.Fatalf("found %+v", found)
	}
	post := b.draft(xchat.Draft{Text: "on its way"})
	first := b.answer(post)
	if first.Outcome != xchat.Taken || first.SequenceID <= asked.SequenceID {
		t.Fatalf("answer: %+v", first)
	}
	if again := b.answer(post); again != first {
		t.Errorf("again: %+v, first %+v", again, first)
	}
	read := b.ChatRead(b.Customer.ID, b.Brand.ID)
	if len(read) != 1 || read[0].Text != "on its way" || !read[0].ByAPI || len(read[0].Broken) > 0 {
		t.Errorf("the customer reads %+v", read)
	}
	b.Clean(t)
}

func TestX_RefusesTheSameMessageWithOtherBytes(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "hello")
	b.fetch()
	post := b.draft(xchat.Draft{Text: "one"})
	b.answer(post)
	other := b.draft(xchat.Draft{Text: "two"})
	other.MessageID = post.MessageID
	r := b.post(other)
	if r.Status != http.StatusBadRequest || len(b.Violations()) != 1 || !strings.Contains(b.Violations()[0], "other bytes") {
		t.Errorf("%d %s, violations %v", r.Status, r.Body, b.Violations())
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
		t.Errorf("content type %q", kind)
	}
	if got := b.ChatTexts(b.Customer.ID, b.Brand.ID); len(got) != 1 || got[0] != "one" {
		t.Errorf("the customer reads %q", got)
	}
}

func TestX_RefusesMalformedMessages(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "hello")
	b.fetch()
	for name, change := range map[string]func(p *xchat.MessagePost){
		"upper case":      func(p *xchat.MessagePost) { p.MessageID = strings.ToUpper(p.MessageID) },
		"no uuid":         func(p *xchat.MessagePost) { p.MessageID = "1" },
		"wrong padding":   func(p *xchat.MessagePost) { p.Signature += "=" },
		"a longer event":  func(p *xchat.MessagePost) { p.Event = strings.TrimRight(p.Event, "=") + "AAAA" },
		"no signature":    func(p *xchat.MessagePost) { p.Signature = "" },
		"another token":   func(p *xchat.MessagePost) { p.Token = "eyJ" },
		"no event":        func(p *xchat.MessagePost) { p.Event = "AA==" },
		"plain":           func(p *xchat.MessagePost) { *p = altered(*p, func(m *wire.Message) { m.IsEncrypted = false }) },
		"empty":           func(p *xchat.MessagePost) { *p = altered(*p, func(m *wire.Message) { m.Contents = nil }) },
		"odd key version": func(p *xchat.MessagePost) { *p = altered(*p, func(m *wire.Message) { m.KeyVersion = "a" }) },
	} {
		before, post := len(b.Violations()), b.draft(xchat.Draft{Text: name})
		change(&post)
		if r := b.post(post); r.Status != http.StatusBadRequest || len(b.Violations()) != before+1 {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	path := "/2/chat/conversations/" + string(b.pair) + "/messages"
	if r := b.Client.Post(path, b.draft(xchat.Draft{Text: "colon"})); r.Status != http.StatusBadRequest {
		t.Errorf("colon: %d %s", r.Status, r.Body)
	}
	if r := b.post(`{"message_id":"x","surprise":1}`); r.Status != http.StatusBadRequest {
		t.Errorf("unknown member: %d %s", r.Status, r.Body)
	}
	if got := b.ChatTexts(b.Customer.ID, b.Brand.ID); len(got) > 0 {
		t.Errorf("the customer reads %q", got)
	}
}

// TestX_FailsMessagesInsideA201 breaks one rule after the other.
func TestX_FailsMessagesInsideA201(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(b *brand)
		change func(b *brand, p xchat.MessagePost) xchat.MessagePost
		want   xchat.FailureType
		noted  int
	}{
		"another conversation's signature": {change: func(b *brand, _ xchat.MessagePost) xchat.MessagePost {
			other := b.thread()
			other.Conversation, _ = xchat.ParseConversation("77", b.Brand.ID)
			q, _ := b.writer.Message(other, xchat.Draft{Text: "x"})
			return q
		}, want: xchat.FailureSignature, noted: 1},
		"a changed box": {change: func(_ *brand, p xchat.MessagePost) xchat.MessagePost {
			return altered(p, func(m *wire.Message) { m.Contents[30] ^= 1 })
		}, want: xchat.FailureSignature, noted: 1},
		"an unknown record": {change: func(b *brand, _ xchat.MessagePost) xchat.MessagePost {
			b.writer.KeyVersion = "1"
			return b.draft(xchat.Draft{Text: "x"})
		}, want: xchat.FailurePublicKey},
		"an old key":        {before: func(b *brand) { b.RotateChatKey(b.Customer.ID, b.Brand.ID) }, want: xchat.FailureOldKey},
		"a new recipient":   {before: func(b *brand) { b.EnableChat(b.Customer.ID) }, want: xchat.FailureRecipientKey},
		"a gone recipient":  {before: func(b *brand) { b.DisableChat(b.Customer.ID) }, want: xchat.FailureRecipientKey},
		"no trust":          {before: func(b *brand) { b.DistrustChat(b.Brand.ID, b.Customer.ID, true) }, want: xchat.FailureNotTrusted},
		"ordered":           {before: func(b *brand) { b.ChangeChat(func(o *sim.ChatOptions) { o.Failures = []int32{12} }) }, want: xchat.FailureRateLimit},
		"ordered for later": {before: func(b *brand) { b.ChangeChat(func(o *sim.ChatOptions) { o.Failures = []int32{0, 12} }) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrand(t, sim.XOptions{})
			b.ChatFrom(b.Customer.ID, b.Brand.ID, "hello")
			b.fetch()
			if c.before != nil {
				c.before(b)
			}
			post := b.draft(xchat.Draft{Text: "answer"})
			if c.change != nil {
				post = c.change(b, post)
			}
			got := b.answer(post)
			if isTaken := c.want == 0; got.Failure != c.want || (got.Outcome == xchat.Taken) != isTaken || len(b.Violations()) != c.noted {
				t.Errorf("%+v, violations %v", got, b.Violations())
			}
			if read := b.ChatTexts(b.Customer.ID, b.Brand.ID); (len(read) == 1) != (c.want == 0) {
				t.Errorf("the customer reads %q", read)
			}
		})
	}
}

func TestX_StartsAConversation(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	b.EnableChat(b.Customer.ID)
	if r := b.post(xchat.MessagePost{}); r.Status != http.StatusBadRequest {
		t.Errorf("an empty post: %d", r.Status)
	}
	customer, own := b.learn(b.Customer.ID), b.learn(b.Brand.ID)
	all := []xchat.Participant{{UserID: b.Customer.ID, Record: customer[0]}, {UserID: b.Brand.ID, Record: own[0]}}
	post, thread, err := b.writer.KeyChange(b.pair, all, time.Now(), "")
	if err != nil {
		t.Fatal(err)
	}
	path := "/2/chat/conversations/" + b.Customer.ID
	if r := b.Client.Get(path + "/events"); r.Status != http.StatusNotFound {
		t.Errorf("no conversation yet: %d %s", r.Status, r.Body)
	}
	first := b.Client.Post(path+"/keys", post)
	again := b.Client.Post(path+"/keys", post)
	if first.Status != http.StatusOK || first.Text("data", "conversation_id") != b.pair.Path() || first.Body != again.Body {
		t.Fatalf("keys: %d %s, again %s", first.Status, first.Body, again.Body)
	}
	b.ring[b.pair][thread.KeyVersion], b.newest = thread.Key, thread.KeyVersion
	if got := b.answer(b.draft(xchat.Draft{Text: "good day"})); got.Outcome != xchat.Taken {
		t.Errorf("send: %+v", got)
	}
	if got := b.ChatTexts(b.Customer.ID, b.Brand.ID); len(got) != 1 || got[0] != "good day" {
		t.Errorf("the customer reads %q", got)
	}
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "thanks")
	if found := b.fetch(); text(t, found[len(found)-1]) != "thanks" {
		t.Errorf("found %+v", found)
	}
	if v := b.Violations(); len(v) != 1 {
		t.Errorf("violations: %v", v)
	}
}

func TestX_RefusesWrongChangesOfKeys(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(b *brand, p *xchat.KeysPost){
		"a third participant": func(_ *brand, p *xchat.KeysPost) { p.Participants = append(p.Participants, p.Participants[0]) },
		"twice the same":      func(_ *brand, p *xchat.KeysPost) { p.Participants[0] = p.Participants[1] },
		"a stranger":          func(_ *brand, p *xchat.KeysPost) { p.Participants[0].UserID = "77" },
		"no record":           func(_ *brand, p *xchat.KeysPost) { p.Participants[0].KeyVersion = "1" },
		"a short copy":        func(_ *brand, p *xchat.KeysPost) { p.Participants[0].Wrapped = "AAAA" },
		"changed copies": func(_ *brand, p *xchat.KeysPost) {
			p.Participants[0].Wrapped, p.Participants[1].Wrapped = p.Participants[1].Wrapped, p.Participants[0].Wrapped
		},
		"another version":     func(_ *brand, p *xchat.KeysPost) { p.Version += "1" },
		"no signature":        func(_ *brand, p *xchat.KeysPost) { p.Signatures = nil },
		"another's message":   func(_ *brand, p *xchat.KeysPost) { p.Signatures[0].MessageID = "9c0e5d0e-3a43-4c7b-8a53-1f0f6d0b7a11" },
		"another form":        func(_ *brand, p *xchat.KeysPost) { p.Signatures[0].Signature.Version = "6" },
		"a padded signature":  func(_ *brand, p *xchat.KeysPost) { p.Signatures[0].Signature.Signature += "==" },
		"a damaged signature": func(_ *brand, p *xchat.KeysPost) { p.Signatures[0].Signature.Signature = strings.Repeat("A", 86) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrand(t, sim.XOptions{})
			b.EnableChat(b.Customer.ID)
			all := []xchat.Participant{{UserID: b.Customer.ID, Record: b.learn(b.Customer.ID)[0]}, {UserID: b.Brand.ID, Record: b.learn(b.Brand.ID)[0]}}
			post, _, err := b.writer.KeyChange(b.pair, all, time.Now(), "")
			if err != nil {
				t.Fatal(err)
			}
			change(b, &post)
			if r := b.Client.Post("/2/chat/conversations/"+b.Customer.ID+"/keys", post); r.Status != http.StatusBadRequest || len(b.Violations()) != 1 {
				t.Errorf("%d %s, violations %v", r.Status, r.Body, b.Violations())
			}
		})
	}
}
