package webhook

import "time"

const (
	// maxEvents and maxReply bound the bodies, in bytes.
	maxEvents = 16 << 20
	maxReply  = 1 << 20
	// bodyGrace is how long a sender may be silent: a packet that was lost twice on a bad line takes 6 s to come again.
	bodyGrace = 10 * time.Second
	// headerTimeout and readTimeout bound what a slow client may take for the headers and for all; X sends small bodies at
	// once. A body begins under the headers' deadline, which is moved as its bytes come.
	headerTimeout = bodyGrace
	readTimeout   = 30 * time.Second
)
