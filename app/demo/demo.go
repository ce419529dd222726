// Package demo shows Perch at work on a simulated X and a simulated Motion: a story, and live traffic on request.
//
// It guarantees that nothing leaves this computer, that what it tells is what happened, and that nothing of it is left when
// it has ended.
package demo

import (
	"time"

	"perch/app/config"
	"perch/app/terminal"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
)

const (
	// patience bounds the wait for each step of the demo.
	patience    = 20 * time.Second
	pollEvery   = 5 * time.Millisecond
	channelName = "support"
)

// demo is a relay between a simulated X and a simulated Motion, in this process.
type demo struct {
	terminal.Printer
	x      *sim.X
	motion *motionsim.Motion
	brand  sim.Account
	home   config.Home
	// chatKeys are the brand's keys of encrypted chat, as an admin imports them.
	chatKeys string
	// written is what customers wrote in private, to be counted at the end.
	written []string
}

var customers = []sim.Person{
	{ID: "3001969357", Handle: "annlee", Name: "Ann Lee"},
	{ID: "3001969358", Handle: "bo_berg", Name: "Bo Berg"},
	{ID: "3001969359", Handle: "carla_rossi", Name: "Carla Rossi"},
	{ID: "3001969360", Handle: "omar_k", Name: "عمر خالد"},
	{ID: "3001969361", Handle: "haruka_t", Name: "田中はるか"},
	{ID: "3001969362", Handle: "priya_s", Name: "प्रिया शर्मा"},
	{ID: "3001969363", Handle: "somchai_p", Name: "สมชาย"},
	{ID: "3001969364", Handle: "noa_levi", Name: "נועה לוי"},
	{ID: "3001969365", Handle: "minjun_k", Name: "김민준"},
}

// Options say how a demo is shown.
type Options struct {
	// Headless is set when neither tray nor window are wanted.
	Headless bool
	// Live is for how long live traffic goes on after the story; without it, for as long as the window is open.
	Live time.Duration
}
