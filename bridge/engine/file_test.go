package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

// pictureBody is a direct message with pictures; one without an address has to be looked up.
func pictureBody(id, text, address string) []byte {
	file := `{"id_str":"7","type":"photo","media_url_https":"https://ton.x.com/7.png","url":"https://t.co/z"}`
	if address == "" {
		file = `{"id_str":"7","type":"photo","url":"https://t.co/z"}`
	}
	return bytes.Replace(dmBody(id, customerID, text), []byte(`"entities"`), []byte(`"attachment":{"type":"media","media":`+file+`},"entities"`), 1)
}

// state is all of a message that reading must not change.
func (r *rig) state(id int64) string {
	r.t.Helper()
	d, attempts, err := r.Get(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	status, err := r.Status(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return fmt.Sprintf("%s %d %v %v %v %+v", d.State, d.Attempts, d.DueAt, d.Failure, attempts, status)
}

func TestFilesOfACustomerAreReadFromX(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(pictureBody("1", "look", "ton"))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		synctest.Wait()
		d := r.message(bridge.In)
		before, fetched := r.state(d.ID), r.x.called("fetch")
		for range 3 {
			file, err := r.File(t.Context(), d.ID, 0)
			if err != nil || file.Name != "7.png" || string(file.Data) != "png" {
				t.Fatalf("File = %+v, %v", file, err)
			}
		}
		if n := r.x.called("fetch") - fetched; n != 1 {
			t.Errorf("X was asked %d times, want once", n)
		}
		for _, n := range []int{-1, 1, 99} {
			if _, err := r.File(t.Context(), d.ID, n); bridge.KindOf(err) != bridge.Invalid || !strings.Contains(err.Error(), fmt.Sprint(n)) {
				t.Errorf("file %d: %v", n, err)
			}
		}
		if _, err := r.File(t.Context(), 4711, 0); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("a file of no message: %v", err)
		}
		if after := r.state(d.ID); after != before {
			t.Errorf("reading changed\n%s\ninto\n%s", before, after)
		}
	})
}

func TestAFileThatIsGoneIsToldInWordsAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.receive(pictureBody("1", "look", "ton"))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		synctest.Wait()
		d := r.message(bridge.In)
		before := r.state(d.ID)
		for _, cause := range []error{rejected("X does not have it any more"), temporary(bridge.SideX), &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "no keys"}} {
			r.x.files = func(bridge.Media) (bridge.File, error) { return bridge.File{}, cause }
			if _, err := r.File(t.Context(), d.ID, 0); !errors.Is(err, cause) {
				t.Errorf("File = %v, want %v", err, cause)
			}
		}
		large := bridge.File{Name: "a", Data: make([]byte, bridge.MaxShownFile+1)}
		r.x.files = func(bridge.Media) (bridge.File, error) { return large, nil }
		if _, err := r.File(t.Context(), d.ID, 0); bridge.KindOf(err) != bridge.Rejected || !strings.Contains(err.Error(), "25 MB") {
			t.Errorf("a large file: %v", err)
		}
		time.Sleep(time.Hour)
		if after := r.state(d.ID); after != before {
			t.Errorf("reading changed\n%s\ninto\n%s", before, after)
		}
	})
}

func TestFilesThatXDidNotDescribeAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.x.onLookUp = func(id string) ([]bridge.Media, error) {
				return []bridge.Media{{ID: "of " + id, Type: bridge.Photo, Variants: []bridge.Variant{{URL: "https://x/" + id}}}}, nil
			}
		})
		r.receive(pictureBody("1", "look", ""))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 2 })
		d, asked := r.message(bridge.In), r.x.called("look up")
		r.x.files = func(m bridge.Media) (bridge.File, error) {
			return bridge.File{Name: m.ID, Data: make([]byte, bridge.MaxShownFile)}, nil // too large to be kept
		}
		for range 2 {
			if file, err := r.File(t.Context(), d.ID, 0); err != nil || file.Name != "of 1" {
				t.Fatalf("File = %s, %v", file.Name, err)
			}
		}
		if n := r.x.called("look up") - asked; n != 1 {
			t.Errorf("X was asked %d times where the file is, want once", n)
		}
	})
}

// X may have no file ready when somebody looks the first time.
func TestAnEmptyAnswerAboutFilesIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var files []bridge.Media
		r := newRig(t, func(r *rig) {
			r.x.onLookUp = func(string) ([]bridge.Media, error) { return files, nil }
		})
		r.receive(pictureBody("1", "look", ""))
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 1 })
		d, asked := r.message(bridge.In), r.x.called("look up")
		for range 3 {
			if _, err := r.File(t.Context(), d.ID, 0); bridge.KindOf(err) != bridge.Invalid {
				t.Fatalf("without a file: %v", err)
			}
		}
		if n := r.x.called("look up") - asked; n != 1 {
			t.Errorf("X was asked %d times in a moment, want once", n)
		}
		files = []bridge.Media{{ID: "7", Type: bridge.Photo, Variants: []bridge.Variant{{URL: "https://x/7"}}}}
		time.Sleep(2 * time.Minute)
		if file, err := r.File(t.Context(), d.ID, 0); err != nil || file.Name != "7.png" {
			t.Errorf("File = %s, %v", file.Name, err)
		}
	})
}

func TestFilesOfAnAgentAreReadFromMotion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		png := append([]byte("\x89PNG\r\n\x1a\n"), "rest"...)
		r := newRig(t, func(r *rig) { r.motion.file = bridge.File{Type: "image/png", Data: png} })
		r.reply(bridge.Reply{MotionID: "m1", Body: "offer.png", AttachmentID: "77", Handle: "annlee"})
		synctest.Wait()
		d := r.message(bridge.Out)
		file, err := r.File(t.Context(), d.ID, 0)
		if err != nil || file.Name != "offer.png" || !bytes.Equal(file.Data, png) {
			t.Fatalf("File = %+v, %v", file, err)
		}
		if _, err := r.File(t.Context(), d.ID, 1); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("a second file: %v", err)
		}
	})
}

// Motion locks accounts: a picture that is looked at again and again must not try a refused password each time.
func TestRefusedCredentialsAreNotTriedAgainByReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		png := append([]byte("\x89PNG\r\n\x1a\n"), "rest"...)
		r := newRig(t, func(r *rig) { r.motion.file = bridge.File{Type: "image/png", Data: png} })
		for i := range 2 {
			r.reply(bridge.Reply{MotionID: fmt.Sprint("m", i), Body: "offer.png", AttachmentID: fmt.Sprint(i), Handle: "annlee"})
		}
		synctest.Wait()
		list, err := r.List(t.Context(), bridge.Filter{})
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		before := r.motion.downloads
		r.motion.onDownload = func(int) error {
			return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideMotion, Message: "Motion refuses the password", Remedy: "set it anew"}
		}
		for range 3 {
			for _, d := range list {
				if _, err := r.File(t.Context(), d.ID, 0); bridge.KindOf(err) != bridge.Operator || !strings.Contains(err.Error(), "password") {
					t.Errorf("File = %v", err)
				}
			}
		}
		if n := r.motion.downloads - before; n != 1 {
			t.Errorf("the password was tried %d times", n)
		}
		time.Sleep(2 * time.Minute)
		r.motion.onDownload = nil
		if _, err := r.File(t.Context(), list[0].ID, 0); err != nil {
			t.Errorf("after a while: %v", err)
		}
	})
}

func TestOnlySoMuchOfTheFilesIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		const files, size = 9, 2 << 20
		for i := range files {
			r.receive(pictureBody(fmt.Sprint(i+1), "look", "ton"))
		}
		r.until("delivery", time.Minute, func() bool { return len(r.motion.bodies()) == 2*files })
		r.x.files = func(m bridge.Media) (bridge.File, error) {
			return bridge.File{Name: m.ID, Data: make([]byte, size)}, nil
		}
		list, err := r.List(t.Context(), bridge.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		before := r.x.called("fetch")
		show := func(i int) {
			if _, err := r.File(t.Context(), list[i].ID, 0); err != nil {
				t.Fatal(err)
			}
		}
		for i := range files {
			show(i)
		}
		show(files - 1)
		if n := r.x.called("fetch") - before; n != files {
			t.Errorf("fetched %d times, want %d", n, files)
		}
		show(0) // 16 MB hold eight of the nine
		if n := r.x.called("fetch") - before; n != files+1 {
			t.Errorf("fetched %d times, want %d: the first one is kept for ever", n, files+1)
		}
	})
}

func TestAFileOfAChannelThatIsGone(t *testing.T) {
	r := newRig(t)
	d := &bridge.Delivery{Channel: "gone", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Delivered, XID: "1", Event: &bridge.Event{}}
	if err := r.journal.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{d}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.File(t.Context(), d.ID, 0); !strings.Contains(err.Error(), "not configured any more") {
		t.Errorf("File = %v", err)
	}
	if s, err := r.Trace(t.Context(), d); err != nil || len(s.Calls) != 0 {
		t.Errorf("Trace = %+v, %v", s, err)
	}
}

// traced are the calls of a message in words.
func (r *rig) traced(d *bridge.Delivery) (came string, calls []string) {
	r.t.Helper()
	d, _, err := r.Get(r.t.Context(), d.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := r.Trace(r.t.Context(), d)
	if err != nil {
		r.t.Fatal(err)
	}
	if s.Received != nil {
		came = string(s.Received.Body)
	}
	for _, c := range s.Calls {
		calls = append(calls, strings.TrimSpace(c.Method+" "+c.URL+" "+string(c.Body)))
	}
	return came, calls
}

// TestWhatIsShownIsWhatWent compares the calls that are shown with those that Motion got.
func TestWhatIsShownIsWhatWent(t *testing.T) {
	bodies := map[string][]byte{
		"text":              dmBody("1", customerID, "Fish &amp; chips"),
		"nothing":           dmBody("1", customerID, ""),
		"post":              postBody("1", customerID, "@acme hello"),
		"post without name": bytes.ReplaceAll(postBody("1", customerID, "@acme hello"), []byte(`"includes"`), []byte(`"nothing"`)),
		"text and picture":  pictureBody("1", "look", "ton"),
		"picture alone":     pictureBody("1", "", "ton"),
		"looked up":         pictureBody("1", "look", ""),
		"lost picture":      bytes.ReplaceAll(pictureBody("1", "look", "ton"), []byte("7.png"), []byte("lost.png")),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, func(r *rig) {
					r.x.onLookUp = func(id string) ([]bridge.Media, error) { return []bridge.Media{{ID: id, Type: bridge.Photo}}, nil }
					r.x.files = func(m bridge.Media) (bridge.File, error) {
						if len(m.Variants) > 0 && strings.Contains(m.Variants[0].URL, "lost") {
							return bridge.File{}, rejected("X does not have it any more")
						}
						return bridge.File{Name: m.ID + ".png", Type: "image/png", Data: []byte("png")}, nil
					}
				})
				r.receive(body)
				r.until("delivery", time.Minute, func() bool {
					list, _ := r.List(context.Background(), bridge.Filter{State: bridge.Delivered})
					return len(list) == 1
				})
				var want []string
				for _, n := range r.motion.notified {
					if n.AttachmentID != "" {
						n.AttachmentID = "(Motion's number of the file)"
					}
					text, _ := json.Marshal(n)
					want = append(want, "NOTIFY  "+string(text))
				}
				came, calls := r.traced(r.message(bridge.In))
				if diff := cmp.Diff(want, calls); diff != "" {
					t.Error(diff)
				}
				if came != string(body) {
					t.Errorf("came %s", came)
				}
			})
		})
	}
}

func TestCallsOfRepliesAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.motion.file = bridge.File{Name: "a.png", Type: "text/plain", Data: []byte("no picture")}
			r.x.onDM = func(_ int, text string) error {
				if text == "bad" {
					return rejected("X refuses it")
				}
				return nil
			}
		})
		tests := map[string]struct {
			reply bridge.Reply
			want  []string
		}{
			"private":  {bridge.Reply{MotionID: "1", Body: "hello", Handle: "annlee"}, []string{"DM " + customerID + " hello"}},
			"public":   {bridge.Reply{MotionID: "2", Body: "hello all", Handle: "annlee", ThreadID: "55"}, []string{"REPLY 55 to annlee hello all"}},
			"file":     {bridge.Reply{MotionID: "3", Body: "a.png", AttachmentID: "7", Handle: "annlee"}, nil}, // refused before X was called
			"refused":  {bridge.Reply{MotionID: "6", Body: "bad", Handle: "annlee"}, []string{"DM " + customerID + " bad"}},
			"too long": {bridge.Reply{MotionID: "4", Body: strings.Repeat("x", 20_000), Handle: "annlee"}, nil},
			"nobody":   {bridge.Reply{MotionID: "5", Body: "hello"}, nil},
		}
		for name, tt := range tests {
			o, err := r.AcceptReply(context.Background(), "support", tt.reply, []byte(`{"as":"it came"}`))
			if err != nil {
				t.Fatal(err)
			}
			came, calls := r.traced(&bridge.Delivery{ID: o.ID})
			if diff := cmp.Diff(tt.want, calls); diff != "" || came != `{"as":"it came"}` {
				t.Errorf("%s: came %s\n%s", name, came, diff)
			}
		}
	})
}
