package reach

import "perch/bridge"

// KindCount is how many kinds of event are subscribed to.
func KindCount(w bridge.Wanted) int { return len(kinds(w)) }
