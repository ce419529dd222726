package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

// strangersWait bounds what X and Motion wait while strangers hold on; without them it is a few milliseconds. Who had to
// wait for a stranger would wait for 10 s at the least.
const strangersWait = 5 * time.Second

// crowd opens connections to the relay that say something and then nothing more.
func (b *box) crowd(n int, say string) {
	b.t.Helper()
	for range n {
		c, err := net.Dial("tcp", b.listen)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() { _ = c.Close() })
		_ = c.SetWriteDeadline(time.Now().Add(strangersWait))
		_, _ = io.WriteString(c, say) // what it was not let say is no matter
	}
}

// chunked posts a signed body as X may: without announcing its length.
func (b *box) chunked(body string) (status int, took time.Duration) {
	b.t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://"+b.listen+"/api/messages", io.MultiReader(strings.NewReader(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("x-twitter-webhooks-signature", xevents.Sign(b.brand.ConsumerSecret, []byte(body)))
	client := &http.Client{Transport: &http.Transport{}} // a newcomer each time
	defer client.CloseIdleConnections()
	began := time.Now()
	response, err := client.Do(request)
	if err != nil {
		b.t.Error(err)
		return 0, 0
	}
	_ = response.Body.Close()
	return response.StatusCode, time.Since(began)
}

// Whatever strangers hold on to, X's events come in and agents' replies go out.
func TestStrangersHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "before"})
	interaction := b.awaitMotion(1)[0].Interaction
	unsigned := "POST /api/messages HTTP/1.1\r\nHost: perch\r\nTransfer-Encoding: chunked\r\n\r\n"
	signed := "POST /api/messages HTTP/1.1\r\nHost: perch\r\nx-twitter-webhooks-signature: " + xevents.Sign("wrong", nil) + "\r\nTransfer-Encoding: chunked\r\n\r\n"
	large := fmt.Sprintf("%x\r\n%s\r\n", 4<<20, strings.Repeat("a", 4<<20))
	for i, strangers := range []struct {
		name, say string
		n         int
		largest   int
	}{
		{"four bodies that never end", unsigned + "1\r\n{\r\n", 4, 200 << 10},
		{"bodies that take all the room", signed + large, 17, 8 << 20},
		{"replies to a wrong token", "POST /reply/guess HTTP/1.1\r\nHost: perch\r\nContent-Length: 1000000\r\n\r\n{", 64, 200 << 10},
		{"connections that say nothing", "", 1100, 200 << 10},
	} {
		b.crowd(strangers.n, strangers.say)
		for _, size := range []int{2, strangers.largest} {
			if status, took := b.chunked("{}" + strings.Repeat(" ", size-2)); status != http.StatusOK || took > strangersWait {
				t.Errorf("%s: a signed post of %d bytes: %d after %v", strangers.name, size, status, took)
			}
		}
		text := fmt.Sprint("message ", i)
		began := time.Now()
		b.x.DM(annID, brandID, sim.Message{Text: text})
		if got := b.awaitMotion(i + 2)[i+1]; got.Body != text || time.Since(began) > 2*strangersWait {
			t.Errorf("%s: %q after %v", strangers.name, got.Body, time.Since(began))
		}
		began = time.Now()
		if r := b.reply(interaction, motionsim.Reply{Text: text}); r.Status != http.StatusOK || time.Since(began) > 2*strangersWait {
			t.Errorf("%s: the reply: %+v after %v", strangers.name, r, time.Since(began))
		}
	}
	if n := len(b.x.SentDMs()); n != 4 {
		t.Errorf("%d replies at X; want 4", n)
	}
	b.until("a good status", func() bool { return b.status().State == "running" }) // Motion got its Reply URL after the start
}
