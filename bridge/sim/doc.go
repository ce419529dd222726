// Package sim is a simulated X and a simulated XCALLY Motion, each an HTTP server on a loopback address inside this
// process. The demo and the end-to-end tests run on them.
//
// The simulated X speaks API v2 and v1.1, checks OAuth 1.0a signatures byte for byte (RFC 5849), keeps rate-limit
// windows, hosts files, sends webhooks and feeds activity streams. Customers act through X.DM, X.Post and X.Chat. The
// simulated Motion takes notifications and attachments and posts agents' replies.
//
// Both are strict: a request that the documentation does not allow is refused and noted, so that a test can demand
// that X.Violations and Motion.Violations stay empty. Wrong keys, a wrong clock, used-up limits and texts that X would
// not take are refused too, but are no violation, because a correct program can run into them. Both can be told to
// fail in every documented way, before or after they carried a call out (X.Fault, Motion.Fault), and to be hostile in
// ways that no documentation knows, by a seed that makes each of them again (X.Hostile, Motion.Hostile).
//
// Everything is safe for concurrent use. Close waits for every goroutine.
package sim
