package demo

import (
	"context"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
)

// secretive is the customer who writes in encrypted chat.
var secretive = customers[1]

func (d *demo) encryptedMessage(ctx context.Context) error {
	text := "My card was charged twice, look"
	d.say("@"+secretive.Handle, "%q + picture, encrypted: X itself cannot read it", text)
	d.written = append(d.written, text)
	d.x.Write(secretive.ID, d.brand.ID, sim.Note{Text: text, Files: []media.File{media.SamplePNG()}})
	if err := d.inMotion(ctx, text); err != nil {
		return err
	}
	_, err := d.until(ctx, "the picture in Motion", func() bool { return len(d.motion.Attachments()) > 0 })
	d.say("Perch", "has verified and decrypted both with the account's key")
	return err
}

func (d *demo) encryptedReply(ctx context.Context) error {
	before := len(d.x.Letters(secretive.ID))
	if err := d.agentAnswers(ctx, d.motion.Open(secretive.Handle, ""), "Sorry, Bo. You get one of them back."); err != nil {
		return err
	}
	_, err := d.until(ctx, "the customer to read it", func() bool { return len(d.x.Letters(secretive.ID)) == before+1 })
	if err == nil {
		d.say("@"+secretive.Handle, "reads %q on the phone", d.x.Letters(secretive.ID)[before].Text)
	}
	return err
}
