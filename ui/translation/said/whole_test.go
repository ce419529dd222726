package said_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"perch/ui/translation/said"
)

// fill puts numbers into the places of a sentence and of its translation.
func fill(sentence, translation string) (english, want string) {
	names := []string{}
	english = hole.ReplaceAllStringFunc(sentence, func(string) string {
		names = append(names, strconv.Itoa(len(names)+41))
		return names[len(names)-1]
	})
	i := 0
	want = hole.ReplaceAllStringFunc(translation, func(place string) string {
		at := i
		if n, err := strconv.Atoi(strings.Trim(place, "{}")); err == nil {
			at = n - 1
		}
		i++
		return names[at]
	})
	return english, want
}

// No sentence hides behind another: alone, with a capital and a full stop, behind its operation, before and after others.
func TestEverySentenceIsFound(t *testing.T) {
	catalog := mustCatalog(t)
	keys := slices.Sorted(maps.Keys(catalog))
	for i, key := range keys {
		english, want := fill(key, catalog[key])
		otherKey := keys[(i*7+3)%len(keys)]
		other, otherWant := fill(otherKey, catalog[otherKey])
		for text, wanted := range map[string]string{
			english:                                  want,
			"sales: " + english:                      "sales: " + want,
			english + "; " + other:                   want + "; " + otherWant,
			english + ". " + said.Upper(other) + ".": want + ". " + said.Upper(otherWant) + ".",
		} {
			if got := said.For("it").Translate(text); got != wanted {
				t.Errorf("%q\n becomes    %q\n instead of %q", text, got, wanted)
			}
		}
	}
}
