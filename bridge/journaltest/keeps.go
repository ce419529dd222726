package journaltest

import "time"

// How long a journal keeps what is settled, at least; some time later it is gone.
const (
	// keepPosts is how long what came in is kept as it came, once it was taken apart.
	keepPosts = 30 * 24 * time.Hour
	// keepMessages is how long settled messages are kept. X can repeat what is 30 days old at most, so no duplicate slips through.
	keepMessages = 365 * 24 * time.Hour
	// keepBills is how long what X has billed for is kept: three years, for whoever compares.
	keepBills = 3 * 366 * 24 * time.Hour
)
