package demo

import (
	"context"
	"fmt"
	"path/filepath"
)

// scene is one thing that happens in the demo. It returns what to say about it.
type scene struct {
	title string
	act   func(*demo, context.Context) error
}

var story = []scene{
	{"A customer writes in private", (*demo).privateMessage},
	{"The agent answers", (*demo).privateReply},
	{"A customer writes in encrypted chat, with a picture", (*demo).encryptedMessage},
	{"The agent answers, and only the customer can read it", (*demo).encryptedReply},
	{"A customer complains in public, with a picture", (*demo).publicMention},
	{"The agent answers in public", (*demo).publicReply},
	{"The agent writes too much", (*demo).tooLong},
	{"Motion goes down while customers write", (*demo).motionOutage},
	{"X's credits run out while the agent answers", (*demo).creditsOutage},
	{"X takes an answer, but its confirmation is lost", (*demo).lostAnswer},
}

// play tells the story, then goes on with live traffic when asked to.
func (d *demo) play(ctx context.Context, o Options) error {
	d.Print("Perch stands between a simulated X (%s) and a simulated Motion (%s).\n", d.x.URL(), d.motion.URL())
	d.Print("Look on from a second terminal:  perch --home %s traffic -f\n", filepath.Dir(d.home.Config()))
	var closed <-chan struct{}
	if !o.Headless {
		var leave func()
		closed, leave = showDesktop(ctx, d.home)
		defer leave()
	}
	for i, s := range story {
		d.Print("\n%d. %s\n", i+1, s.title)
		if err := s.act(d, ctx); err != nil {
			return err
		}
	}
	if o.Live > 0 || closed != nil {
		if err := d.live(ctx, o.Live, closed); err != nil {
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
	d.Print("\nIn all: %d to Motion, %d to X, %d waiting, %d refused with a reason. %s\n",
		c.Inbound.Delivered, c.Outbound.Delivered, c.Inbound.Queued+c.Outbound.Queued, c.Outbound.Dead+c.Inbound.Dead, d.verdict())
	for _, v := range append(d.x.Violations(), d.motion.Violations()...) {
		d.Print("The simulators found fault with a request: %s\n", v)
	}
	d.Print("Next: perch init writes your own configuration.\n")
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
	for _, person := range customers {
		for _, letter := range d.x.Letters(person.ID) {
			atX[letter.Text]++
		}
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
