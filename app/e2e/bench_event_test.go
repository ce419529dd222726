package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"sync/atomic"
)

const (
	// benchSize is that of an event, in bytes: X's own with a text of some length.
	benchSize = 2048
	// benchPeople is how many customers write.
	benchPeople = 1000
	// firstPerson is the first one's id: all have six digits.
	firstPerson = 100_000
	// firstEvent is the first id of an event: all have ten digits.
	firstEvent = 7_000_000_000
)

// signedEvents makes POSTs of direct messages as X sends them, each with an id of its own and a good signature.
type signedEvents struct {
	counter       *atomic.Int64
	request, body []byte
	signature     []byte   // the place of it in request
	ids, people   [][]byte // the places of the event's and of the customer's id in body
	mac           hash.Hash
	sum           []byte
}

const (
	eventMark  = "EEEEEEEEEE"
	personMark = "PPPPPP"
)

func newSignedEvents(path, secret string, counter *atomic.Int64) *signedEvents {
	body := fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"EEEEEEEEEE","created_timestamp":"1795000000557","message_create":`+
		`{"target":{"recipient_id":%q},"sender_id":"PPPPPP","message_data":{"text":"%s","entities":{"urls":[]}}}}],"users":{"PPPPPP":{"id":"PPPPPP","screen_name":"cPPPPPP","name":"C"}}}`,
		brandID, brandID, strings.Repeat("x", 1600))
	body = append(body, bytes.Repeat([]byte(" "), benchSize-len(body))...)
	mark := strings.Repeat("S", base64.StdEncoding.EncodedLen(sha256.Size))
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: perch.example\r\nContent-Type: application/json\r\nX-Twitter-Webhooks-Signature: sha256=%s\r\nContent-Length: %d\r\n\r\n", path, mark, len(body))
	e := &signedEvents{counter: counter, request: append([]byte(head), body...), mac: hmac.New(sha256.New, []byte(secret))}
	e.body = e.request[len(head):]
	e.signature = e.request[strings.Index(head, mark):][:len(mark)]
	e.ids, e.people = places(e.body, eventMark), places(e.body, personMark)
	return e
}

// places returns where a mark stands, each place as a slice of the text.
func places(text []byte, mark string) (found [][]byte) {
	for {
		at := bytes.Index(text, []byte(mark))
		if at < 0 {
			return found
		}
		found = append(found, text[at:at+len(mark)])
		text = text[at+len(mark):]
	}
}

func (e *signedEvents) next() []byte {
	n := e.counter.Add(1)
	for _, place := range e.ids {
		putDigits(place, firstEvent+n)
	}
	for _, place := range e.people {
		putDigits(place, firstPerson+n%benchPeople)
	}
	e.mac.Reset()
	e.mac.Write(e.body)
	e.sum = e.mac.Sum(e.sum[:0])
	base64.StdEncoding.Encode(e.signature, e.sum)
	return e.request
}

// putDigits writes a number over a text of as many digits.
func putDigits(place []byte, n int64) {
	for i := len(place) - 1; i >= 0; i-- {
		place[i] = byte('0' + n%10)
		n /= 10
	}
}
