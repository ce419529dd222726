package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

func (d *demo) say(who, format string, args ...any) {
	d.Print("   %-8s %s\n", who, fmt.Sprintf(format, args...))
}

// until waits for something to happen and returns how long that took.
func (d *demo) until(ctx context.Context, what string, done func() bool) (time.Duration, error) {
	started := time.Now()
	for !done() {
		if time.Since(started) > patience {
			return 0, &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "demo", Message: "waited in vain for: " + what,
				Remedy: "run it again; if it happens again, please report it",
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
	return time.Since(started), nil
}

// inMotion waits for a customer's message in Motion.
func (d *demo) inMotion(ctx context.Context, body string) error {
	took, err := d.until(ctx, body, func() bool { return d.motionHas(body) })
	if err == nil {
		d.say("Motion", "shows the agent %q after %d ms", body, took.Milliseconds())
	}
	return err
}

func (d *demo) motionHas(body string) bool {
	for _, m := range d.motion.Messages() {
		if m.Direction == "in" && m.Body == body {
			return true
		}
	}
	return false
}

func (d *demo) messages(ctx context.Context, text string) ([]control.Message, error) {
	client := d.relayClient()
	return client.Messages(ctx, control.Query{Search: text})
}

func (d *demo) customerWrites(text string) {
	d.say("@annlee", "%q", text)
	d.written = append(d.written, text)
	d.x.DM("3001969357", d.brand.ID, sim.Message{Text: text})
}

// agentAnswers posts a reply as Motion would and says what came of it.
func (d *demo) agentAnswers(ctx context.Context, interaction int, text string) error {
	shown := text
	if len(shown) > 60 {
		shown = shown[:60] + "…"
	}
	d.say("Agent", "%q", shown)
	result, err := d.motion.Reply(ctx, interaction, motionsim.Reply{Text: text})
	if err != nil {
		return err
	}
	d.say("Perch", "answers Motion %d %s after %d ms", result.Status, strings.TrimSpace(result.Body), result.Took.Milliseconds())
	return nil
}

func (d *demo) relayClient() *control.Client { return control.NewClient(d.home.Socket()) }
