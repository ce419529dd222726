package motionsim

import (
	"context"
	"net/http"
	"time"

	"perch/bridge/sim/serve"
)

// Start starts a simulated Motion without contacts.
func Start(options Options) (*Motion, error) {
	options.fill()
	ctx, stop := context.WithCancel(context.Background())
	m := &Motion{
		options: options, ctx: ctx, stop: stop, contacts: map[string]*contact{}, attachments: map[int]Attachment{}, lastID: 40,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}},
	}
	m.server = serve.NewServer(options.Addr, m.routes())
	if options.TLS {
		config, pin, err := selfSigned()
		if err != nil {
			stop()
			return nil, err
		}
		m.server.TLS, m.pin = config, pin
	}
	if err := m.server.Up(); err != nil {
		stop()
		return nil, err
	}
	return m, nil
}
