package metrics

import "github.com/prometheus/client_golang/prometheus"

// figure is one that is read when somebody looks.
type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) figure {
	return figure{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) figure {
	return figure{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue}
}

var (
	up         = gauge("perch_up", "1: the relay runs and answers.")
	readFailed = gauge("perch_read_failed", "1: these figures could not be read and are left out.", labelWhat)

	build      = gauge("perch_build_info", "Always 1; which Perch it is.", labelVersion)
	started    = gauge("perch_start_time_seconds", "When the relay was started, in seconds since 1970.")
	state      = gauge("perch_state", "1 at the state that the relay is in.", labelState)
	conditions = gauge("perch_conditions", "How many things are not simply well: needs_you waits for a person, healing mends by itself, note is good to know.", labelLevel)
	condition  = gauge("perch_condition", "How many things of this sort there are now; absent for none.", labelLevel, labelSide, labelChannel)
	journalOK  = gauge("perch_journal_ok", "1: the journal takes what comes in; 0: nothing can be stored.")

	link      = gauge("perch_link_state", "1 at the state of the link to a side: x, motion, or reply for the Reply URL that Motion has.", labelChannel, labelSide, labelState)
	oldest    = gauge("perch_oldest_waiting_seconds", "For how long the message has waited that waits the longest; 0 for none.", labelChannel, labelDirection)
	encrypted = gauge("perch_encrypted_unread", "Encrypted messages that came and could not be read here.", labelChannel)
	blocked   = gauge("perch_queue_blocked", "1: this queue waits as a whole, for a limit or for a side that is in trouble; absent otherwise.", labelChannel, labelQueue)

	deliveries = gauge("perch_deliveries", "Messages in each state, all that the journal counts.", labelChannel, labelDirection, labelState)
	ignored    = counter("perch_events_ignored_total", "Events of X that are of no use to Perch, as the journal counts them.", labelChannel, labelKind)

	reachOK    = gauge("perch_reach_connected", "1: X's events come in; 0: they do not, or nobody knows yet.", labelMode)
	reachProof = gauge("perch_reach_last_proof_time_seconds", "When it was last proved that X's events come in, in seconds since 1970; absent for never.")
	tunnelOK   = gauge("perch_tunnel_connected", "1: the tunnel that carries the public address is open.", labelKind)
	gaps       = gauge("perch_gaps", "Times in which events may not have arrived, of the latest 20.", labelChannel)
	gapsLost   = gauge("perch_gaps_lost", "Those of them of which X could not give everything afterwards.", labelChannel)
	gapSeconds = gauge("perch_gap_seconds", "How long they were together.", labelChannel)
	gapFetched = gauge("perch_gap_recovered", "Messages that were fetched after them.", labelChannel)

	limitMost  = gauge("perch_limit_max", "Calls that X allows in a window.", labelChannel, labelEndpoint, labelWindow)
	limitLeft  = gauge("perch_limit_remaining", "Calls that are left of it.", labelChannel, labelEndpoint, labelWindow)
	limitReset = gauge("perch_limit_reset_time_seconds", "When the window begins anew, in seconds since 1970.", labelChannel, labelEndpoint, labelWindow)
	limitWaits = gauge("perch_limit_waiting", "Messages that need this call and wait.", labelChannel, labelEndpoint)

	journalSize = gauge("perch_journal_bytes", "What the journal takes up: the file itself, SQLite's log beside it (wal), and what just came in (inlet).", labelFile)
	diskFree    = gauge("perch_disk_free_bytes", "What is left on the journal's disk for this user.")

	backupAt     = gauge("perch_backup_last_time_seconds", "When the last good backup was made, in seconds since 1970; absent for never.")
	backupFailed = gauge("perch_backup_failed", "1: the last backup failed.")
	costSpent    = gauge("perch_cost_month_dollars", "About what X has charged in this month (UTC), in US dollars.")
	costBudget   = gauge("perch_cost_budget_dollars", "The month's budget for X, in US dollars; absent for none.")
)
