package sqlite

import "perch/bridge/journaltest"

// What tests do with any journal.
var (
	inbound, outbound, sealed = journaltest.Inbound, journaltest.Outbound, journaltest.Sealed

	put, claim, finishAs = journaltest.Put, journaltest.Claim, journaltest.FinishAs
	keep, unread         = journaltest.Keep, journaltest.Unread
	stored, find, toldOf = journaltest.Stored, journaltest.Find, journaltest.Told
)
