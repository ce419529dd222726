package hostile

import "time"

// page is what a log-in page, a firewall or a captive portal says.
const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>" +
	"<form action=\"/login\"><input name=\"user\"></form><p>error 403 access denied</p></body></html>\n"

// dribble is how many pieces a slow answer comes in, and the pause between them.
const (
	dribbles     = 6
	dribblePause = 60 * time.Millisecond
)
