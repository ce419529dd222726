//go:build web

package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"perch/bridge/sim"
)

// Customers write in every script, and the page has no font for most: the browser writes them, and emoji, in its own.
func TestPageWritesEveryScript(t *testing.T) {
	browser := mustBrowse(t)
	b := webBox(t)
	texts := []string{"สวัสดีครับ 77", "你好，我的订单", "안녕하세요", "नमस्ते मेरा", "مرحبا، أين طلبي 77", "Grazie 👍🏽 ❤️ 👨‍👩‍👧 🇮🇹"}
	for _, text := range texts {
		b.x.DM(annID, brandID, sim.Message{Text: text})
	}
	b.awaitMotion(len(texts))
	p := b.mustOpen(browser, b.code().Address).awaitWindow()
	p.do(chromedp.Evaluate(`window.wrote = []; const write = perchPen.write; perchPen.write = (text, ...more) => { wrote.push(text); return write(text, ...more); }; 0`, nil))
	var wrote []string
	b.until("the pictures of the texts", func() bool {
		p.click(navX, trafficY)
		p.do(chromedp.Evaluate(`wrote`, &wrote))
		return !slices.ContainsFunc([]string{"สวัสดีครับ", "你好", "안녕하세요", "नमस्ते", "مرحبا", "👍🏽", "👨‍👩‍👧", "🇮🇹"}, func(part string) bool {
			return !slices.ContainsFunc(wrote, func(text string) bool { return strings.Contains(text, part) })
		})
	})
	p.look(os.Getenv("PERCH_TEST_PICTURES"), "page-scripts")
	for letter, want := range map[string]bool{"ไ": true, "你": true, "👍": true, "a": true, "\U0010FFFE": false, "\u0378": false} {
		var has bool
		if p.do(chromedp.Evaluate(`perchPen.has('`+letter+`')`, &has)); has != want {
			t.Errorf("the browser has %q: %v", letter, has)
		}
	}
}
