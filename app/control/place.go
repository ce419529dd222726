package control

import (
	"fmt"
	"time"

	"perch/bridge"
)

const (
	// waitsLong is the age of the oldest waiting message from which people are told.
	waitsLong = 15 * time.Minute
	// shortRoom and shortShare bound the room from which the disk is short: the smaller of them, because a small disk may be
	// meant to be small.
	shortRoom, shortShare = 500 << 20, 20
	// endsSoon is how long before its end people are told of a certificate that nobody renews by itself.
	endsSoon = 14 * 24 * time.Hour
)

// Disk is the room where the journal is.
type Disk struct {
	// Free is what Perch may still fill, Total the size of the disk, both in bytes; 0 where that is not known.
	Free  uint64 `json:"free_bytes"`
	Total uint64 `json:"total_bytes"`
}

// IsShort reports whether there is so little room that somebody should make some.
func (d Disk) IsShort() bool {
	return d.Total > 0 && d.Free < min(shortRoom, d.Total/shortShare)
}

// Certificate is one that the relay shows and does not renew by itself.
type Certificate struct {
	// Setting names it in perch.toml ("web.cert_file"), and Until is when it ends.
	Setting string    `json:"setting"`
	Until   time.Time `json:"until"`
}

// disk tells of a disk that is nearly full; one that is full is the journal's trouble.
func (j *judge) disk(d Disk) {
	if d.IsShort() {
		j.add(Condition{
			Side: SideDisk, Level: NeedsYou, What: fmt.Sprintf("%d MB are left on the disk that holds the journal", d.Free>>20),
			Remedy: "make room on it: once it is full, nothing can be kept any more",
		})
	}
}

// waiting tells of messages that have waited for long, whatever holds them up.
func (j *judge) waiting(c Channel) {
	for _, way := range []struct {
		queue, what string
		oldest      *time.Time
	}{
		{string(bridge.In), "messages to Motion have waited for over 15 minutes", c.Inbound.OldestWaitingAt},
		{string(bridge.Out), "messages to X have waited for over 15 minutes", c.Outbound.OldestWaitingAt},
	} {
		if way.oldest != nil && j.now.Sub(*way.oldest) >= waitsLong {
			j.add(Condition{Side: SideWaiting, Channel: c.Name, Level: Healing, Queue: way.queue, What: way.what, Since: way.oldest})
		}
	}
}

// certificates tells of those that end soon, or have ended.
func (j *judge) certificates(list []Certificate) {
	for _, c := range list {
		left := c.Until.Sub(j.now)
		if left >= endsSoon {
			continue
		}
		what := "the certificate in " + c.Setting + " ends on " + c.Until.Local().Format("2 January 2006")
		if left <= 0 {
			what = "the certificate in " + c.Setting + " ended on " + c.Until.Local().Format("2 January 2006")
		}
		j.add(Condition{Side: SideCertificate, Queue: c.Setting, Level: NeedsYou, What: what, Remedy: "put a new one in its place; it is taken up by itself"})
	}
}

// tunnelCertificate tells of the certificate of reach.tls while events come in all the same.
func (j *judge) tunnelCertificate(t *Tunnel) {
	if t != nil && t.Kind == "tls" && (t.State == bridge.LinkDegraded || t.State == "failed") {
		j.link(SideCertificate, "", Link{Detail: t.Detail}, NeedsYou)
	}
}
