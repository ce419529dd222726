package bridge

import "fmt"

func noSuchFileError(id int64, n int) *Error {
	return &Error{
		Kind: Invalid, Side: SidePerch, Op: opShowFile, Message: fmt.Sprintf("message %d has no file with the number %d", id, n),
		Remedy: fmt.Sprintf("the numbers begin at 0; what there is, says: perch show %d", id),
	}
}

func shownFileTooLargeError(size int) *Error {
	return &Error{
		Kind: Rejected, Side: SidePerch, Op: opShowFile,
		Message: fmt.Sprintf("the file has %.1f MB, but at most %d MB are shown", float64(size)/(1<<20), MaxShownFile>>20),
		Remedy:  "look at it in Motion or on X",
	}
}

func channelGoneError(name string) *Error {
	return &Error{
		Kind: Operator, Side: SidePerch, Op: opShowFile, Message: "the channel " + name + " is not configured any more, so its files cannot be fetched",
		Remedy: "put it back into perch.toml, then: perch restart",
	}
}

func stillRefusedError(f *Failure) *Error {
	return &Error{Kind: Operator, Side: SideMotion, Op: opShowFile, Message: f.Message, Remedy: f.Remedy}
}

func notNowError(d *Delivery, wish string) *Error {
	return &Error{
		Kind: Invalid, Side: SidePerch, Message: fmt.Sprintf("message %d is %s, so it cannot be %s", d.ID, d.State, wish),
		Remedy: "look at it with: perch show " + fmt.Sprint(d.ID),
	}
}
