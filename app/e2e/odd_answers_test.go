package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// page is what a proxy, a firewall or a log-in page puts in the place of an answer.
const page = `<!DOCTYPE html><html><head><title>One step more</title></head><body><form><input name="user"></form></body></html>`

var asHTML = map[string]string{"Content-Type": "text/html; charset=utf-8"}

func (b *box) tallyOf() (motion, x string) {
	s := b.status().Channels[0]
	return s.Motion.State, s.X.State
}

// Motion's yes counts only when it says what it has made of the message.
func TestOnlyMotionsOwnYesCounts(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	for i, tc := range []struct {
		name  string
		fault motionsim.Fault
	}{
		{"a log-in page", motionsim.Fault{Status: 200, RawBody: page, Header: asHTML}},
		{"an error inside", motionsim.Fault{Status: 200, RawBody: `{"success":false,"error":"The contact was not saved"}`}},
		{"errors inside", motionsim.Fault{Status: 201, RawBody: `{"errors":[{"message":"no list"}]}`}},
		{"another's JSON", motionsim.Fault{Status: 200, RawBody: `{"hello":"world"}`}},
		{"nothing", motionsim.Fault{Status: 200, RawBody: " "}},
		{"a refusing page", motionsim.Fault{Status: 403, RawBody: page, Header: asHTML}},
		{"a page not found", motionsim.Fault{Status: 404, RawBody: page, Header: asHTML}},
		{"a page about bad requests", motionsim.Fault{Status: 400, RawBody: page, Header: asHTML}},
		{"a proxy that wants a password", motionsim.Fault{Status: 407, RawBody: page, Header: asHTML}},
	} {
		tc.fault.Path = "/api/openchannel"
		b.motion.Fault(tc.fault)
		b.x.DM(annID, brandID, sim.Message{Text: tc.name})
		b.until("the first attempt", func() bool {
			list := b.traffic()
			return len(list) == i+1 && list[i].Attempts > 0 && list[i].Error != nil
		})
		if m := b.traffic()[i]; m.State != "queued" || m.Error.Message == "" || m.Error.Remedy == "" || m.Error.Kind == "operator" {
			t.Errorf("%s: %+v, %+v", tc.name, m, m.Error)
		}
		if motion, _ := b.tallyOf(); motion == "connected" {
			t.Errorf("%s: the status says that Motion is well", tc.name)
		}
		b.motion.ClearFaults()
		b.must("resume")
		b.until("delivered once Motion is right again", func() bool { return b.traffic()[i].State == "delivered" })
		if in := b.inMotion(); len(in) != i+1 || in[i].Body != tc.name {
			t.Fatalf("%s: Motion has %+v", tc.name, in)
		}
		if motion, _ := b.tallyOf(); motion != "connected" {
			t.Errorf("%s: the status still says %s", tc.name, motion)
		}
	}
}

// A page in place of X's refusal refuses nothing: replies wait, customers keep their handles, and the words name the way.
func TestAPageIsNotXsVerdict(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	private := b.awaitMotion(1)[0].Interaction
	for i, status := range []int{200, 302, 400, 401, 403, 404, 407} {
		customer := b.x.AddPerson(sim.Person{ID: fmt.Sprint(3001969400 + i), Handle: fmt.Sprint("customer_", status), Name: "C"})
		header := map[string]string{"Content-Type": "text/html", "Location": "https://login.example/"}
		b.x.Fault(fault.Fault{Endpoint: "users.id", Status: status, RawBody: page, Header: header})
		calls := b.x.Calls("users.id")
		nameless := strings.Replace(dm(fmt.Sprint(5001+i), "who am I?", ""), `"screen_name":"annlee"`, `"screen_name":""`, 1)
		if got := b.signed(strings.ReplaceAll(nameless, annID, customer.ID)); got != 200 {
			t.Fatalf("answered %d", got)
		}
		b.until("a first look-up", func() bool { return b.x.Calls("users.id") > calls })
		sent := len(b.x.SentDMs())
		if status != 200 { // what a page says yes to may have gone out: that is another story
			b.x.Fault(fault.Fault{Endpoint: "dm.send", Status: status, RawBody: page, Header: header})
			if r := b.reply(private, motionsim.Reply{Text: fmt.Sprint("we hear you ", status)}); r.Status != 200 || !strings.Contains(r.Body, "queued") {
				t.Errorf("%d: reply: %d %s, want it to wait", status, r.Status, r.Body)
			}
			out := b.traffic("--direction", "out")
			if m := out[len(out)-1]; m.State != "queued" || m.Error == nil || !strings.Contains(m.Error.Message, "between") && !strings.Contains(m.Error.Message, "proxy") {
				t.Errorf("%d: the reply: %+v %+v", status, m, m.Error)
			}
			sent++
		}
		b.x.ClearFaults()
		b.until("the handle", func() bool { b.must("resume"); return len(b.inMotion()) == i+2 })
		if in := b.inMotion()[i+1]; in.From != customer.Handle {
			t.Errorf("%d: delivered under %q, want %s", status, in.From, customer.Handle)
		}
		b.until("the reply", func() bool { return len(b.x.SentDMs()) == sent })
	}
}

// A page on the stream is no stream.
func TestAPageOnTheStreamIsNoStream(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode = "stream" })
	b.mayFault = true
	b.x.Fault(fault.Fault{Endpoint: "activity.stream", Status: 200, RawBody: strings.Repeat(page+"\n", 50), Header: map[string]string{"Content-Type": "text/html"}, Times: 1})
	b.x.Fault(fault.Fault{Endpoint: "activity.stream", Status: 200, RawBody: "\n\n" + strings.Repeat(page+"\n", 50)})
	b.start()
	b.until("two tries", func() bool { return b.x.Calls("activity.stream") >= 2 })
	if s := b.status(); s.Reach.State == "connected" {
		t.Errorf("reach says %+v", s.Reach)
	}
	b.until("words about the way", func() bool { return strings.Contains(b.status().Reach.Detail, "between") })
	if dead := b.traffic("--state", "dead"); len(dead) != 0 {
		t.Errorf("the page was kept as %d messages", len(dead))
	}
	b.x.ClearFaults()
	b.must("resume")
	b.until("the stream", func() bool { return b.status().Reach.State == "connected" })
	b.x.DM(annID, brandID, sim.Message{Text: "at last"})
	b.awaitMotion(1)
}

// No wait outlives its cause, in the journal either. (All kinds of waits are tried beside X's client.)
func TestWaitsComeFromTheRightPlace(t *testing.T) {
	t.Parallel()
	ahead := fmt.Sprint(time.Now().Add(15 * time.Minute).Unix())
	for _, tc := range []struct {
		name             string
		status           int
		remaining, reset string
		most             time.Duration
	}{
		{"outage with an open window", 503, "99", ahead, time.Minute},
		{"limit until a reset in milliseconds", 429, "0", ahead + "000", 16 * time.Minute},
		{"limit until the year 58876", 429, "0", ahead + "0000", 24 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t).start()
			b.x.DM(annID, brandID, sim.Message{Text: "hello"})
			private := b.awaitMotion(1)[0].Interaction
			b.x.Fault(fault.Fault{Endpoint: "dm.send", Status: tc.status, RawBody: "{}", Header: map[string]string{
				"x-rate-limit-limit": "100", "x-rate-limit-remaining": tc.remaining, "x-rate-limit-reset": tc.reset,
			}})
			b.reply(private, motionsim.Reply{Text: "wait for it"})
			check := func(when string) {
				b.until("the wait", func() bool {
					out := b.traffic("--direction", "out")
					return len(out) == 1 && out[0].State == "queued" && out[0].DueAt != nil
				})
				if due := *b.traffic("--direction", "out")[0].DueAt; time.Until(due) > tc.most+5*time.Second {
					t.Errorf("%s: due %v, want within %v", when, due, tc.most)
				}
				b.must("limits", "--json")
				b.must("status", "--json")
			}
			check("then")
			b.kill(os.Interrupt)
			b.start()
			check("after a restart")
		})
	}
}

// Half a verdict is judged by what is there.
func TestHalfAVerdictIsJudgedByWhatIsThere(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.mayFault = true
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	private := b.awaitMotion(1)[0].Interaction
	for _, tc := range []struct {
		name, endpoint, body string
		status               int
		says                 string
	}{
		{"a success that holds only errors", "dm.send", `{"errors":[{"title":"Forbidden","detail":"You do not have permission to DM one or more participants.","status":403}]}`, 201, "does not let this account"},
		{"a code as text", "dm.send", `{"errors":[{"code":"349","message":"no"}]}`, 403, "does not let this account"},
		{"errors as an object", "dm.send", `{"errors":{"code":349.0,"message":"no"}}`, 403, "does not let this account"},
		{"an error as an object", "dm.send", `{"error":{"code":"150","message":["no"]}}`, 403, "does not let this account"},
		{"a bare text", "dm.send", `{"errors":"the moon is full"}`, 400, "the moon is full"},
		{"processing that reports an error", "media.upload", `{"data":{"id":"2126000000000888001","processing_info":{"state":"in_progress","check_after_secs":"1","error":{"code":1,"name":"InvalidMedia","message":"the file is torn"}}}}`, 200, "the file is torn"},
	} {
		before := len(b.x.SentDMs())
		b.x.Fault(fault.Fault{Endpoint: tc.endpoint, Status: tc.status, RawBody: tc.body, Header: map[string]string{"Content-Type": "application/json"}})
		reply := motionsim.Reply{Text: tc.name}
		if tc.endpoint != "dm.send" {
			video := media.SampleMP4()
			reply = motionsim.Reply{File: &video}
		}
		r := b.reply(private, reply)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, tc.says) {
			t.Errorf("%s: %d %s, want 422 and %q", tc.name, r.Status, r.Body, tc.says)
		}
		if n := len(b.x.SentDMs()) - before; n != 0 {
			t.Errorf("%s: %d messages went out", tc.name, n)
		}
		b.x.ClearFaults()
	}
}
