package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// The paths of Motion's calls.
const (
	pathNotify      = "/api/openchannel/accounts/5/notify"
	pathAccount     = "/api/openchannel/accounts"
	pathAttachments = "/api/attachments"
)

// arm sets the oddity of the run.
func (r *hostileRig) arm(run *hostileRun, endpoint, wanted string, skip int) {
	run.oddity = hostile.Oddity{Seed: run.seed, Endpoint: endpoint, For: wanted, Skip: skip, Kind: os.Getenv("PERCH_HOSTILE_KIND")}
	if endpoint == hostile.Replies || strings.HasPrefix(endpoint, "/") {
		r.motion.Hostile(run.oddity)
		return
	}
	r.x.Hostile(run.oddity)
}

// writes lets the run's customer write, and notes what is to become of it.
func (r *hostileRig) writes(run *hostileRun, isPublic bool, files ...media.File) (id string) {
	a := aim{text: fmt.Sprint(run.mark, "-", len(run.aims), " says é &lt; <b> 😀"), customer: run.customer, isPublic: isPublic, files: len(files)}
	run.aims = append(run.aims, a)
	for i := range files {
		files[i] = run.marked(files[i], "")
	}
	if isPublic {
		return r.x.Post(run.customer.ID, sim.Post{Text: "@acme_support " + a.text, Files: files})
	}
	return r.x.DM(run.customer.ID, brandID, sim.Message{Text: a.text, Files: files})
}

// hello lets the customer write an ordinary message first, and returns Motion's interaction and the post.
func (r *hostileRig) hello(run *hostileRun, isPublic bool) (interaction int, post string) {
	run.isOut, run.isPublic = true, isPublic
	if isPublic {
		post = r.x.Post(run.customer.ID, sim.Post{Text: fmt.Sprint("@acme_support hello of ", run.seed)})
	} else {
		r.x.DM(run.customer.ID, brandID, sim.Message{Text: fmt.Sprint("hello of ", run.seed)})
	}
	r.await(goodWithin, func() bool { interaction = r.motion.Open(run.customer.Handle, post); return interaction != 0 })
	if interaction == 0 {
		r.fail(run, "an ordinary message does not arrive", "before anything odd")
	}
	r.await(goodWithin, func() bool { // Motion has it a moment before Perch has noted what Motion said
		list, err := r.client.Messages(r.t.Context(), control.Query{After: run.before, Direction: "in", Limit: 1})
		return err == nil && len(list) == 1 && list[0].State == "delivered"
	})
	run.before = r.newest()
	return interaction, post
}

// replies lets the agent answer, in the background because Motion waits for the outcome.
func (r *hostileRig) replies(run *hostileRun, interaction int, post string, file *media.File) {
	if interaction == 0 {
		return
	}
	a := aim{isOut: true, text: fmt.Sprint(run.mark, "-", len(run.aims), " answer"), customer: run.customer, post: post, isPublic: post != "", answered: make(chan answered, 1)}
	reply := motionsim.Reply{Text: a.text, File: file}
	if file != nil {
		a.files, a.fileName = 1, file.Name
	}
	run.aims = append(run.aims, a)
	go func() {
		result, err := r.motion.Reply(r.t.Context(), interaction, reply)
		a.answered <- answered{result, err}
	}()
}

// picture is a file that can be told from all others.
func picture(run *hostileRun) media.File { return run.marked(media.SamplePNG(), run.mark+".png") }

func (run *hostileRun) marked(file media.File, name string) media.File {
	file.Name, file.Data = name, append(slices.Clone(file.Data), run.mark...)
	return file
}

func eventScenes() []hostileScene {
	event := func(isPublic bool, files func() []media.File) func(*hostileRig, *hostileRun) {
		return func(r *hostileRig, run *hostileRun) {
			r.x.Change(func(o *sim.XOptions) { o.MediaKeys = run.seed%2 == 0 })
			r.arm(run, hostile.Events, run.mark, 0)
			r.writes(run, isPublic, files()...)
		}
	}
	none := func() []media.File { return nil }
	return []hostileScene{
		{"event of a direct message", 14, event(false, none)},
		{"event of a mention", 12, event(true, none)},
		{"event of a message with a picture", 6, event(false, func() []media.File { return []media.File{media.SamplePNG()} })},
		{"event of a message with a video", 3, event(false, func() []media.File { return []media.File{media.SampleMP4()} })},
		{"event of a mention with a picture", 4, event(true, func() []media.File { return []media.File{media.SampleJPEG()} })},
		{"event of an answer of the brand", 3, func(r *hostileRig, run *hostileRun) {
			interaction, post := r.hello(run, run.seed%2 == 0)
			r.arm(run, hostile.Events, run.mark, 0)
			r.replies(run, interaction, post, nil)
		}},
	}
}

func legacyScenes() []hostileScene {
	return []hostileScene{{"events in one batch", 8, func(r *hostileRig, run *hostileRun) {
		r.x.Change(func(o *sim.XOptions) { o.Batch = 5 })
		defer r.x.Change(func(o *sim.XOptions) { o.Batch = 1 })
		r.arm(run, hostile.Events, run.mark, 0)
		people := run.customer
		for i := range 4 {
			run.customer.ID = people.ID[:len(people.ID)-1] + fmt.Sprint(i+1)
			run.customer.Handle = fmt.Sprint(people.Handle, "_", i)
			r.x.AddPerson(run.customer)
			r.writes(run, false)
		}
		run.customer, run.isBatch = people, true
		_ = r.x.Idle(r.t.Context())
	}}}
}

func chatScenes() []hostileScene {
	return []hostileScene{
		{"event of an encrypted message", 3, func(r *hostileRig, run *hostileRun) {
			r.arm(run, hostile.Events, run.customer.ID, 0)
			r.x.Chat(run.customer.ID, brandID)
			run.aims = append(run.aims, aim{isChat: true, text: "encrypted", customer: run.customer})
		}},
		{"look-up of a sender", 6, func(r *hostileRig, run *hostileRun) {
			r.arm(run, "users.id", run.customer.ID, 0)
			r.x.Chat(run.customer.ID, brandID)
			run.aims = append(run.aims, aim{isChat: true, text: "encrypted", customer: run.customer})
		}},
	}
}

// answerScenes are those of X's answers to what a relay behind a webhook asks.
func answerScenes() []hostileScene {
	reply := func(endpoint string, isPublic bool, file func() *media.File, skip int) func(*hostileRig, *hostileRun) {
		return func(r *hostileRig, run *hostileRun) {
			r.x.Change(func(o *sim.XOptions) { o.Processing = 300 * time.Millisecond })
			interaction, post := r.hello(run, isPublic)
			wanted := run.mark
			if endpoint != "dm.send" && endpoint != "post.create" || file() != nil {
				wanted = ""
			}
			r.arm(run, endpoint, wanted, int(run.seed)%(skip+1))
			r.replies(run, interaction, post, file())
		}
	}
	none := func() *media.File { return nil }
	png := func() *media.File { f := media.SamplePNG(); f.Name = "offer.png"; return &f }
	video := func() *media.File { f := media.SampleMP4(); f.Name = "offer.mp4"; return &f }
	lookBack := func(call, endpoint string, isPublic bool) func(*hostileRig, *hostileRun) {
		return func(r *hostileRig, run *hostileRun) {
			interaction, post := r.hello(run, isPublic)
			r.x.Change(func(o *sim.XOptions) { o.Echo = false }) // an echo would find it
			defer r.x.Change(func(o *sim.XOptions) { o.Echo = true })
			r.x.Fault(fault.Fault{Endpoint: call, After: run.seed%3 != 0, Drop: true, Times: 1})
			r.arm(run, endpoint, "", 0)
			r.replies(run, interaction, post, nil)
			r.await(meetWithin, func() bool { run.struck = append(run.struck, r.met()...); return len(run.struck) > 0 })
		}
	}
	return []hostileScene{
		{"answer to a direct message", 10, reply("dm.send", false, none, 0)},
		{"answer to a public reply", 9, reply("post.create", true, none, 0)},
		{"answer to an upload", 6, reply("media.upload", false, png, 2)},
		{"answer to an upload for a post", 3, reply("media.upload", true, png, 2)},
		{"state of an upload", 3, reply("media.status", false, video, 0)},
		{"answer to a message with a picture", 2, reply("dm.send", false, png, 0)},
		{"look for a lost direct message", 3, lookBack("dm.send", "dm.events", false)},
		{"look for a lost post", 3, lookBack("post.create", "posts.own", true)},
		{"look-up of a handle", 4, func(r *hostileRig, run *hostileRun) {
			run.isOut = true
			r.arm(run, "users.by_handle", run.customer.Handle, 0)
			a := aim{isOut: true, text: run.mark + "-0 first word", customer: run.customer, answered: make(chan answered, 1)}
			run.aims = append(run.aims, a)
			go func() {
				result, err := r.motion.StartConversation(r.t.Context(), run.customer.Handle, a.text)
				a.answered <- answered{result, err}
			}()
		}},
		{"file of a direct message", 5, func(r *hostileRig, run *hostileRun) {
			r.x.Change(func(o *sim.XOptions) { o.MediaKeys = false })
			r.arm(run, "media.get", run.mark, 0)
			r.writes(run, false, media.SamplePNG())
		}},
		{"file of a mention", 3, func(r *hostileRig, run *hostileRun) {
			r.arm(run, "media.get", run.mark, 0)
			r.writes(run, true, media.SampleJPEG())
		}},
		{"look-up of the files of a message", 4, func(r *hostileRig, run *hostileRun) {
			r.x.Change(func(o *sim.XOptions) { o.MediaKeys = true })
			r.arm(run, map[string]string{"v2": "dm.events", "v1.1": "media.get"}[r.api], run.mark, 0)
			r.writes(run, false, media.SamplePNG())
		}},
		{"look-up of the files of a mention", 4, func(r *hostileRig, run *hostileRun) {
			r.arm(run, map[string]string{"v2": "posts.get", "v1.1": "media.get"}[r.api], run.mark, 0)
			r.writes(run, true, media.SamplePNG())
		}},
		{"look-up of a sender whom the event does not name", 4, func(r *hostileRig, run *hostileRun) {
			r.arm(run, "users.id", run.customer.ID, 0)
			a := aim{text: run.mark + "-0 nameless", customer: run.customer}
			run.aims = append(run.aims, a)
			r.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"9%d","created_timestamp":"%d","message_create":{`+
				`"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q}}}]}`, brandID, run.seed, time.Now().UnixMilli(), brandID, run.customer.ID, a.text))
		}},
		{"question whether the keys are good again", 2, func(r *hostileRig, run *hostileRun) {
			interaction, post := r.hello(run, false)
			r.x.Fault(fault.Fault{Endpoint: "dm.send", Status: 401, Code: 89, Title: "Unauthorized", Detail: "Invalid or expired token.", Times: 1})
			r.arm(run, "users.me", "", 0)
			r.replies(run, interaction, post, nil)
			r.await(restWithin, func() bool { return r.isBlocked() })
			_ = r.client.Resume(r.t.Context())
		}},
	}
}

func (r *hostileRig) isBlocked() bool {
	s, err := r.client.Status(r.t.Context())
	return err == nil && len(s.Channels) > 0 && len(s.Channels[0].Blocked) > 0
}

// motionScenes are those of Motion's answers and replies.
func motionScenes() []hostileScene {
	odd := func(isPublic, withFile bool) func(*hostileRig, *hostileRun) {
		return func(r *hostileRig, run *hostileRun) {
			interaction, post := r.hello(run, isPublic)
			r.arm(run, hostile.Replies, run.mark, 0)
			var file *media.File
			if withFile {
				f := picture(run)
				file = &f
			}
			r.replies(run, interaction, post, file)
		}
	}
	return []hostileScene{
		{"reply to a direct message", 12, odd(false, false)},
		{"reply in public", 10, odd(true, false)},
		{"reply with a file", 5, odd(false, true)},
		{"answer of Motion to a message", 8, func(r *hostileRig, run *hostileRun) {
			r.arm(run, pathNotify, run.mark, 0)
			r.writes(run, run.seed%2 == 0)
		}},
		{"answer of Motion to an upload", 4, func(r *hostileRig, run *hostileRun) {
			r.x.Change(func(o *sim.XOptions) { o.MediaKeys = false })
			r.arm(run, pathAttachments, run.mark, 0)
			r.writes(run, false, media.SamplePNG())
		}},
		{"file of an agent", 5, func(r *hostileRig, run *hostileRun) {
			interaction, post := r.hello(run, run.seed%2 == 0)
			r.arm(run, pathAttachments, run.mark, 0)
			file := picture(run)
			r.replies(run, interaction, post, &file)
		}},
		{"question whether Motion is right again", 2, func(r *hostileRig, run *hostileRun) {
			r.motion.Fault(motionsim.Fault{Path: pathNotify, Status: 401, Times: 1})
			r.arm(run, pathAccount, "", 1)
			r.writes(run, false)
			r.await(restWithin, func() bool { return r.isBlocked() })
			r.motion.Calm()
			r.arm(run, pathAccount, "", 0)
			_ = r.client.Resume(r.t.Context())
		}},
	}
}

// begun lets the relay start while something is odd.
func (r *hostileRig) begun(run *hostileRun, endpoint string) {
	run.isWay = true
	r.kill(os.Interrupt)
	r.arm(run, endpoint, "", 0)
	r.client.Close()
	r.start()
}

func startScene(name string, weight int, endpoints ...string) hostileScene {
	return hostileScene{name, weight, func(r *hostileRig, run *hostileRun) {
		r.begun(run, endpoints[int(run.seed/7)%len(endpoints)])
	}}
}

func streamScenes() []hostileScene {
	return []hostileScene{
		{"opening of the stream", 8, func(r *hostileRig, run *hostileRun) {
			run.isWay = true
			r.arm(run, "activity.stream", "", 0)
			r.x.CutStreams()
			_ = r.client.Resume(r.t.Context())
		}},
		startScene("start", 3, "activity.subscriptions", "oauth2.token", "users.me", "activity.stream", pathAccount, "dm.events", "mentions"),
	}
}

func pollScenes() []hostileScene {
	list := func(endpoint string, isPublic bool) func(*hostileRig, *hostileRun) {
		return func(r *hostileRig, run *hostileRun) {
			run.isPoll = true
			people := run.customer
			for i := range 3 {
				run.customer.ID = people.ID[:len(people.ID)-1] + fmt.Sprint(i+1)
				run.customer.Handle = fmt.Sprint(people.Handle, "_", i)
				r.x.AddPerson(run.customer)
				r.writes(run, isPublic)
			}
			run.customer = people
			r.arm(run, endpoint, "", 0)
			_ = r.client.Resume(r.t.Context())
		}
	}
	return []hostileScene{
		{"list of direct messages", 10, list("dm.events", false)},
		{"list of mentions", 10, list("mentions", true)},
		startScene("start", 2, "users.me", "dm.events", "mentions", pathAccount),
	}
}

// wayScenes are those of a webhook that Perch registers itself; all are the endpoints for that.
func wayScenes(all ...string) []hostileScene {
	return []hostileScene{
		startScene("start", 3, append(slices.Clone(all), "oauth2.token", "users.me", pathAccount)...),
		{"look at the webhook", 5, func(r *hostileRig, run *hostileRun) {
			run.isWay = true
			r.arm(run, all[int(run.seed/7)%len(all)], "", 0)
			_ = r.client.Resume(r.t.Context())
		}},
	}
}
