package webhook_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"perch/bridge/endpoint"
	"perch/bridge/sim"
	"perch/bridge/webhook"
)

// BenchmarkSignedPosts is the way in for small signed posts, over sockets that are kept, with nothing stored.
func BenchmarkSignedPosts(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	h := webhook.New(webhook.Config{
		Apps: []webhook.App{{Channels: []string{"support"}, ConsumerSecret: vectorSecret}}, Events: nothing{}, Log: slog.New(slog.DiscardHandler),
	})
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(ctx, listener, h, slog.New(slog.DiscardHandler)) }()
	body := bytes.Repeat([]byte(" "), 2048)
	signature := sim.Sign(vectorSecret, body)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.SetParallelism(8)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			request, _ := http.NewRequest(http.MethodPost, "http://"+listener.Addr().String()+endpoint.PathEvents, bytes.NewReader(body))
			request.Header.Set("X-Twitter-Webhooks-Signature", signature)
			response, err := client.Do(request)
			if err != nil || response.StatusCode != http.StatusOK {
				b.Error(err)
				return
			}
			_ = response.Body.Close()
		}
	})
	client.CloseIdleConnections()
	stop()
	<-served
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) AcceptX(context.Context, []string, []byte) error { return nil }
