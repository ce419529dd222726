package interpret_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge"
	"perch/ui/interpret"
)

// sentences are the names of the members that hold what the relay says.
var sentences = []string{"Message", "Remedy", "Detail", "Lost", "Cause", "Error", "What"}

// fill sets every text in a value: sentences to "said", all others to "kept".
func fill(v reflect.Value, name string) {
	switch v.Kind() { //nolint:exhaustive // the control API has no others
	case reflect.String:
		v.SetString(map[bool]string{true: "said", false: "kept"}[slices.Contains(sentences, name)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), name)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), v.Type().Field(i).Name)
			}
		}
	}
}

// leaves lists every text in a value with its path.
func leaves(v reflect.Value, path string, into map[string]string) {
	switch v.Kind() { //nolint:exhaustive // as above
	case reflect.String:
		into[path] = v.String()
	case reflect.Pointer:
		leaves(v.Elem(), path, into)
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				leaves(v.Field(i), path+"."+v.Type().Field(i).Name, into)
			}
		}
	}
}

// check holds an answer to what the package guarantees.
func check[T any](t *testing.T, interpreted func(interpret.Interpreter, T) T) {
	t.Helper()
	var given T
	fill(reflect.ValueOf(&given).Elem(), "")
	before, after, texts := map[string]string{}, map[string]string{}, map[string]string{}
	leaves(reflect.ValueOf(given), "", before)
	out := interpreted(interpret.New(func(text string) string {
		if text == "said" {
			return "detto"
		}
		return "a word that is none of the relay's: " + text
	}), given)
	leaves(reflect.ValueOf(given), "", after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("%T was changed itself: %s", given, diff)
	}
	leaves(reflect.ValueOf(out), "", texts)
	for path, text := range texts {
		if want := map[string]string{"said": "detto", "kept": "kept"}[before[path]]; text != want {
			t.Errorf("%T%s is %q instead of %q", given, path, text, want)
		}
	}
	if diff := cmp.Diff(given, interpreted(interpret.Interpreter{}, given)); diff != "" {
		t.Errorf("the zero value changes %T: %s", given, diff)
	}
}

func TestEverySentenceIsTranslatedAndNothingElse(t *testing.T) {
	check(t, interpret.Interpreter.Status)
	check(t, interpret.Interpreter.Message)
	check(t, interpret.Interpreter.Messages)
	check(t, interpret.Interpreter.Detail)
	check(t, interpret.Interpreter.Settings)
	check(t, interpret.Interpreter.Saved)
	check(t, interpret.Interpreter.Reload)
	check(t, interpret.Interpreter.Check)
	check(t, interpret.Interpreter.Chat)
}

func TestExplain(t *testing.T) {
	i := interpret.New(func(text string) string { return "<" + text + ">" })
	err := fmt.Errorf("about: %w", &bridge.Error{Message: "why", Remedy: "do"})
	if why, do := i.Explain(err); why != "<why>" || do != "<do>" {
		t.Error(why, do)
	}
	cut := interpret.New(func(text string) string { return strings.ReplaceAll(text, "a; b", "c; d") })
	for text, want := range map[string][2]string{"a; b; do": {"c", "d; do"}, "a": {"a", ""}, "x; y": {"x", "y"}} {
		if why, do := cut.Explain(control.Said("perch: start: " + text)); why != want[0] || do != want[1] {
			t.Errorf("%s: %q, %q", text, why, do)
		}
	}
	if why, _ := i.Explain(errors.New("plain")); why != "<plain>" {
		t.Error(why)
	}
	if why, do := (interpret.Interpreter{}).Explain(err); why != "why" || do != "do" {
		t.Error(why, do)
	}
}

func TestComplaint(t *testing.T) {
	i := interpret.New(func(text string) string { return strings.ReplaceAll(text, "why; do", "perché; fai") })
	for text, want := range map[string]string{
		"perch: start: why; do": "perché; fai", "start: why; do": "perché; fai", "perch: restart: x: why; do": "x: perché; fai", "why; do": "perché; fai",
		"perch: start: odd": "perch: start: odd", "": "",
	} {
		if got := i.Complaint(text); got != want {
			t.Errorf("%q: %q instead of %q", text, got, want)
		}
	}
	if got := (interpret.Interpreter{}).Complaint("perch: start: why; do"); got != "perch: start: why; do" {
		t.Error(got)
	}
}
