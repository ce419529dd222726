// Package web serves Perch's window to browsers: a page, and the control API behind it.
//
// It is off until somebody switches it on, and then guarantees:
//
//   - Nobody gets in but with a code that the owner of the control socket has asked for. It has 128 bits, holds for CodeLife,
//     lets one browser in, once; used a second time, it also ends the session that it began. Wrong ones are limited.
//   - A session is a cookie of 256 bits that no script reads and no other site sends. Only its hash is kept, in memory, so
//     that a restart of the relay signs everybody out. It ends after IdleLife without a person at the page, after FullLife in any
//     case, and when somebody signs it out; whatever it still has open ends with it.
//   - A request is answered only under a name of this server (a name that somebody points here is none), and one that another
//     site has caused is refused, whatever it is for.
//   - The page runs no script but its own, can be shown in no frame, and sends nothing elsewhere. No data is kept by the browser.
//   - Whoever is signed in can do what the window can, but not let anybody else in.
//   - Connections, sessions, codes and bodies are bounded; a failure of the page never ends the relay.
//
// Errors are *bridge.Error.
package web

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"perch/app/config"
	"perch/app/web/bundle"
	"perch/bridge/wait"
)

// Config is what a Server is made of. Every field is needed.
type Config struct {
	// Settings is what perch.toml says of the page now.
	Settings func() config.Web
	// API is the control API as a browser may use it.
	API http.Handler
	// Places are where the page's files may be.
	Places bundle.Places
	Log    *slog.Logger
}

// Server serves the page. It is safe for concurrent use.
type Server struct {
	Config
	poked wait.Signal
	gate  *gate
	files *bundle.Finder
	mux   *http.ServeMux

	mu       sync.Mutex
	listener net.Listener // nil while there is none
	names    *names       // under which it may be called
	err      error        // why there is none although there should be; nil for no reason
}

// New returns a Server that does nothing until Run.
func New(c Config) *Server {
	s := &Server{Config: c, poked: wait.NewSignal(), gate: newGate(wall), files: bundle.New(c.Places)}
	s.mux = s.routes()
	return s
}

// wall is the time by the clock on the wall alone: a session ends while the computer sleeps, too.
func wall() time.Time { return time.Now().Round(0) }

// Poke makes it look at once whether the settings have changed.
func (s *Server) Poke() { s.poked.Send() }
