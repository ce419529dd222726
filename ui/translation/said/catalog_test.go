package said_test

import (
	"encoding/json"
	"go/types"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sentences are the fields that hold what the relay says to people.
var sentences = map[string][]string{
	"perch/bridge.Error":            {"Message", "Remedy", "Op"},
	"perch/bridge.Failure":          {"Message", "Remedy"},
	"perch/bridge.Attempt":          {"Message"},
	"perch/app/control.Link":        {"Detail"},
	"perch/app/control.Reach":       {"Detail"},
	"perch/app/control.Tunnel":      {"Detail"},
	"perch/app/control.Gap":         {"Lost"},
	"perch/app/control.Blocked":     {"Cause"},
	"perch/app/control.Chat":        {"Detail"},
	"perch/app/control.Backup":      {"Error"},
	"perch/app/control.Update":      {"Error"},
	"perch/app/control.Alert":       {"Detail"},
	"perch/app/control.AlertCause":  {"What", "Remedy"},
	"perch/app/control.AlertTest":   {"Message", "Remedy"},
	"perch/app/control.Problem":     {"Message", "Remedy"},
	"perch/app/control.Condition":   {"What", "Remedy"},
	"perch/app/control.Failure":     {"Message", "Remedy"},
	"perch/app/control.Attempt":     {"Message"},
	"perch/app/control.CheckResult": {"Message", "Remedy"},
	"perch/app/control.ChatResult":  {"Message", "Remedy"},
	"perch/app/control.failure":     {"Message", "Remedy", "What"},
	"perch/app/doctor.Finding":      {"Title", "Message", "Remedy"},
	"perch/app/web.refusal":         {"What", "Message", "Remedy"},
}

// names are how such fields are called: one of the control API that is called so and is not in the table is forgotten.
var names = []string{"Message", "Remedy", "Detail", "Lost", "Cause", "Error", "Hint", "Problem", "Why", "Reason", "What"}

// commands are what people type or paste, and what is written into files: the same in every language.
var commands = []string{
	"(ERR_NGROK_{})", "Perch checks whether files can be stored: {}", "https://{}/api/plugins/webhook?port={}&encoding=binary&path={}", "journalctl --user -u perch", "sudo journalctl -u perch",
	"perch secret set --channel {} {}", "perch secret set {}", "secret keep", "service start", "service status", "perch --home \"{}\"", "perch {} --home \"{}\"", "sudo {} --system", "perch traffic --state failed", "perch traffic --state undecided", "restrict,port-forwarding,permitlisten=\"{}\" {} perch",
	"chat import", "chat status", "chat unlock", "secret set", "urls --write", "service install", "service uninstall", "ssh -o UserKnownHostsFile=\"{}\" -p {} {}", "sudo perch --home {}",
	"sudo perch {} --system --home {}", "sudo systemctl {}", "systemctl --user {}",
}

// unknown are the functions in variables whose values the test cannot find, and which return no sentence: callbacks.
var unknown = []string{
	"calls what Passphrase holds", "calls what admit holds", "calls what ask holds", "calls what before holds", "calls what change holds", "calls what handle holds", "calls what run holds", "calls what scan holds", "calls what show holds",
}

func TestEverySentenceFieldIsInTheTable(t *testing.T) {
	p := mustLoad(t, "linux")
	scope := p.made["perch/app/control"].Scope()
	for _, name := range scope.Names() {
		if _, isType := scope.Lookup(name).(*types.TypeName); !isType {
			continue
		}
		fields, ok := structOf(scope.Lookup(name).Type())
		for i := 0; ok && i < fields.NumFields(); i++ {
			field := fields.Field(i)
			isText := field.Type().String() == "string" && slices.Contains(names, field.Name())
			if isText && !slices.Contains(sentences["perch/app/control."+name], field.Name()) {
				t.Errorf("%s.%s may be a sentence: put it into the table and into Interpreter, if it is one", name, field.Name())
			}
		}
	}
}

func TestEverySentenceOfTheSourceHasATranslation(t *testing.T) {
	catalog := mustCatalog(t)
	all, blind := mustHarvest(t)
	used := map[string]bool{}
	for _, made := range slices.Sorted(maps.Keys(all)) {
		pattern := normal(made)
		used[pattern] = true
		if catalog[pattern] == "" && isSentence(pattern) && !slices.Contains(commands, pattern) {
			t.Errorf("%s: it.json has no %q", strings.Join(all[made], ", "), pattern)
		}
	}
	for _, sentence := range slices.Sorted(maps.Keys(catalog)) {
		if !used[sentence] && !isInstance(sentence, used) {
			t.Errorf("no source says %q, which it.json has", sentence)
		}
	}
	for _, command := range commands {
		if !used[command] {
			t.Errorf("no source says %q, which is in the table of commands", command)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(blind)) {
		if !slices.Contains(unknown, why) {
			t.Errorf("%s: a sentence may come from what %s, which this test cannot find", strings.Join(blind[why], ", "), why)
		}
	}
}

// mustHarvest collects the patterns of all systems that Perch is built for, and what could not be followed.
func mustHarvest(t *testing.T) (patterns, blind map[string][]string) {
	t.Helper()
	patterns, blind = map[string][]string{}, map[string][]string{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		p := mustLoad(t, system)
		h := &harvest{flow: newFlow(p), patterns: patterns, blind: blind, seen: map[any]bool{}}
		for name, fields := range sentences {
			h.fields(t, name, fields)
		}
		h.errorsOf("perch/app/desk")
		for _, function := range []string{"undrawn", "unopened", "unshown"} {
			h.textsOf("perch/ui", function)
		}
	}
	for _, where := range []map[string][]string{patterns, blind} {
		for pattern, places := range where {
			slices.Sort(places)
			where[pattern] = slices.Compact(places)
		}
	}
	return patterns, blind
}

// errorsOf follows the errors of a package that are sentences themselves.
func (h *harvest) errorsOf(path string) {
	for object, body := range h.bodies {
		f, ok := object.(*types.Func)
		if !ok || object.Pkg().Path() != path {
			continue
		}
		for i := range f.Signature().Results().Len() {
			if f.Signature().Results().At(i).Type().String() == "error" {
				h.returned(body, i)
			}
		}
	}
}

// textsOf follows what a function returns that words what it tells itself.
func (h *harvest) textsOf(path, function string) {
	h.returned(h.bodies[h.made[path].Scope().Lookup(function)], 0)
}

func (h *harvest) fields(t *testing.T, name string, fields []string) {
	t.Helper()
	at := strings.LastIndex(name, ".")
	object := h.made[name[:at]].Scope().Lookup(name[at+1:])
	if object == nil {
		t.Fatalf("there is no %s", name)
	}
	found := 0
	all, _ := structOf(object.Type())
	for i := range all.NumFields() {
		if slices.Contains(fields, all.Field(i).Name()) {
			h.slot(all.Field(i))
			found++
		}
	}
	if found != len(fields) {
		t.Fatalf("%s has not all of %v", name, fields)
	}
}

var (
	leading  = regexp.MustCompile(`^(\{\}[;.] )+`)
	trailing = regexp.MustCompile(`([;.] |:\n)\{\}$`)
	word     = regexp.MustCompile(`[A-Za-z][A-Za-z'’]*`)
)

// normal is a pattern without what joins it to others, as it is looked up.
func normal(pattern string) string {
	for before := ""; before != pattern; {
		before = pattern
		pattern = strings.Trim(pattern, " \n\t;,:.")
		pattern = trailing.ReplaceAllString(leading.ReplaceAllString(pattern, ""), "")
	}
	return pattern
}

// isInstance reports whether a sentence is one of the source with some of its places filled, for a translation of its own.
func isInstance(sentence string, used map[string]bool) bool {
	for pattern := range used {
		if !strings.Contains(pattern, "{}") || !isSentence(pattern) {
			continue
		}
		parts := strings.Split(pattern, "{}")
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		if regexp.MustCompile(`^` + strings.Join(parts, "(.+)") + `$`).MatchString(sentence) {
			return true
		}
	}
	return false
}

// isSentence reports whether a pattern has to be translated: it has several words. Single ones are names of files, settings
// and states mostly.
func isSentence(pattern string) bool {
	bare := strings.TrimSpace(strings.ReplaceAll(pattern, "{}", " "))
	return len(word.FindAllString(bare, 2)) > 1 && strings.Contains(bare, " ")
}

// mustCatalog also holds the file to one sentence a line, in order, and each translation to the places of its sentence.
func mustCatalog(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("it.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	for sentence, translation := range texts {
		places := strings.Count(sentence, "{}")
		if translation == "" || len(hole.FindAllString(translation, -1)) != places || normal(sentence) != sentence {
			t.Errorf("%q: %q", sentence, translation)
		}
		for n, found := range hole.FindAllString(translation, -1) {
			if found != "{}" && (found[1] < '1' || int(found[1]-'0') > places) {
				t.Errorf("%q: place %d of %q", sentence, n+1, translation)
			}
		}
	}
	sorted, _ := json.MarshalIndent(texts, "", "  ")
	if string(data) != unescaped(string(sorted))+"\n" {
		t.Error("it.json is not one sentence a line, in order, as jq --sort-keys writes it")
	}
	return texts
}

// unescaped undoes that Go writes some signs as numbers.
func unescaped(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(text)
}

var hole = regexp.MustCompile(`\{[0-9]?\}`)
