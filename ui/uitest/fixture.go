package uitest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"perch/app/control"
)

type talk struct{ who, kind, asks, answers string }

var talks = []talk{
	{"annlee", "dm", "Hi, my parcel 4711 has not arrived yet. Can you have a look?", "Hello Ann, it left Bologna this morning and arrives tomorrow before noon."},
	{"bo_berg", "mention", "@acme_support the new app crashes when I open the invoices on my tablet", "@bo_berg Sorry about that! Could you tell us the version? Settings, About."},
	{"carla_rossi", "dm", "Buongiorno, vorrei cambiare l'indirizzo di consegna dell'ordine 88213.", "Buongiorno Carla, fatto: via Emilia 12, Modena. Le arriva una conferma."},
	{"dmitri_k", "dm", "Is the store in Via Roma open on Sunday?", "Yes, from 10 to 19."},
	{"eva_lind", "mention", "Big thanks to @acme_support, that was quick 🎉", "@eva_lind Happy to hear it, have a nice day!"},
	{"farid_h", "dm", "The voucher WELCOME10 is refused at the checkout.", "Thank you, it works again now. Please try once more."},
	{"gina_m", "mention", "@acme_support how do I return shoes that I bought online in a shop?", "@gina_m Take the parcel and the order number to any shop, no receipt needed."},
	{"hugo_w", "chat", "I have been charged twice for order 90112, see the picture", "One of the two is only reserved and disappears within three days."},
}

// Messages are the traffic of the hour before now, oldest first. They are the same for the same now.
func Messages(now time.Time) []control.Message {
	var list []control.Message
	at := now.Add(-59 * time.Minute)
	for i := 0; at.Before(now.Add(-20 * time.Second)); i++ {
		t := talks[i%len(talks)]
		in := message(int64(2*i+1), "in", t.kind, t.who, "acme_support", t.asks, at, time.Duration(180+i*37%400)*time.Millisecond)
		if t.who == "hugo_w" {
			in.Media = []control.Media{{Type: "photo", Name: "statement.jpg", Bytes: 284_311}}
		}
		kind := map[string]string{"dm": "dm", "chat": "chat", "mention": "reply"}[t.kind]
		out := message(int64(2*i+2), "out", kind, "acme_support", t.who, t.answers, at.Add(25*time.Second), time.Duration(420+i*53%900)*time.Millisecond)
		list = append(list, in, out)
		at = at.Add(time.Duration(28+(i*i*7)%61) * time.Second)
	}
	list = append(list, special(now)...)
	slices.SortStableFunc(list, func(a, b control.Message) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	for i := range list {
		list[i].ID = int64(i + 1)
	}
	return list
}

func message(id int64, direction, kind, from, to, text string, at time.Time, took time.Duration) control.Message {
	done := at.Add(took)
	return control.Message{
		ID: id, Channel: "support", Direction: direction, Kind: kind, State: "delivered", Attempts: 1, ReceivedAt: at, DeliveredAt: &done,
		From: from, To: to, Text: text, Media: []control.Media{}, XID: fmt.Sprintf("19800000000000%05d", id), MotionID: fmt.Sprint(88000 + id),
		ThreadID: map[bool]string{true: fmt.Sprintf("19800000000000%05d", id-id%2)}[kind == "mention" || kind == "reply"],
	}
}

// special are messages that are not simply delivered.
func special(now time.Time) []control.Message {
	dead := message(901, "out", "dm", "acme_support", "iris_v", "Your refund is on its way.", now.Add(-9*time.Minute), 0)
	dead.State, dead.DeliveredAt = "dead", nil
	dead.Error = &control.Failure{
		Kind: "rejected", Message: "X does not let this account send the customer a direct message", Remedy: "ask the customer to write first, to follow the brand or to allow messages from everyone",
	}
	unknown := message(902, "out", "dm", "acme_support", "jonas_p", "We have sent you a new password link.", now.Add(-6*time.Minute), 0)
	unknown.State, unknown.DeliveredAt = "undecided", nil
	unknown.Error = &control.Failure{
		Kind: "outcome_unknown", Message: "X's answer was lost, and the message was not found at X afterwards", Remedy: "look on X whether it is there; then say: perch sent ID (it did go out) or perch resend ID (it did not)",
	}
	file := message(903, "in", "dm", "kim_lo", "acme_support", "", now.Add(-4*time.Minute), 0)
	file.State, file.DeliveredAt, file.Attempts, file.Media = "dead", nil, 7, []control.Media{{Type: "video", Name: "unboxing.mp4", Bytes: 31_457_280}}
	file.Error = &control.Failure{Kind: "rejected", Message: "the file is larger than Motion allows", Remedy: "raise \"Max attachment size\" in Motion's settings (and nginx's limit), then: perch retry"}
	secret := message(904, "in", "encrypted", "lena_t", "acme_support", "@lena_t sent an encrypted message (X Chat).", now.Add(-3*time.Minute), 300*time.Millisecond)
	waiting := message(905, "out", "reply", "acme_support", "bo_berg", "@bo_berg Version 4.2.1 mends it, it is in the store now.", now.Add(-40*time.Second), 0)
	due := now.Add(7 * time.Minute)
	waiting.State, waiting.DeliveredAt, waiting.DueAt = "queued", nil, &due
	fresh := message(906, "in", "dm", "annlee", "acme_support", "Thank you so much, it is here!", now.Add(-11*time.Second), 212*time.Millisecond)
	fresh.Media = []control.Media{{Type: "image/jpeg", Name: "parcel.jpg", Bytes: int64(len(Parcel()))}}
	return []control.Message{dead, unknown, file, secret, waiting, fresh}
}

// Detail is a message with a history that fits its state.
func Detail(m control.Message) control.Detail {
	d := control.Detail{Message: m, History: []control.Attempt{}}
	if m.Direction == "in" {
		d.Content = map[string]any{
			"kind": m.Kind, "for_user": "4337869213", "x_id": m.XID, "text": m.Text, "created_at": m.ReceivedAt.Format(time.RFC3339),
			"from": map[string]any{"id": "3001969357", "handle": m.From, "name": "Ann Lee"},
		}
	} else {
		d.Content = map[string]any{"motion_id": m.MotionID, "body": m.Text, "handle": m.To, "interaction_id": "812", "agent": "marta"}
	}
	stored := m.ReceivedAt.Add(3 * time.Millisecond)
	d.StoredAt = &stored
	d.Received, d.Calls = payloads(m)
	at := stored.Add(5 * time.Millisecond)
	if m.Error != nil {
		for n := 1; n < m.Attempts; n++ {
			d.History = append(d.History, control.Attempt{Number: n, At: at, TookMS: 230, Outcome: "queued", Kind: "temporary", Code: "503", Message: "Motion is out of order at the moment"})
			at = at.Add(time.Duration(n*n) * 5 * time.Second)
		}
		d.History = append(d.History, control.Attempt{Number: max(1, m.Attempts), At: at, TookMS: 412, Outcome: m.State, Kind: m.Error.Kind, Code: "403/349", Message: m.Error.Message})
		return d
	}
	if m.DeliveredAt != nil {
		d.History = append(d.History, control.Attempt{Number: 1, At: at, TookMS: float64(m.DeliveredAt.Sub(at).Milliseconds()), Outcome: "delivered"})
	}
	return d
}

// Limits are limits of every kind: easy, tight and used up.
func Limits(now time.Time) []control.Limit {
	window := func(name string, limit, left int, in time.Duration) control.Window {
		return control.Window{Name: name, Limit: limit, Remaining: left, ResetAt: now.Add(in)}
	}
	return []control.Limit{
		{Channel: "support", Endpoint: "dm.send", Windows: []control.Window{window("15min", 15, 11, 9*time.Minute), window("user_24h", 1440, 902, 7*time.Hour)}},
		{Channel: "support", Endpoint: "post.create", Windows: []control.Window{window("15min", 100, 0, 7*time.Minute), window("user_24h", 100, 13, 11*time.Hour)}, Waiting: 1},
		{Channel: "support", Endpoint: "dm.events", Windows: []control.Window{window("15min", 15, 14, 12*time.Minute)}},
		{Channel: "support", Endpoint: "media.upload", Windows: []control.Window{window("15min", 500, 499, 3*time.Minute)}},
		{Channel: "support", Endpoint: "users.me", Windows: []control.Window{window("15min", 75, 74, -time.Minute)}},
	}
}

// Costs are those of half a month with a budget.
func Costs() control.Costs {
	line := func(kind string, n int, price control.Money) control.CostLine {
		return control.CostLine{Kind: kind, Count: n, Price: &price, Sum: price * control.Money(n)}
	}
	budget, projected := control.Money(25_000_000), control.Money(30_000_000)
	return control.Costs{
		Month: "2026-11", Currency: "USD", PricesOf: "August 2026", By: "kind", Sum: 20_680_000, Projected: &projected, Budget: &budget, Used: 82,
		Lines: []control.CostLine{
			line("dm_received", 1210, 10_000), line("post_received", 96, 5_000), line("dm_sent", 412, 15_000), line("reply_link_sent", 9, 200_000), line("own_read", 120, 1_000),
		},
	}
}

// Random is a delivered message with the given number.
func Random(id int64, at time.Time) control.Message {
	t := talks[int(id)%len(talks)]
	if id%3 == 0 {
		return message(id, "out", map[string]string{"dm": "dm", "chat": "chat", "mention": "reply"}[t.kind], "acme_support", t.who, t.answers, at, time.Duration(200+id%700)*time.Millisecond)
	}
	return message(id, "in", t.kind, t.who, "acme_support", t.asks, at, time.Duration(120+id%300)*time.Millisecond)
}

var logLines = []string{
	`level=INFO msg="delivery attempted" channel=support direction=in kind=dm id=%d outcome=delivered took_ms=212`,
	`level=INFO msg="delivery attempted" channel=support direction=out kind=dm id=%d outcome=delivered took_ms=431`,
	`level=DEBUG msg="event accepted" channel=support x_id=198000000000000%05d`,
	`level=INFO msg="delivery attempted" channel=support direction=in kind=mention id=%d outcome=delivered took_ms=187`,
	`level=WARN msg="delivery attempted" channel=support direction=in kind=dm id=%d outcome=queued kind=temporary code=503 error="Motion is out of order at the moment" retry_in=5s`,
	`level=INFO msg="webhook proved" url=https://perch.acme.example/api/messages took_ms=%d`,
	`level=ERROR msg="delivery failed" channel=support direction=out kind=dm id=%d code=403/349 error="X does not let this account send the customer a direct message" remedy="ask the customer to write first, to follow the brand or to allow messages from everyone"`,
}

// Log is a log of that many lines that ends now.
func Log(now time.Time, lines int) string {
	var b strings.Builder
	for i := range lines {
		at := now.Add(-time.Duration(lines-i) * 1700 * time.Millisecond)
		which := i % 4
		if i%23 == 7 {
			which = 4 + i/23%3
		}
		fmt.Fprintf(&b, "time=%s "+logLines[which]+"\n", at.Format("2006-01-02T15:04:05.000-07:00"), i)
	}
	return b.String()
}
