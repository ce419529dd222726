//go:build web

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"perch/ui/watch"
)

const (
	// pageRows is how many messages the page holds while it is scrolled.
	pageRows = 20_000
	// pageBatch is how many come in one post.
	pageBatch = 100
	// leastFrames is how many pictures a second it has to draw then, in software.
	leastFrames = 20
	// mostIdle is how much of a core the relay may use for a page that is only open.
	mostIdle = 0.02
)

// frames counts how often the page draws, for 4 s, while the wheel turns.
const frames = `new Promise(r => {let n = 0; const t = performance.now(); (function f() {n++; const d = performance.now() - t; d < 4000 ? requestAnimationFrame(f) : r(n * 1000 / d)})()})`

// It measures, and therefore wants a machine of its own: BENCH=1.
func TestBenchThePageScrollsAndRests(t *testing.T) {
	if os.Getenv("BENCH") == "" {
		t.Skip("it measures: BENCH=1")
	}
	browser := mustBrowse(t)
	b := webBox(t)
	b.mayFault = true
	b.must("pause")
	for first := 0; first < pageRows; first += pageBatch {
		var list []string
		for n := first; n < first+pageBatch; n++ {
			list = append(list, fmt.Sprintf(`{"type":"message_create","id":"%d","created_timestamp":"%d","message_create":{"target":{"recipient_id":%q},"sender_id":%q,`+
				`"message_data":{"text":"message number %d, a bit longer so that it fills its line"}}}`, 7_000_000+n, time.Now().UnixMilli(), brandID, annID, n))
		}
		if code := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[%s]}`, brandID, strings.Join(list, ","))); code != 200 {
			t.Fatalf("answer %d", code)
		}
	}
	b.until("all in the journal", func() bool { return b.status().Channels[0].Inbound.Queued == pageRows })
	p := b.mustOpen(browser, b.code().Address).awaitWindow()
	p.await("the feed", func() bool { return p.hasAsked("/api/v1/feed") })
	p.click(navX, trafficY)
	p.do(input.DispatchMouseEvent(input.MouseMoved, 600, 400), chromedp.Sleep(200*time.Millisecond))
	wheel := func(by float64) {
		p.do(input.DispatchMouseEvent(input.MouseWheel, 600, 400).WithDeltaX(0).WithDeltaY(by), chromedp.Sleep(40*time.Millisecond))
	}
	for end := time.Now().Add(3 * patience); p.countAsked("before=") < pageRows/watch.PageSize-1; wheel(5_000) {
		if time.Now().After(end) {
			t.Fatalf("the page has fetched %d pages of messages", p.countAsked("before="))
		}
	}
	p.do(chromedp.Sleep(2 * time.Second))
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-many")
	var rate float64
	counted := make(chan error, 1)
	go func() {
		counted <- chromedp.Run(p.ctx, chromedp.Evaluate(frames, &rate, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	}()
	for range 80 {
		wheel(-300)
	}
	if err := <-counted; err != nil {
		t.Fatal(err)
	}
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-scrolled")
	t.Logf("%.1f pictures a second", rate)
	if rate < leastFrames {
		t.Errorf("only %.1f pictures a second", rate)
	}
	b.until("the end of what the page fetches", func() bool { return used(b.relay.Process.Pid, 2*time.Second) < 0.05 })
	share := used(b.relay.Process.Pid, 20*time.Second)
	t.Logf("an idle page costs the relay %.2f %% of a core", 100*share)
	if share > mostIdle {
		t.Errorf("an idle page costs the relay %.2f %% of a core", 100*share)
	}
}

// used is the share of a core that a process uses (proc(5): fields 14 and 15 of stat, in hundredths of a second).
func used(pid int, over time.Duration) float64 {
	ticks := func() (sum int) {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if _, rest, ok := strings.Cut(string(data), ") "); ok {
			for _, field := range strings.Fields(rest)[11:13] {
				n, _ := strconv.Atoi(field)
				sum += n
			}
		}
		return sum
	}
	before := ticks()
	time.Sleep(over)
	return float64(ticks()-before) / 100 / over.Seconds()
}
