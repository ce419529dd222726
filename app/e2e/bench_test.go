package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// envHashOnly makes the test binary serve as the yardstick: it checks the signature and stores nothing.
const envHashOnly = "PERCH_BENCH_HASH_ONLY"

func needBench(t *testing.T) {
	t.Helper()
	if os.Getenv("BENCH") == "" {
		t.Skip("a measurement: make bench")
	}
}

// hashOnly serves a handler that verifies the signature and stores nothing, until it is killed. It says where.
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, handler))
}

// nodeServer is the same in Node, with nothing but what comes with it.
const nodeServer = `const http=require('http'),crypto=require('crypto');
const server=http.createServer((q,s)=>{const c=[];q.on('data',d=>c.push(d));q.on('end',()=>{const b=Buffer.concat(c);
const w='sha256='+crypto.createHmac('sha256',process.env.SECRET).update(b).digest('base64');const g=Buffer.from(q.headers['x-twitter-webhooks-signature']||'');
JSON.parse(b);s.statusCode=g.length===w.length&&crypto.timingSafeEqual(g,Buffer.from(w))?200:401;s.end()})});
server.listen(0,'127.0.0.1',()=>console.log('127.0.0.1:'+server.address().port))`

// median returns the middle one of sorted values.
func median(sorted []float64) float64 { return sorted[len(sorted)/2] }

// middle returns the middle one of values in any order; 0 of none.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return median(slices.Sorted(slices.Values(values)))
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
