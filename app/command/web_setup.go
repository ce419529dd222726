package command

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/settings"
	"perch/app/web"
	"perch/app/web/bundle"
	"perch/bridge"
)

const (
	// setupPatience bounds the wait for the page of the set-up.
	setupPatience = 5 * time.Second
	setupPoll     = 20 * time.Millisecond
	// knockTime bounds the knock at the relay's socket.
	knockTime = time.Second
)

// setUpByBrowser serves the page from here while there is no relay yet to serve it, until ctx ends. The set-up in it starts one,
// and from then on the page shows that.
func (p *program) setUpByBrowser(ctx context.Context, home config.Home, noOpen bool) error {
	local := settings.New(home)
	api := control.NewSetupServer(p.startLog())
	api.HandleSettings(local)
	api.HandleChat(local)
	api.HandleVault(local)
	programs := desk.Programs{Home: p.homeFlag, Passphrase: local.Passphrase}
	api.HandleStart(func(ctx context.Context) error { return control.Said(said(programs.Perch(ctx, "start"))) })
	page := web.New(web.Config{
		Settings: func() config.Web { return config.Web{Enabled: true, Listen: "127.0.0.1:0"} }, API: relayOr(home.Socket(), api.Handler()),
		Places: bundle.Standard(filepath.Dir(home.Journal())), Log: p.startLog(),
	})
	ctx, end := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() { _ = page.Run(ctx) }) // returns nil by its contract
	defer serving.Wait()
	defer end()
	if err := p.showSetup(ctx, page, noOpen); err != nil {
		return err
	}
	again := lines(ctx, p)
	for {
		select {
		case <-again:
			if err := p.showSetup(ctx, page, noOpen); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// showSetup shows an address with a new code, once the page is served.
func (p *program) showSetup(ctx context.Context, page *web.Server, noOpen bool) error {
	wait, cancel := context.WithTimeout(ctx, setupPatience)
	defer cancel()
	code, err := page.WebCode(ctx, control.WebCodeRequest{})
	for err != nil && bridge.CodeOf(err) == web.CodeOff && wait.Err() == nil {
		time.Sleep(setupPoll)
		code, err = page.WebCode(ctx, control.WebCodeRequest{})
	}
	if err != nil {
		return err
	}
	p.Print("Perch is not set up yet. The set-up opens in the browser; leave this running until it is done.\n\n")
	p.showAddress(ctx, page, code, noOpen)
	p.Print("Enter gives another address, Ctrl+C ends the page; a relay that was started goes on.\n")
	return nil
}

// lines tells of every line that a person enters. The reading ends with the program.
func lines(ctx context.Context, p *program) <-chan struct{} {
	entered := make(chan struct{})
	go func() {
		in := bufio.NewScanner(p.In)
		for in.Scan() {
			select {
			case entered <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return entered
}

// relayOr hands calls on to the relay where one runs, but for those about who may use the page, and to otherwise elsewhere.
func relayOr(socket string, otherwise http.Handler) http.Handler {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return control.Dial(ctx, socket)
	}
	relay := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "perch", "perch"
		},
		Transport:     &http.Transport{DialContext: dial, DisableKeepAlives: true},
		FlushInterval: -1, // the feed
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/web") {
			http.NotFound(w, r)
			return
		}
		knock, cancel := context.WithTimeout(r.Context(), knockTime)
		defer cancel()
		conn, err := dial(knock, "", "")
		if err != nil {
			otherwise.ServeHTTP(w, r)
			return
		}
		_ = conn.Close() // somebody is there
		relay.ServeHTTP(w, r)
	})
}
