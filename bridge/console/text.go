package console

import (
	"fmt"

	"perch/bridge"
)

const opShowFile = "show a file"

func noSuchFileError(id int64, n int) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opShowFile, Message: fmt.Sprintf("message %d has no file with the number %d", id, n),
		Remedy: fmt.Sprintf("the numbers begin at 0; what there is, says: perch show %d", id),
	}
}

func shownFileTooLargeError(size int) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SidePerch, Op: opShowFile,
		Message: fmt.Sprintf("the file has %.1f MB, but at most %d MB are shown", float64(size)/(1<<20), bridge.MaxShownFile>>20),
		Remedy:  "look at it in Motion or on X",
	}
}

func channelGoneError(name string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: opShowFile, Message: "the channel " + name + " is not configured any more, so its files cannot be fetched",
		Remedy: "put it back into perch.toml, then: perch restart",
	}
}

func stillRefusedError(f *bridge.Failure) *bridge.Error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideMotion, Op: opShowFile, Message: f.Message, Remedy: f.Remedy}
}

func notNowError(d *bridge.Delivery, wish string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Message: fmt.Sprintf("message %d is %s, so it cannot be %s", d.ID, d.State, wish),
		Remedy: "look at it with: perch show " + fmt.Sprint(d.ID),
	}
}

func refusedError(d *bridge.Delivery) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "send a refused reply",
		Message: fmt.Sprintf("Perch has refused message %d because of where it would go or what it asks for, so it cannot be sent", d.ID),
		Remedy:  fmt.Sprintf("let the agent write again, and drop it: perch discard %d", d.ID),
	}
}
