package secret

import "perch/bridge"

// failed makes an error that the admin has to deal with.
func failed(op, message, remedy string, cause error) error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: op, Message: message, Remedy: remedy, Err: cause}
}

func invalid(op, message, remedy string) error {
	return &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: op, Message: message, Remedy: remedy}
}

// stopped tells that the caller did not want to wait any longer.
func stopped(op string, cause error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: op, Message: "it was stopped before it was done", Remedy: "try again", Err: cause,
	}
}
