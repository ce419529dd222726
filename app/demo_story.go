package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// scene is one thing that happens in the demo. It returns what to say about it.
type scene struct {
	title string
	act   func(*demo, context.Context) error
}

var story = []scene{
	{"A customer writes in private", (*demo).privateMessage},
	{"The agent answers", (*demo).privateReply},
	{"A customer complains in public, with a picture", (*demo).publicMention},
	{"The agent answers in public", (*demo).publicReply},
	{"The agent writes too much", (*demo).tooLong},
	{"Motion goes down while customers write", (*demo).motionOutage},
	{"X's credits run out while the agent answers", (*demo).creditsOutage},
	{"X takes an answer, but its confirmation is lost", (*demo).lostAnswer},
}

func (d *demo) relayClient() *control.Client { return control.NewClient(d.home.Socket()) }

// play tells the story, then goes on with live traffic when asked to.
func (d *demo) play(ctx context.Context, headless bool, length time.Duration) error {
	d.print("Perch stands between a simulated X (%s) and a simulated Motion (%s).\n", d.x.URL(), d.motion.URL())
	d.print("Look on from a second terminal:  perch --home %s traffic -f\n", strings.TrimSuffix(d.home.Config(), "/perch.toml"))
	var closed <-chan struct{}
	if !headless {
		var leave func()
		closed, leave = d.demoDesktop(ctx, d.home)
		defer leave()
	}
	for i, s := range story {
		d.print("\n%d. %s\n", i+1, s.title)
		if err := s.act(d, ctx); err != nil {
			return err
		}
	}
	if length > 0 || closed != nil {
		if err := d.live(ctx, length, closed); err != nil {
			return err
		}
	}
	return d.sum(ctx)
}

// sum counts at the end: everything arrived, once.
func (d *demo) sum(ctx context.Context) error {
	client := d.relayClient()
	status, err := client.Status(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	c := status.Channels[0]
	d.print("\nIn all: %d to Motion, %d to X, %d waiting, %d refused with a reason. %s\n",
		c.Inbound.Delivered, c.Outbound.Delivered, c.Inbound.Queued+c.Outbound.Queued, c.Outbound.Dead+c.Inbound.Dead, d.verdict())
	for _, v := range append(d.x.Violations(), d.motion.Violations()...) {
		d.print("The simulators found fault with a request: %s\n", v)
	}
	d.print("Next: perch init writes your own configuration.\n")
	return nil
}

// verdict counts on the simulators' side what the customers wrote and what X was given.
func (d *demo) verdict() string {
	inMotion, atX := map[string]int{}, map[string]int{}
	for _, m := range d.motion.Messages() {
		if m.Direction == "in" {
			inMotion[m.Body]++
		}
	}
	for _, s := range append(d.x.SentDMs(), d.x.SentPosts()...) {
		atX[s.Text]++
	}
	lost, twice := 0, 0
	for _, text := range d.written {
		switch inMotion[text] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	for _, n := range atX {
		twice += n - 1
	}
	if lost+twice == 0 {
		return "Nothing lost, nothing sent twice."
	}
	return fmt.Sprintf("%d lost, %d sent twice: please report it.", lost, twice)
}

func (d *demo) say(who, format string, args ...any) {
	d.print("   %-8s %s\n", who, fmt.Sprintf(format, args...))
}

// until waits for something to happen and returns how long that took.
func (d *demo) until(ctx context.Context, what string, done func() bool) (time.Duration, error) {
	started := time.Now()
	for !done() {
		if time.Since(started) > demoPatience {
			return 0, &bridge.Error{
				Kind: bridge.Temporary, Side: bridge.SidePerch, Op: "demo", Message: "waited in vain for: " + what,
				Remedy: "run it again; if it happens again, please report it",
			}
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(demoPoll):
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

func (d *demo) privateMessage(ctx context.Context) error {
	d.customerWrites("Where is my order 77?")
	return d.inMotion(ctx, "Where is my order 77?")
}

func (d *demo) privateReply(ctx context.Context) error {
	before := len(d.x.SentDMs())
	if err := d.agentAnswers(ctx, d.motion.Open("annlee", ""), "Hi Ann, it left today."); err != nil {
		return err
	}
	_, err := d.until(ctx, "the reply at X", func() bool { return len(d.x.SentDMs()) == before+1 })
	d.say("X", "delivered it to @annlee as a direct message")
	return err
}

func (d *demo) publicMention(ctx context.Context) error {
	text := "@acme_support the parcel is damaged, look"
	d.say("@annlee", "%q + photo, for everybody to see", text)
	d.x.Post("3001969357", sim.Post{Text: text, Files: []media.File{media.SamplePNG()}})
	if err := d.inMotion(ctx, text); err != nil {
		return err
	}
	_, err := d.until(ctx, "the picture in Motion", func() bool { return len(d.motion.Attachments()) > 0 })
	d.say("Motion", "has the picture too, as a file of its own")
	return err
}

func (d *demo) publicThread() (int, string) {
	for _, m := range d.motion.Messages() {
		if m.ThreadID != "" {
			return m.Interaction, m.ThreadID
		}
	}
	return 0, ""
}

func (d *demo) publicReply(ctx context.Context) error {
	interaction, thread := d.publicThread()
	if err := d.agentAnswers(ctx, interaction, "Sorry! We send a new one."); err != nil {
		return err
	}
	_, err := d.until(ctx, "the public reply", func() bool { return len(d.x.SentPosts()) == 1 })
	d.say("X", "shows it under post %s", thread)
	return err
}

func (d *demo) tooLong(ctx context.Context) error {
	interaction, _ := d.publicThread()
	return d.agentAnswers(ctx, interaction, strings.Repeat("We are very, very sorry. ", 15))
}

func (d *demo) motionOutage(ctx context.Context) error {
	d.motion.Down()
	d.say("Motion", "is down")
	d.customerWrites("Hello?")
	d.customerWrites("Is anybody there?")
	waits := func() bool {
		list, err := d.messages(ctx, "Hello?")
		return err == nil && len(list) == 1 && list[0].Attempts > 0
	}
	if _, err := d.until(ctx, "both on disk", waits); err != nil {
		return err
	}
	d.say("Perch", "has both on disk, has told X so, and tries again in 5 s")
	if err := d.motion.Up(); err != nil {
		return err
	}
	d.say("Motion", "is back")
	if err := d.inMotion(ctx, "Hello?"); err != nil {
		return err
	}
	return d.inMotion(ctx, "Is anybody there?")
}

func (d *demo) creditsOutage(ctx context.Context) error {
	d.x.Fault(fault.Credits())
	before := len(d.x.SentDMs())
	if err := d.agentAnswers(ctx, d.motion.Open("annlee", ""), "Yes, we are here."); err != nil {
		return err
	}
	client := d.relayClient()
	status, err := client.Status(ctx)
	if err != nil {
		return err
	}
	d.say("Status", "X %s: %s", status.Channels[0].X.State, status.Channels[0].X.Detail)
	d.x.ClearFaults()
	d.say("Admin", "buys credits and says: perch resume")
	if err := client.Resume(ctx); err != nil {
		return err
	}
	took, err := d.until(ctx, "the waiting reply", func() bool { return len(d.x.SentDMs()) == before+1 })
	d.say("X", "has the waiting reply after %d ms", took.Milliseconds())
	return err
}

func (d *demo) lostAnswer(ctx context.Context) error {
	fault := fault.Lost()
	fault.Endpoint, fault.Times = "dm.send", 1
	d.x.Fault(fault)
	before := len(d.x.SentDMs())
	if err := d.agentAnswers(ctx, d.motion.Open("annlee", ""), "Your new parcel leaves tomorrow."); err != nil {
		return err
	}
	d.say("Perch", "did not repeat it but looked it up: X has it %d time", len(d.x.SentDMs())-before)
	return nil
}

var smallTalk = []string{"Hello", "Where is my parcel?", "Thank you!", "The app says error 17", "Can I change the address?", "👍"}

// live lets customers and agents talk until the time is over (0: until Ctrl+C) or the window is closed.
func (d *demo) live(ctx context.Context, length time.Duration, closed <-chan struct{}) error {
	d.print("\nLive traffic (Ctrl+C ends it).\n")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if length > 0 {
		ctx, cancel = context.WithTimeout(ctx, length)
		defer cancel()
	}
	for n := 1; ; n++ {
		person := demoPeople[rand.IntN(len(demoPeople))]
		text := fmt.Sprintf("%s (%d)", smallTalk[rand.IntN(len(smallTalk))], n)
		d.say("@"+person.Handle, "%q", text)
		d.x.DM(person.ID, d.brand.ID, sim.Message{Text: text})
		if interaction := d.motion.Open(person.Handle, ""); interaction != 0 && n%3 == 0 {
			if err := d.agentAnswers(ctx, interaction, fmt.Sprintf("Thank you for message %d.", n)); err != nil && ctx.Err() == nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return nil
		case <-time.After(time.Second + time.Duration(rand.Int64N(int64(time.Second)))):
		}
	}
}
