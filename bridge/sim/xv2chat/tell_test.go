package xv2chat_test

import (
	"net/http"
	"slices"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xsealed"
	"perch/bridge/xchat"
)

// told are the events that came by the webhook.
func (b *brand) told(hook *simtest.Receiver) (all []simtest.Reply) {
	b.t.Helper()
	b.Settle(b.t)
	for _, body := range hook.Got() {
		all = append(all, simtest.Parsed(b.t, body))
	}
	return all
}

// take opens an event that was told, after the change of keys that came along.
func (b *brand) take(r simtest.Reply) xchat.Finding {
	from := xchat.Origin{Conversation: r.Text("data", "payload", "conversation_id"), SenderID: r.Text("data", "payload", "sender_id")}
	if k, ok := b.reader.Open(r.Text("data", "payload", "conversation_key_change_event"), from).(*xchat.KeyChange); ok {
		if _, isKnown := b.ring[b.pair][k.KeyVersion]; !isKnown {
			b.ring[b.pair][k.KeyVersion] = k.Reading()
		}
	}
	return b.reader.Open(r.Text("data", "payload", "encoded_event"), from)
}

func (b *brand) hook() *simtest.Receiver {
	hook := simtest.NewReceiver(b.t, b.Brand.ConsumerSecret)
	b.SetWebhook(b.Brand.ID, hook.URL, xevents.XAA)
	return hook
}

func TestX_TellsOfChatToThoseWhoSubscribed(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	lines := b.Listen(t, "")
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "unheard")
	if r := b.SubscribeTo("chat.received", ""); r.Status != http.StatusOK {
		t.Fatalf("subscribe: %d %s", r.Status, r.Body)
	}
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "heard")
	b.ChatFrom(b.Brand.ID, b.Customer.ID, "from the phone")
	b.SubscribeTo("chat.sent", "")
	b.ChatFrom(b.Brand.ID, b.Customer.ID, "from the phone, again")
	b.learn(b.Customer.ID)
	b.learn(b.Brand.ID)
	for _, want := range []struct{ kind, text string }{{"chat.received", "heard"}, {"chat.sent", "from the phone, again"}} {
		line, _ := simtest.Next(t, lines)
		r := simtest.Parsed(t, line)
		if r.Text("data", "event_type") != want.kind || text(t, b.take(r)) != want.text {
			t.Errorf("want %+v, it is %s", want, line)
		}
	}
	b.Clean(t)
}

func TestX_NamesConversationsInThreeForms(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	b.ChangeChat(func(o *sim.ChatOptions) { o.OnceChanges = true })
	hook := b.hook()
	for range 4 {
		b.ChatFrom(b.Customer.ID, b.Brand.ID, "x")
	}
	forms, changes := map[string]bool{}, 0
	for _, r := range b.told(hook) {
		forms[r.Text("data", "payload", "conversation_id")] = true
		if r.Text("data", "payload", "conversation_key_change_event") != "" {
			changes++
		}
	}
	if len(forms) != 3 || changes != 1 {
		t.Errorf("forms %v, %d changes of keys", forms, changes)
	}
}

func TestX_TellsEverythingThatCustomersDo(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	hook, from, to := b.hook(), b.Customer.ID, b.Brand.ID
	first := b.Write(from, to, sim.Note{Text: "first"})
	b.RotateChatKey(from, to)
	for _, n := range []sim.Note{
		{Text: "reply", Quote: first}, {Text: "edited", Edit: first}, {Text: "👍", React: first}, {Text: "👍", Unreact: first}, {Delete: first}, {Clear: first},
	} {
		b.Write(from, to, n)
	}
	b.Typed(from, to)
	b.Seen(from, to, first)
	b.Write(from, to, sim.Note{Share: "20", Link: "https://shop.example/7"})
	b.Write(from, to, sim.Note{Text: "your money", Forged: true})
	b.learn(from)
	var got []string
	for _, r := range b.told(hook) {
		switch f := b.take(r).(type) {
		case *xchat.Message:
			line := f.Text
			if f.Reply != nil && f.Reply.Quote != nil {
				line += " to " + f.Reply.Quote.Text
			}
			for _, a := range f.Attachments {
				line += " " + a.URL + a.PostID + a.Title
			}
			got = append(got, line)
		case *xchat.Edit:
			got = append(got, "edit "+f.Text)
		case *xchat.Reaction:
			got = append(got, "reaction "+f.Emoji)
		case *xchat.Delete:
			got = append(got, "delete")
		case *xchat.Ignored:
			got = append(got, f.What)
		case *xchat.Refused:
			got = append(got, "refused")
		default:
			t.Errorf("%T %+v", f, f)
		}
	}
	want := []string{
		"first", "reply to first", "edit edited", "reaction 👍", "reaction 👍", "delete", "typing", "read", " https://x.com/i/status/2020 https://shop.example/7A page", "refused",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if found := b.fetch(); len(found) != 9 {
		t.Errorf("%d events are listed", len(found))
	}
	b.Clean(t)
}

func TestX_TellsOddEvents(t *testing.T) {
	t.Parallel()
	for _, kind := range xsealed.Oddities() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := newBrand(t, sim.XOptions{})
			hook := b.hook()
			b.ChatFrom(b.Customer.ID, b.Brand.ID, "hello")
			b.RotateChatKey(b.Customer.ID, b.Brand.ID)
			b.ChatFrom(b.Customer.ID, b.Brand.ID, "a newer key")
			b.ChatOdd(b.Customer.ID, b.Brand.ID, kind, "odd words")
			b.learn(b.Customer.ID)
			all := b.told(hook)
			if want := 3 + map[bool]int{true: 1}[kind == xsealed.Repeat]; len(all) != want {
				t.Fatalf("%d were told", len(all))
			}
			words := ""
			for _, r := range all[:2] {
				b.take(r)
			}
			switch f := b.take(all[len(all)-1]).(type) {
			case *xchat.Message:
				words = f.Text
			case *xchat.Plain:
				if kind != xsealed.Plain {
					t.Errorf("it is plain: %+v", f)
				}
			}
			isBeside := kind == xsealed.WrongSender || kind == xsealed.WrongPlace
			if (words == "odd words") != (xsealed.IsGood(kind) && !isBeside) {
				t.Errorf("it says %q", words)
			}
			b.fetch() // what is listed can be taken too
		})
	}
}

func TestX_WithholdsKeysUntilTheyAreReleased(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	hook := b.hook()
	b.WithholdChatKeys(b.Customer.ID, b.Brand.ID)
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "later")
	if r := b.told(hook)[0]; r.Text("data", "payload", "conversation_key_change_event") != "" {
		t.Error("the key was told")
	}
	if _, ok := b.fetch()[0].(*xchat.Waiting); !ok {
		t.Errorf("it is %T", b.fetch()[0])
	}
	b.ReleaseChatKeys(b.Customer.ID, b.Brand.ID)
	if got := text(t, b.fetch()[0]); got != "later" {
		t.Errorf("it says %q", got)
	}
}

func TestX_IsSilentOnRequests(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	hook := b.hook()
	b.AskChat(b.Customer.ID, b.Brand.ID)
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "may I?")
	if told := b.told(hook); len(told) > 0 {
		t.Errorf("told %v", told)
	}
	list := b.Client.Get("/2/chat/conversations")
	if list.Text("meta", "has_message_requests") != "true" || list.Text("meta", "result_count") != "0" {
		t.Errorf("list: %s", list.Body)
	}
	found := b.fetch()
	if len(found) != 1 || text(t, found[0]) != "may I?" || !found[0].About().IsRequest {
		t.Fatalf("found %+v", found)
	}
	b.answer(b.draft(xchat.Draft{Text: "yes"}))
	b.ChatFrom(b.Customer.ID, b.Brand.ID, "thanks")
	list = b.Client.Get("/2/chat/conversations?chat_conversation.fields=updated_at")
	if len(b.told(hook)) != 1 || list.Text("meta", "has_message_requests") != "false" || list.Text("data", 0, "id") != b.pair.Path() {
		t.Errorf("accepted: %s", list.Body)
	}
	b.Clean(t)
}

func TestX_ListsByPagesBackwards(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	b.ChangeChat(func(o *sim.ChatOptions) { o.KeysInData = true })
	for _, word := range []string{"a", "b", "c"} {
		b.ChatFrom(b.Customer.ID, b.Brand.ID, word)
	}
	path := "/2/chat/conversations/" + b.pair.Path() + "/events?max_results=2"
	first := b.Client.Get(path)
	second := b.Client.Get(path + "&pagination_token=" + first.Text("meta", "next_token"))
	if first.Text("meta", "has_more") != "true" || second.Text("meta", "has_more") != "false" || second.At("data", 2) != nil {
		t.Errorf("pages: %s\n%s", first.Body, second.Body)
	}
	var ids []string
	for i := range 2 {
		ids = append(ids, second.Text("data", 1-i, "id"))
	}
	for i := range 2 {
		ids = append(ids, first.Text("data", 1-i, "id"))
	}
	if !slices.IsSorted(ids) || first.Text("data", 0, "previous_id") != first.Text("data", 1, "id") {
		t.Errorf("ids %v: %s", ids, first.Body)
	}
	if k, ok := b.open(second.Text("data", 1, "encoded_event"), "", "").(*xchat.KeyChange); !ok {
		t.Errorf("the first event is %T", k)
	}
	b.Clean(t)
	for _, query := range []string{"?chat_message_event.fields=text", "?max_results=101", "?surprise=1"} {
		if r := b.Client.Get("/2/chat/conversations/" + b.pair.Path() + "/events" + query); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, r.Status)
		}
	}
	if r := b.Client.Get("/2/chat/conversations/1-2/events"); r.Status != http.StatusForbidden {
		t.Errorf("somebody else's: %d", r.Status)
	}
	if r := b.Client.Get("/2/chat/conversations/" + string(b.pair)); r.Status != http.StatusBadRequest {
		t.Errorf("colon: %d", r.Status)
	}
}

func TestX_TakesMarksAndDeletions(t *testing.T) {
	t.Parallel()
	b := newBrand(t, sim.XOptions{})
	asked := b.ChatFrom(b.Customer.ID, b.Brand.ID, "hello")
	b.fetch()
	sent := b.answer(b.draft(xchat.Draft{Text: "wrong"}))
	path := "/2/chat/conversations/" + b.Customer.ID
	if r := b.Client.Post(path+"/read", map[string]any{"seen_until_sequence_id": asked.SequenceID}); r.Text("data", "success") != "true" {
		t.Errorf("read: %d %s", r.Status, r.Body)
	}
	if r := b.Client.Call(http.MethodPost, path+"/typing", "", nil); r.Text("data", "success") != "true" {
		t.Errorf("typing: %d %s", r.Status, r.Body)
	}
	post, err := b.writer.Delete(b.pair, []string{sent.SequenceID}, true)
	if err != nil {
		t.Fatal(err)
	}
	if r := b.Client.Post(path+"/messages/delete", post); r.Text("data", "success") != "true" {
		t.Errorf("delete: %d %s", r.Status, r.Body)
	}
	b.Clean(t)
	post.Signatures[0].MessageID = "9c0e5d0e-3a43-4c7b-8a53-1f0f6d0b7a11"
	if r := b.Client.Post(path+"/messages/delete", post); r.Status != http.StatusBadRequest {
		t.Errorf("a deletion signed wrongly: %d", r.Status)
	}
	post, _ = b.writer.Delete(b.pair, []string{asked.SequenceID}, true)
	if r := b.Client.Post(path+"/messages/delete", post); r.Status != http.StatusBadRequest {
		t.Errorf("somebody else's message: %d", r.Status)
	}
	if r := b.Client.Post(path+"/read", map[string]any{"seen_until_sequence_id": "1"}); r.Status != http.StatusBadRequest {
		t.Errorf("read of nothing: %d", r.Status)
	}
}
