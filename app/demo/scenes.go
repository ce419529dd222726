package demo

import (
	"context"
	"strings"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
)

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
	text, before := "@acme_support the parcel is damaged, look", len(d.motion.Attachments())
	d.say("@annlee", "%q + photo, for everybody to see", text)
	d.x.Post("3001969357", sim.Post{Text: text, Files: []media.File{media.SamplePNG()}})
	if err := d.inMotion(ctx, text); err != nil {
		return err
	}
	_, err := d.until(ctx, "the picture in Motion", func() bool { return len(d.motion.Attachments()) > before })
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
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "dm.send", 1
	d.x.Fault(lost)
	before := len(d.x.SentDMs())
	if err := d.agentAnswers(ctx, d.motion.Open("annlee", ""), "Your new parcel leaves tomorrow."); err != nil {
		return err
	}
	d.say("Perch", "did not repeat it but looked it up: X has it %d time", len(d.x.SentDMs())-before)
	return nil
}
