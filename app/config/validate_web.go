package config

import "fmt"

func (k *checker) web(w Web) {
	k.address("web.listen", w.Listen, 0)
	switch {
	case (w.CertFile == "") != (w.KeyFile == ""):
		k.add("web.cert_file", "web.cert_file and web.key_file belong together, but one of them is empty", "give both, or none for a page on this computer alone")
	case w.CertFile == "" && !w.IsLoopback():
		k.add("web.listen", fmt.Sprintf("web.listen is %s, which other computers reach, and there is no certificate in [web]", shown(w.Listen)),
			`write listen = "127.0.0.1:3004", or give web.cert_file and web.key_file`)
	}
}
