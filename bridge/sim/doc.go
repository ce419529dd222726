// Package sim puts the simulated X together: an HTTP server on a loopback address inside this process, on which the demo
// and the end-to-end tests run. The simulated XCALLY Motion is package motionsim.
//
// What X knows is in xstate, what it tells of it in xevents; xgate lets calls in, and xv2, xv2chat and xv11 serve them, by
// way of xactions and xsealed (encrypted chat). It can be told to fail in every documented way (X.Fault, package fault), and
// to be hostile in ways that no documentation knows, by a seed that makes each of them again (X.Hostile, package hostile).
//
// Both simulators are strict: a request that the documentation does not allow is refused and noted, so that a test can
// demand that X.Violations and Motion.Violations stay empty. What a correct program can run into, such as wrong keys, a
// wrong clock, used-up limits and texts that X would not take, is refused too, but is no violation.
//
// Everything is safe for concurrent use. Close waits for every goroutine.
package sim
