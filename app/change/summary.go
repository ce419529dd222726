package change

import (
	"cmp"
	"maps"
	"slices"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/secret"
)

// Summary sorts the fields in which wanted differs from running by whether next has them.
func Summary(running, next, wanted *config.Config) control.ReloadResult {
	later := differences(next, wanted)
	result := control.ReloadResult{Applied: []string{}, RestartFields: append([]string{}, later...), Restart: len(later) > 0, Refused: []control.Problem{}}
	for _, field := range differences(running, wanted) {
		if !slices.Contains(later, field) {
			result.Applied = append(result.Applied, field)
		}
	}
	return result
}

// Secrets lists the secrets that differ, in the order of their names.
func Secrets(a, b map[secret.Key]string) []secret.Key {
	var keys []secret.Key
	for _, key := range slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b))) {
		if a[key] != b[key] && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b secret.Key) int { return cmp.Compare(a.String(), b.String()) })
	return keys
}
