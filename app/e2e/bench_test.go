package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/xevents"
)

const (
	// benchConns and benchSize are the load that the target is stated for: 64 connections, 2 KB events.
	benchConns = 64
	benchSize  = 2048
	// benchRound is how long one round of load lasts; rounds of both servers alternate.
	benchRound  = 4 * time.Second
	benchRounds = 3
	// envHashOnly makes the test binary serve as the yardstick: it checks the signature and stores nothing.
	envHashOnly = "PERCH_BENCH_HASH_ONLY"
)

func needBench(t *testing.T) {
	t.Helper()
	if os.Getenv("BENCH") == "" {
		t.Skip("a measurement: make bench")
	}
}

// hashOnly serves a handler that verifies the signature and stores nothing, until it is killed.
func hashOnly(secret string) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		want := "sha256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if err != nil || !hmac.Equal([]byte(want), []byte(r.Header.Get("x-twitter-webhooks-signature"))) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	fmt.Println("listening on 127.0.0.1:39417")
	panic(http.ListenAndServe("127.0.0.1:39417", handler))
}

// benchEvent is a signed event of the stated size.
func benchEvent(secret string, n int64) (body []byte, signature string) {
	body = fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"%d","created_timestamp":"1795000000557","message_create":`+
		`{"target":{"recipient_id":%q},"sender_id":"%d","message_data":{"text":"%s","entities":{"urls":[]}}}}],"users":{"%d":{"id":"%d","screen_name":"c%d","name":"C"}}}`,
		brandID, 7_000_000_000+n, brandID, 100_000+n%1000, strings.Repeat("x", 1600), 100_000+n%1000, 100_000+n%1000, n%1000)
	for len(body) < benchSize {
		body = append(body, ' ')
	}
	return body, xevents.Sign(secret, body)
}

// load sends events over many connections for one round and returns events a second.
func load(t *testing.T, url, secret string, counter *atomic.Int64) float64 {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConns}}
	defer client.CloseIdleConnections()
	var taken atomic.Int64
	var senders sync.WaitGroup
	end := time.Now().Add(benchRound)
	for range benchConns {
		senders.Go(func() {
			for time.Now().Before(end) {
				body, signature := benchEvent(secret, counter.Add(1))
				request, _ := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
				request.Header.Set("x-twitter-webhooks-signature", signature)
				response, err := client.Do(request)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if response.StatusCode == http.StatusOK {
					taken.Add(1)
				}
			}
		})
	}
	senders.Wait()
	return float64(taken.Load()) / benchRound.Seconds()
}

// startServer runs a program that says where it listens.
func startServer(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := out.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
}

const nodeServer = `const http=require('http'),crypto=require('crypto');
http.createServer((q,s)=>{const c=[];q.on('data',d=>c.push(d));q.on('end',()=>{const b=Buffer.concat(c);
const w='sha256='+crypto.createHmac('sha256',process.env.SECRET).update(b).digest('base64');const g=Buffer.from(q.headers['x-twitter-webhooks-signature']||'');
JSON.parse(b);s.statusCode=g.length===w.length&&crypto.timingSafeEqual(g,Buffer.from(w))?200:401;s.end()})}).listen(39418,'127.0.0.1',()=>console.log('up'))`

func TestBenchIngest(t *testing.T) {
	needBench(t)
	b := newBox(t).start()
	b.must("pause") // ingest alone: deliveries have a measurement of their own
	secret := b.brand.ConsumerSecret
	yardstick := exec.Command(os.Args[0])
	yardstick.Env = append(os.Environ(), envHashOnly+"="+secret)
	startServer(t, yardstick)
	servers := []struct{ name, url string }{
		{"perch, durable", "http://" + b.listen + "/api/messages"}, {"HMAC only, nothing stored", "http://127.0.0.1:39417/"},
	}
	if node, err := exec.LookPath("node"); err == nil {
		cmd := exec.Command(node, "-e", nodeServer)
		cmd.Env = append(os.Environ(), "SECRET="+secret, "NODE_ENV=production")
		startServer(t, cmd)
		servers = append(servers, struct{ name, url string }{"Node, bare http, nothing stored", "http://127.0.0.1:39418/"})
	}
	rates := make([][]float64, len(servers))
	var counter atomic.Int64
	for range benchRounds {
		for i, s := range servers {
			rates[i] = append(rates[i], load(t, s.url, secret, &counter))
		}
	}
	for i := range rates {
		slices.Sort(rates[i])
		t.Logf("%-32s %7.0f events/s (%.0f to %.0f)", servers[i].name, median(rates[i]), rates[i][0], rates[i][len(rates[i])-1])
	}
	t.Logf("durable / HMAC only: %.2f (target 0.50)", median(rates[0])/median(rates[1]))
	if len(rates) > 2 {
		t.Logf("durable / Node that stores nothing: %.2f (target above 1)", median(rates[0])/median(rates[2]))
	}
}

func median(sorted []float64) float64 { return sorted[len(sorted)/2] }

func TestBenchLatency(t *testing.T) {
	needBench(t)
	b := newBox(t).start()
	const perSecond, seconds = 50, 10
	sent := map[string]time.Time{}
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for n := range perSecond * seconds {
		<-tick.C
		text := fmt.Sprint("event ", n)
		body := fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"%d","message_create":{"sender_id":"%d","message_data":{"text":%q}}}],`+
			`"users":{"%d":{"screen_name":"c%d"}}}`, brandID, 1000+n, 5000+n%100, text, 5000+n%100, n%100)
		sent[text] = time.Now()
		if status := b.signed(body); status != 200 {
			t.Fatal(status)
		}
	}
	var took []float64
	for _, m := range b.awaitMotion(perSecond * seconds) {
		took = append(took, float64(m.At.Sub(sent[m.Body]).Microseconds())/1000)
	}
	slices.Sort(took)
	t.Logf("X to Motion at %d events/s: p50 %.1f ms (target 10), p99 %.1f ms (target 50), most %.1f ms", perSecond, median(took), took[len(took)*99/100], took[len(took)-1])
}

func TestBenchDrain(t *testing.T) {
	needBench(t)
	b := newBox(t).start()
	b.must("pause")
	const messages, conversations, batch = 100_000, 1000, 200
	for n := 0; n < messages; n += batch {
		var list []string
		for i := n; i < n+batch; i++ {
			list = append(list, fmt.Sprintf(`{"type":"message_create","id":"%d","message_create":{"sender_id":"%d","message_data":{"text":"m%d"}}}`, 1_000_000+i, 5000+i%conversations, i))
		}
		users := fmt.Sprintf(`{"%d":{"screen_name":"x"}}`, 1)
		if status := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[%s],"users":%s}`, brandID, strings.Join(list, ","), users)); status != 200 {
			t.Fatal(status)
		}
	}
	for id := range conversations {
		b.x.AddPerson(sim.Person{ID: fmt.Sprint(5000 + id), Handle: fmt.Sprint("c", id), Name: "C"})
	}
	b.x.SetLimit("users.id", 10_000_000, 15*time.Minute)
	b.until("all queued", func() bool { return b.status().Channels[0].Inbound.Queued == messages })
	started := time.Now()
	b.must("resume")
	for b.status().Channels[0].Inbound.Delivered < messages {
		if time.Since(started) > 10*time.Minute {
			t.Fatalf("%d delivered after 10 minutes", b.status().Channels[0].Inbound.Delivered)
		}
		time.Sleep(200 * time.Millisecond)
	}
	took := time.Since(started)
	t.Logf("%d messages of %d conversations drained in %v: %.0f a second", messages, conversations, took.Round(time.Second), messages/took.Seconds())
}

func TestBenchFootprint(t *testing.T) {
	needBench(t)
	b := newBox(t)
	for range 5 {
		b.start()
		b.kill(syscallTerm)
	}
	b.start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	b.awaitMotion(1)
	time.Sleep(12 * time.Second)
	before := cpuTicks(t, b.relay.Process.Pid)
	time.Sleep(20 * time.Second)
	used := float64(cpuTicks(t, b.relay.Process.Pid)-before) / 100 / 20 * 100
	t.Logf("idle: %.1f MB resident (target 30), %.2f %% of a core (target 0.1)", residentMB(t, b.relay.Process.Pid), used)
	release := filepath.Join(t.TempDir(), "perch")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", release, "perch/app/perch")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	info, err := os.Stat(release)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("perch: %.1f MB (target 30)", float64(info.Size())/(1<<20))
	log, err := exec.CommandContext(context.Background(), "grep", "-o", "relay started.*took_ms=[0-9]*", filepath.Join(b.home, "perch.log")).Output()
	if err == nil {
		t.Logf("start to ready (target 300 ms):\n%s", log)
	}
}

func cpuTicks(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return user + system
}

func residentMB(t *testing.T, pid int) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
