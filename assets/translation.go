package assets

import "embed"

//go:embed translation/*.json
var translations embed.FS

// Translation returns the tray's texts in a language such as "it", as JSON; nil where there are none. Package
// translation makes texts of it.
func Translation(lang string) []byte {
	data, err := translations.ReadFile("translation/" + lang + ".json")
	if err != nil {
		return nil
	}
	return data
}
