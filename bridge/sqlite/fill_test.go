package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// fillBatch is how many messages of a made journal share a transaction.
	fillBatch = 20_000
	// fillConversations is how many customers wrote them.
	fillConversations = 50_000
	// One of them, fillTalker, has written every so many-th message.
	fillTalker, fillBusiest = 7, 20
)

// filler makes messages as customers and agents write them, from real words in their real frequency, always the same ones.
type filler struct {
	random *rand.Rand
	words  []string
	others []string
	now    time.Time
	total  int
}

func newFiller(tb testing.TB, total int) *filler {
	tb.Helper()
	f := &filler{random: rand.New(rand.NewPCG(1, 2)), now: time.Now(), total: total, others: []string{
		"注文した商品がまだ届きません。配送状況を教えてください", "ありがとうございます！助かりました", "لم يصل الطلب حتى الآن، أين هو؟", "شكرا جزيلا على المساعدة",
		"Где мой заказ? Жду уже неделю", "Πού είναι η παραγγελία μου;", "😀 👍🏽 grazie mille", "perché è già così?", "我的订单还没有到", "¿Dónde está mi pedido?",
	}}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		tb.Fatal(err)
	}
	for _, page := range append(pages, "../../ui/translation/said/it.json") {
		text, err := os.ReadFile(page)
		if err != nil {
			tb.Fatal(err)
		}
		for _, word := range strings.Fields(string(text)) {
			if word = strings.Trim(word, "`|\"*[](){}<>,:;\\#"); word != "" && len(word) < 20 && !strings.ContainsAny(word, "/`{}|<>\\") {
				f.words = append(f.words, word)
			}
		}
	}
	return f
}

// text is one of 20 to 280 characters. Every thousandth message, and the oldest hundred, have words of their own.
func (f *filler) text(n int) string {
	want := 20 + f.random.IntN(261)
	var b strings.Builder
	switch {
	case n <= 100:
		b.WriteString("zirkonschleifer ")
	case n%1000 == 0:
		b.WriteString("Bestellnummer " + fmt.Sprint(n) + " ")
	case n%50 == 0:
		b.WriteString(f.others[f.random.IntN(len(f.others))] + " ")
	}
	for b.Len() < want {
		b.WriteString(f.words[f.random.IntN(len(f.words))])
		b.WriteByte(' ')
	}
	text := []rune(b.String())
	return strings.TrimSpace(string(text[:min(want, len(text))]))
}

// state is that of the message n: nearly all are with their readers, the newest wait, some of all times need somebody.
func (f *filler) state(n int) string {
	switch r := f.random.IntN(10_000); {
	case n > f.total-f.total/1000 && r < 5000:
		return "queued"
	case r < 5:
		return "undecided"
	case r < 25:
		return "dead"
	case r < 30 && n < f.total/2:
		return "discarded"
	}
	return "delivered"
}

const fillMessage = `INSERT INTO message (id, channel, direction, kind, state, open, lane, conversation, x_id, motion_id, thread_id, sender, recipient, peer_id,
	text, post, attempts, received_at, due_at, delivered_at, error_kind, error_message, error_remedy)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (f *filler) fill(ctx context.Context, db *sql.DB) error {
	for from := 1; from <= f.total; from += fillBatch {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		stmts := map[string]*sql.Stmt{}
		do := func(query string, args ...any) {
			if stmts[query] == nil && err == nil {
				stmts[query], err = tx.PrepareContext(ctx, query)
			}
			if err == nil {
				_, err = stmts[query].ExecContext(ctx, args...)
			}
		}
		for n := from; n < from+fillBatch && n <= f.total && err == nil; n++ {
			f.one(n, do)
		}
		if err != nil {
			_ = tx.Rollback()
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// one writes a message with what belongs to it.
func (f *filler) one(n int, do func(query string, args ...any)) {
	person := f.random.IntN(fillConversations)
	if n%fillBusiest == 0 {
		person = fillTalker
	}
	channel := []string{"support", "support", "support", "sales"}[person%4]
	handle, xID, text, state := fmt.Sprintf("%s%d", strings.ToLower(f.words[person%len(f.words)]), person), fmt.Sprint(1_790_000_000_000_000_000+n*1000), f.text(n), f.state(n)
	at := f.now.Add(-360 * 24 * time.Hour).Add(time.Duration(n) * (360 * 24 * time.Hour / time.Duration(f.total))).UnixMilli()
	direction, kind, sender, recipient, lane := "in", "dm", handle, "brand", channel+"/in"
	switch r := f.random.IntN(1000); {
	case r < 150:
		kind = "mention"
	case r < 155:
		kind = "encrypted"
	}
	var x, motion any = xID, fmt.Sprint("m", n)
	body := fmt.Sprintf(`{"event":{"kind":%q,"x_id":%q,"created_at":"2026-01-01T00:00:00Z","from":{"id":"%d","handle":%q,"name":"Somebody"},"text":%q}}`, kind, xID, person, handle, text)
	if f.random.IntN(10) < 3 {
		direction, sender, recipient, lane = "out", "brand", handle, channel+"/out/dm"
		body = fmt.Sprintf(`{"reply":{"motion_id":"m%d","body":%q,"interaction":"i%d"}}`, n, text, person)
	} else if n%10_000 == 7 {
		kind = "post"
	}
	var failure [3]string
	if state == "dead" {
		failure = [3]string{"invalid", "X refuses it", "write it anew"}
	}
	open, delivered, attempts := state == "queued" || state == "undecided", int64(0), 1
	if state == "delivered" {
		delivered = at + 300
	}
	conversation := fmt.Sprintf("%s/%s/%d", lane, kind, person)
	do(fillMessage, n, channel, direction, kind, state, open, lane, conversation, x, motion, fmt.Sprint(person), sender, recipient, fmt.Sprint(person),
		text, n, attempts, at, at, delivered, failure[0], failure[1], failure[2])
	do(`INSERT INTO content VALUES (?, ?)`, n, body)
	do(`INSERT INTO attempt VALUES (?, ?, 1, 120000, ?, '', '', '')`, n, at, state)
	do(`INSERT INTO post VALUES (?, ?, 'x:support,sales', ?)`, n, at, []byte(body+strings.Repeat(" ", 500)))
	if n <= fillConversations {
		do(`INSERT OR REPLACE INTO person VALUES (?, ?, ?, 'Somebody', ?)`, channel, fmt.Sprint(person), handle, at)
		do(`INSERT OR REPLACE INTO handle VALUES (?, ?, ?, ?)`, channel, handle, fmt.Sprint(person), at)
		do(`INSERT OR REPLACE INTO interaction VALUES (?, ?, ?, '', 1, 0)`, channel, fmt.Sprint("i", person), fmt.Sprint(person))
	}
	if open {
		do(`INSERT INTO conv (key, lane, head, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, conversation, lane, n, f.now.Add(time.Hour).UnixMilli())
	}
}

// fillJournal makes a journal of so many messages at path, as a relay leaves it that was stopped. It has the form of version,
// and nothing but the committer has indexed it.
func fillJournal(tb testing.TB, path string, total int) {
	tb.Helper()
	s, err := Open(tb.Context(), path, slog.New(slog.DiscardHandler))
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+uriPath(path)+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }()
	do := func(query string) {
		tb.Helper()
		if _, err := db.ExecContext(tb.Context(), query); err != nil {
			tb.Fatal(query, err)
		}
	}
	if err := newFiller(tb, total).fill(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	do(`INSERT OR REPLACE INTO tally SELECT channel, direction, kind, state, count(*) FROM message GROUP BY 1, 2, 3, 4`)
	do(`INSERT OR REPLACE INTO hour SELECT received_at / 3600000, min(id), max(id) FROM message GROUP BY 1`)
	do(fmt.Sprintf(`UPDATE setting SET value = '%d' WHERE key = 'unpacked'`, total))
	do(`PRAGMA journal_mode(WAL)`)
}
