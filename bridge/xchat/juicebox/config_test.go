package juicebox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"perch/bridge/xchat/juicebox"
	"perch/bridge/xchat/juicebox/realm"
)

const (
	idA = "0102030405060708090a0b0c0d0e0f10"
	idB = "2102030405060708090a0b0c0d0e0f10"
	idC = "3102030405060708090a0b0c0d0e0f10"
	hsm = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
)

// inner is the configuration of Juicebox's documentation.
const inner = `{"realms":[{"id":"` + idC + `","address":"https://c.example/"},
 {"id":"` + idA + `","address":"https://a.example/path/","public_key":"` + hsm + `"},{"id":"` + idB + `","address":"https://b.example"}],
 "register_threshold":3,"recover_threshold":2,"pin_hashing_mode":"Standard2019"}`

const tokens = `[{"key":"` + idA + `","value":{"address":"https://a.example/path/","token":"jwt-a"}},
 {"key":"` + idB + `","value":{"address":"https://b.example/","token":"jwt-b"}},{"key":"` + idC + `","value":{"address":"https://c.example/","token":"jwt-c"}}]`

func outer(inner, more string) string {
	quoted, _ := json.Marshal(inner)
	return `{"key_store_token_map_json":` + string(quoted) + `,"max_guess_count":20,"token_map":` + tokens + more + `}`
}

func TestParseConfiguration(t *testing.T) {
	t.Parallel()
	quoted, _ := json.Marshal(outer(inner, ""))
	for name, raw := range map[string]string{
		"as X has it":           outer(inner, `,"realm_state":{"anything":1}`),
		"as an object":          `{"key_store_token_map_json":` + inner + `,"max_guess_count":"20","token_map":` + tokens + `}`,
		"by another name":       strings.Replace(outer(inner, ""), "key_store_token_map_json", "sdk_config", 1),
		"all of it in a string": string(quoted),
		"not wrapped":           strings.TrimSuffix(inner, "}") + `,"max_guess_count":20,"token_map":` + tokens + `}`,
		"hyphens and capitals":  outer(strings.Replace(inner, idB, "21020304-0506-0708-090A-0B0C0D0E0F10", 1), ""),
		"white space":           " \n" + outer(inner, "") + "\n ",
		"hashing by number":     outer(strings.Replace(inner, `"Standard2019"`, "0", 1), ""),
		"no hashing": outer(strings.Replace(inner, `,
 "register_threshold":3,"recover_threshold":2,"pin_hashing_mode":"Standard2019"`, "", 1), ""),
		"numbers in quotes": outer(strings.Replace(inner, `"recover_threshold":2`, `"recover_threshold":"2"`, 1), ""),
	} {
		cfg, err := juicebox.ParseConfiguration([]byte(raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, b, c := cfg.Realms[0], cfg.Realms[1], cfg.Realms[2]
		if len(cfg.Realms) != 3 || cfg.RecoverThreshold != 2 || cfg.MaxGuesses != 20 || cfg.Fast ||
			fmt.Sprintf("%x %x %x", a.ID, b.ID, c.ID) != idA+" "+idB+" "+idC || len(a.PublicKey) != 32 || b.PublicKey != nil ||
			a.Address.String() != "https://a.example/path/" || c.Address.Host != "c.example" {
			t.Errorf("%s: %+v", name, cfg)
		}
	}
}

func TestAConfigurationOfTokensAlone(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"token_map":` + tokens + `}`, `{"token_map":` + tokens + `,"key_store_token_map_json":null}`, `{"token_map":` + tokens + `,"key_store_token_map_json":""}`} {
		cfg, err := juicebox.ParseConfiguration([]byte(raw))
		if err != nil || len(cfg.Realms) != 3 || cfg.RecoverThreshold != 2 || cfg.MaxGuesses != juicebox.Unknown || cfg.Realms[0].PublicKey != nil {
			t.Errorf("%+v, %v", cfg, err)
		}
	}
}

func TestConfigurationsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"id":"`+idA+`","address":"https://x.example/"},`, 40)
	for name, raw := range map[string]string{
		"nothing":               "",
		"no JSON":               "hello",
		"a list":                "[1]",
		"null":                  "null",
		"no realms":             `{"token_map":[]}`,
		"an object of tokens":   `{"token_map":{"a":"b"}}`,
		"inner is no JSON":      `{"key_store_token_map_json":"{","token_map":` + tokens + `}`,
		"inner is a number":     `{"key_store_token_map_json":"7","token_map":` + tokens + `}`,
		"inner is empty":        `{"key_store_token_map_json":"{}","token_map":` + tokens + `}`,
		"too many realms":       outer(`{"realms":[`+strings.TrimSuffix(many, ",")+`]}`, ""),
		"short id":              outer(strings.Replace(inner, idA, idA[2:], 1), ""),
		"id that is no hex":     outer(strings.Replace(inner, idA, "zz"+idA[2:], 1), ""),
		"a realm twice":         outer(strings.Replace(inner, idA, idB, 1), ""),
		"public key too short":  outer(strings.Replace(inner, hsm, hsm[2:], 1), ""),
		"public key no hex":     outer(strings.Replace(inner, hsm, "zz"+hsm[2:], 1), ""),
		"no address":            outer(strings.Replace(inner, "https://c.example/", "", 1), ""),
		"address without host":  outer(strings.Replace(inner, "https://c.example/", "https:///x", 1), ""),
		"relative address":      outer(strings.Replace(inner, "https://c.example/", "/x/", 1), ""),
		"threshold too high":    outer(strings.Replace(inner, `"recover_threshold":2`, `"recover_threshold":4`, 1), ""),
		"threshold no majority": outer(strings.Replace(inner, `"recover_threshold":2`, `"recover_threshold":1`, 1), ""),
		"unknown hashing":       outer(strings.Replace(inner, "Standard2019", "Whatever", 1), ""),
		"hashing of a kind":     outer(strings.Replace(inner, `"Standard2019"`, "{}", 1), ""),
		"too large":             outer(inner, `,"more":"`+strings.Repeat("x", 64<<10)+`"`),
		"too deep":              strings.Repeat("[", 30_000),
	} {
		if cfg, err := juicebox.ParseConfiguration([]byte(raw)); !errors.Is(err, juicebox.BadConfiguration) {
			t.Errorf("%s: %+v, %v", name, cfg, err)
		}
	}
}

func TestConfigurationsThatOnlySimulatorsMayHave(t *testing.T) {
	t.Parallel()
	local := strings.NewReplacer("https://a.example/", "http://127.0.0.1:1/", "https://b.example", "http://[::1]:2", "https://c.example/", "http://localhost:3/").Replace(inner)
	for name, c := range map[string]struct {
		inner     string
		forbidden bool // also to simulators
	}{
		"plain HTTP here":      {local, false},
		"a fast hash":          {strings.Replace(inner, "Standard2019", "FastInsecure", 1), false},
		"a fast hash, number":  {strings.Replace(inner, `"Standard2019"`, "1", 1), false},
		"plain HTTP elsewhere": {strings.Replace(inner, "https://b", "http://b", 1), true},
		"another scheme":       {strings.Replace(inner, "https://b", "ftp://b", 1), true},
		"a user":               {strings.Replace(inner, "https://b", "https://user:pass@b", 1), true},
	} {
		cfg := configuration(t, []byte(outer(c.inner, "")))
		for _, local := range []bool{false, true} {
			s := asX(t) // its network answers for every host
			s.client.Local = local
			_, err := s.client.Check(t.Context(), cfg)
			if refused := errors.Is(err, juicebox.BadConfiguration); refused != (c.forbidden || !local) {
				t.Errorf("%s: local %v: %v", name, local, err)
			}
		}
	}
	if _, err := (&juicebox.Client{}).Check(t.Context(), nil); !errors.Is(err, juicebox.BadConfiguration) {
		t.Errorf("no configuration: %v", err)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{"a line break": `a\r\nX-Evil: 1`, "not ASCII": "jwt-ü", "too long": strings.Repeat("x", 9000)} {
		s := plain(t)
		s.cfg = configuration(t, []byte(strings.ReplaceAll(outer(inner, ""), "jwt-", bad)))
		before := s.net.number
		_, err := s.recover(pin)
		if fails(t, err, juicebox.InvalidAuth, juicebox.Unknown, false); s.net.number != before {
			t.Errorf("%s: sent", name)
		}
	}
}

// TestNothingSecretIsShown plants a PIN, tokens and a secret and looks for them in every error and text form.
func TestNothingSecretIsShown(t *testing.T) {
	t.Parallel()
	const planted, plantedPin = "planted-token-17", "planted-pin-23"
	set := realm.NewSet(2, false, true, true)
	set.Fast = true
	set.Allow(planted, user)
	s := &scene{set: set, net: &network{Handler: set}}
	s.attach(t)
	s.cfg = configuration(t, set.Configuration(base, planted))
	secret := []byte("planted-secret-42")
	set.Register(user, []byte(plantedPin), secret, 20)
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&shown, verb+verb+verb+verb, s.cfg, *s.cfg, s.cfg.Realms, s.client)
	}
	asJSON, err := json.Marshal(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(asJSON)
	_, err = s.recover([]byte(plantedPin + "x"))
	fmt.Fprintf(&shown, "%v %+v %#v %s", err, err, err, errors.Unwrap(err))
	s.cut(0, 1)
	_, err = s.recover([]byte(plantedPin))
	fmt.Fprintf(&shown, "%v %+v %#v", err, err, err)
	s.net.around = nil
	set.Realms[0].Revoke(planted)
	set.Realms[1].Revoke(planted)
	_, err = s.recover([]byte(plantedPin))
	fmt.Fprintf(&shown, "%v %+v %#v", err, err, err)
	for _, leak := range []string{planted, plantedPin, string(secret)} {
		for _, form := range []string{leak, fmt.Sprintf("%x", leak), strings.Trim(fmt.Sprintf("%v", []byte(leak)), "[]")} {
			if strings.Contains(shown.String(), form) {
				t.Errorf("%q is shown", form)
			}
		}
	}
}
