package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// app is an X app with its keyed hashes.
type app struct {
	channels []string
	macs     sync.Pool
}

func newApp(a App) *app {
	secret := []byte(a.ConsumerSecret)
	return &app{channels: a.Channels, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

func (a *app) sum(message, into []byte) []byte {
	return a.sumOf(func(each func([]byte)) { each(message) }, into)
}

// sumOf is the keyed hash of a message that comes in parts.
func (a *app) sumOf(parts func(each func([]byte)), into []byte) []byte {
	mac := a.macs.Get().(hash.Hash) //nolint:forcetypeassert // the pool holds nothing else
	defer a.macs.Put(mac)
	mac.Reset()
	parts(func(p []byte) { mac.Write(p) })
	return mac.Sum(into)
}

// App is one X app and the channels that use it.
type App struct {
	Channels       []string
	ConsumerSecret string
}
