package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

// shown is what perch show --json prints.
func (b *box) shown(id int64, args ...string) (d control.Detail, saved []string) {
	b.t.Helper()
	var out struct {
		control.Detail
		Saved []struct{ Path string }
	}
	if err := json.Unmarshal([]byte(b.must(append([]string{"show", fmt.Sprint(id), "--json"}, args...)...)), &out); err != nil {
		b.t.Fatal(err)
	}
	for _, s := range out.Saved {
		saved = append(saved, s.Path)
	}
	return out.Detail, saved
}

// TestPicturesAndBothSidesAreShown looks at a picture each way through the control API and the command line, in both
// profiles.
func TestPicturesAndBothSidesAreShown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		api, sent string
		family    xevents.Family
	}{{"v2", `"media_id"`, xevents.XAA}, {"v1.1", `"media"`, xevents.Legacy}} {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, func(b *box) { b.api, b.family = tc.api, tc.family }).start()
			photo, jpeg := media.SamplePNG(), media.SampleJPEG()
			b.x.DM(annID, brandID, sim.Message{Text: "broken part", Files: []media.File{photo}})
			got := b.awaitMotion(2)
			jpeg.Name = "offer.jpg"
			if r := b.reply(got[0].Interaction, motionsim.Reply{File: &jpeg}); r.Status != 200 {
				t.Fatalf("reply: %+v", r)
			}
			in, out := b.traffic("--direction", "in")[0].ID, b.traffic("--direction", "out")[0].ID
			client := control.NewClient(filepath.Join(b.home, "control.sock"))
			defer client.Close()
			for id, want := range map[int64]string{in: string(photo.Data), out: string(jpeg.Data)} {
				before, _ := b.shown(id)
				f, err := client.File(t.Context(), id, 0)
				if err != nil || string(f.Data) != want || !strings.HasPrefix(f.Type, "image/") {
					t.Errorf("file of %d: %s, %d bytes, %v", id, f.Type, len(f.Data), err)
				}
				folder := filepath.Join(t.TempDir(), "files")
				after, saved := b.shown(id, "--save", folder)
				if len(saved) != 1 {
					t.Fatalf("saved %q", saved)
				}
				if data, err := os.ReadFile(saved[0]); err != nil || string(data) != want || filepath.Dir(saved[0]) != folder {
					t.Errorf("saved %s with %d bytes, %v", saved[0], len(data), err)
				}
				if _, stderr, code := b.perch("show", fmt.Sprint(id), "--save", folder); code != 1 || !strings.Contains(stderr, "is there already") {
					t.Errorf("saved over a file: %d %s", code, stderr)
				}
				if before.State != "delivered" || after.Attempts != before.Attempts || len(after.History) != len(before.History) || after.State != before.State {
					t.Errorf("reading changed %+v into %+v", before, after)
				}
			}
			d, _ := b.shown(in)
			if d.Received == nil || !strings.Contains(d.Received.Text, "broken part") || len(d.Calls) != 2 || !strings.Contains(d.Calls[0].Text, `"body": "broken part"`) ||
				d.Calls[0].Call != "POST "+b.motion.ReceiveURL() || d.StoredAt == nil || d.StoredAt.Before(d.ReceivedAt) || d.StoredAt.After(*d.DeliveredAt) {
				t.Errorf("both sides of what came in: %+v, kept at %v", d, d.StoredAt)
			}
			d, _ = b.shown(out)
			if d.Received == nil || !strings.Contains(d.Received.Text, "offer.jpg") || len(d.Calls) != 1 || !strings.Contains(d.Calls[0].Text, tc.sent) ||
				!strings.Contains(d.Calls[0].Call, b.x.URL()) || d.StoredAt == nil {
				t.Errorf("both sides of the reply: %+v", d)
			}
			if text := b.must("show", fmt.Sprint(in)); !strings.Contains(text, "From X, as it came:") || !strings.Contains(text, "To Motion:") || !strings.Contains(text, "On disk") {
				t.Errorf("shown as\n%s", text)
			}
		})
	}
}

func TestAFileThatXHasNoMore(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "broken part", Files: []media.File{media.SamplePNG()}})
	b.awaitMotion(2)
	b.awaitNoted(1)
	id := b.traffic("--direction", "in")[0].ID
	b.x.Fault(fault.Fault{Endpoint: "media.get", Status: 404})
	before := b.status()
	stdout, stderr, code := b.perch("show", fmt.Sprint(id), "--save", t.TempDir())
	if code != 1 || !strings.Contains(stderr, "X does not have it any more") || !strings.Contains(stdout, "broken part") {
		t.Errorf("exit %d: %s %s", code, stderr, stdout)
	}
	after := b.status()
	if after.State != before.State || after.Channels[0].X.State != before.Channels[0].X.State || !cmp.Equal(after.Channels[0].Inbound, before.Channels[0].Inbound) {
		t.Errorf("reading changed %+v into %+v", before, after)
	}
}
