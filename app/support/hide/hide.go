// Package hide takes secrets and customers out of what is given to others.
//
// It guarantees that a value it was told is in nothing that it returns, nor what has the name, the place or the look of a
// secret; that Strict also leaves out handles, ids and whatever is quoted; and that it would rather hide what is harmless
// than show what is not. Its methods are safe for concurrent use.
package hide

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mark stands for what was hidden.
const Mark = "…"

// leastValue is how long a value is at least that is searched for, in bytes: shorter ones would hide innocent words.
const leastValue = 4

// Hider hides. Make it with New.
type Hider struct {
	known *strings.Replacer
	own   map[string]bool
	home  string
	// texts are what customers and agents wrote, people who they are, in small letters.
	texts  *strings.Replacer
	people map[string]bool
}

// New returns a Hider that knows some secrets by their values. own are the handles of the brand's accounts, which are shown; home
// is the folder of the person, which is shown as ~, "" for none.
func New(values, own []string, home string) *Hider {
	h := &Hider{own: map[string]bool{}, home: home, people: map[string]bool{}}
	for _, handle := range own {
		h.own[strings.ToLower(handle)] = true
	}
	var forms []string
	for _, v := range values {
		for _, form := range formsOf(v) {
			if len(form) >= leastValue && !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // the longest that fits is hidden
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		pairs = append(pairs, f, Mark)
	}
	h.known, h.texts = strings.NewReplacer(pairs...), strings.NewReplacer()
	return h
}

// leastText and leastHandle are how long a text and a handle are at least that are searched for, in bytes.
const leastText, leastHandle = 6, 4

// Know tells what customers and agents wrote, and handles and ids of customers: Strict leaves them out wherever they are. Call it
// before anything is hidden. What is also a word of Perch's own (spared) is not searched for.
func (h *Hider) Know(texts, people, spared []string) {
	var pairs []string
	for _, text := range texts {
		for line := range strings.Lines(text) {
			for _, form := range formsOf(line)[:2] {
				if len(form) >= leastText {
					pairs = append(pairs, form, Mark)
				}
			}
		}
	}
	h.texts = strings.NewReplacer(pairs...)
	for _, who := range people {
		who = strings.ToLower(who)
		if len(who) >= leastHandle && !h.own[who] && !slices.Contains(spared, who) {
			h.people[who] = true
		}
	}
}

// formsOf are the ways in which a value is written by programs that log it.
func formsOf(v string) []string {
	v = strings.TrimSpace(v)
	quoted := strconv.Quote(v)
	return []string{
		v, quoted[1 : len(quoted)-1], url.QueryEscape(v), url.PathEscape(v), hex.EncodeToString([]byte(v)), base64.StdEncoding.EncodeToString([]byte(v)),
		base64.RawURLEncoding.EncodeToString([]byte(v)),
	}
}

// rule replaces what an expression finds.
type rule struct {
	find *regexp.Regexp
	by   string
}

// names are what names of secrets hold.
const names = `[\w.-]*(?:pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|consumer[_-]?key|chat[_-]?keys?|credential|signature|session(?:[_-]?id)?|bearer|jwt|hmac|auth\b|sig\b|sid\b|pass\b)s?[\w-]*`

// rules are applied in their order: first what takes several lines, then what takes the rest of one, then words.
var rules = []rule{
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\z)`), "-----" + Mark + "-----"},
	{regexp.MustCompile(`(?i)\b((?:set-)?cookie2?|(?:proxy-)?authorization|x-api-key)(\\?"?\s*[:=]\s*\\?"?)[^\r\n"\\]+`), "${1}${2}" + Mark},
	{regexp.MustCompile(`(?i)(--?` + names + `)(\s+|=)([^\s-]\S*)`), "${1}${2}" + Mark},
	{regexp.MustCompile(`(?i)\b(bearer|basic|digest|oauth)(\s+)[\w.~+/=-]{12,}`), "${1}${2}" + Mark},
	{regexp.MustCompile(`\boauth_\w+=\\?"?[^",\s&]+`), "oauth" + Mark},
	{regexp.MustCompile(`\beyJ[\w-]{5,}\.[\w.-]+`), Mark},
	{regexp.MustCompile(`\b(?:[spr]k_(?:live|test)_|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|xapp-|AKIA|ASIA|AIza|ya29\.|AGE-SECRET-KEY-1|npm_|SG\.|hf_|sk-|ngrok_|cr_|2[a-zA-Z0-9]{26}_)[\w.-]{6,}`), Mark},
	{regexp.MustCompile(`(/reply/)[^\s"'?#/\\]+`), "${1}" + Mark},
	{regexp.MustCompile(`(?i)(hooks\.slack\.com|webhook\.office\.com|[\w.-]*\.logic\.azure\.com|discord(?:app)?\.com/api/webhooks|api\.telegram\.org|chat\.googleapis\.com)/[^\s"'\\]*`), "${1}/" + Mark},
	{regexp.MustCompile(`(://)[^/?#\s"'@\\]*@`), "${1}" + Mark + "@"},
	{regexp.MustCompile(`\b((?i:password|passphrase|passcode|pwd|secret|token|pin))(\s+(?:is\s+|was\s+)?)([^\s=:"\\]*(?:[0-9!$%&*?+]|[a-z][A-Z])[^\s"\\]*)`), "${1}${2}" + Mark},
}

var (
	// named is a name of a secret with what is said of it, and harmless how what is no value begins.
	named    = regexp.MustCompile(`(?i)(` + names + `)(\\?["']?\s*[:=]\s*)(\\?"(?:[^"\\]|\\.)*\\?"|'[^']*'|[^\r\n]+)`)
	harmless = regexp.MustCompile(`(?i)^(?:\\?["'])?(?:not |no\b|yes\b|true\b|false\b|set\b|missing|wrong|empty|too |needed|stored|refused|kept|never|perch |` + Mark + `)`)
	// query is that of an address, with its fragment.
	query = regexp.MustCompile(`(https?://[^\s"'?#\\]+)[?#][^\s"'\\]*`)
	// word is what may be a secret by its look.
	long = regexp.MustCompile(`[A-Za-z0-9+/_-]{40,}={0,2}`)
	word = regexp.MustCompile(`[A-Za-z0-9_+=!$%*^~-]{10,}`)
)

// Secrets is a text without secrets.
func (h *Hider) Secrets(text string) string {
	text = h.known.Replace(text)
	for _, r := range rules {
		text = r.find.ReplaceAllString(text, r.by)
	}
	text = query.ReplaceAllStringFunc(text, hideQuery)
	text = named.ReplaceAllStringFunc(text, hideNamed)
	text = long.ReplaceAllStringFunc(text, func(found string) string {
		if isRandomPath(found) {
			return Mark
		}
		return found
	})
	text = word.ReplaceAllStringFunc(text, hideRandom)
	if h.home != "" && h.home != "/" {
		text = strings.ReplaceAll(text, h.home, "~")
	}
	return text
}

// hideNamed hides the value behind a name; without quotes that may be several words.
func hideNamed(found string) string {
	m := named.FindStringSubmatch(found)
	if harmless.MatchString(m[3]) {
		return found
	}
	quote := ""
	if strings.HasPrefix(m[3], `"`) {
		quote = `"` // JSON and log lines stay what they are
	}
	return m[1] + m[2] + quote + Mark + quote
}

// shownParameters say nothing that is secret: Motion's proxy has them, and X's lists.
var shownParameters = []string{"port", "encoding", "path", "limit"}

func hideQuery(found string) string {
	address, rest, _ := strings.Cut(found, "?")
	if rest == "" {
		address, _, _ = strings.Cut(found, "#")
		return address + "#" + Mark
	}
	rest, _, _ = strings.Cut(rest, "#")
	parts := strings.Split(rest, "&")
	for i, p := range parts {
		name, _, hasValue := strings.Cut(p, "=")
		if hasValue && !slices.Contains(shownParameters, name) {
			parts[i] = name + "=" + Mark
		} else if !hasValue {
			parts[i] = Mark
		}
	}
	return address + "?" + strings.Join(parts, "&")
}
