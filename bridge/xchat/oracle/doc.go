// Package oracle holds perch/bridge/xchat against X's own Chat SDK, which neither shares a line with it nor is a part of
// this project: each opens, verifies and refuses what the other has made, and both judge damaged events alike.
//
// Its tests run by "make oracle", which needs node and installs the SDK; without them they are skipped. golden.mjs makes
// events for the tests that need neither.
package oracle
