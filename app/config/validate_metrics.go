package config

import "fmt"

// metrics lets nobody but this computer read the figures: there is no password to them.
func (k *checker) metrics(m Metrics) {
	if m.Listen == "" {
		return
	}
	before := len(k.problems)
	k.address("metrics.listen", m.Listen, 0)
	if len(k.problems) == before && !isLoopback(m.Listen) {
		k.add("metrics.listen", fmt.Sprintf("metrics.listen is %s, which other computers reach, and the figures have no password", shown(m.Listen)),
			`write listen = "127.0.0.1:3005", and let Prometheus come through SSH or a proxy that asks who it is`)
	}
}
