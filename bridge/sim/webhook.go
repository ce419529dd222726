package sim

type webhook struct{ isValidNow bool }
type envKey struct{ consumerKey, name string }
type subscription struct{}
type stream struct{}
type logged struct{}

func (x *X) isValid(w *webhook) bool         { return w.isValidNow }
func (x *X) publishLegacy(event)             {}
func (x *X) publishActivity(event, *Account) {}
