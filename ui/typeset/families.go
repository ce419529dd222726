package typeset

import "github.com/go-text/typesetting/language"

// The families that are taken first, as the index writes their names: without spaces, in small letters. They are those
// that come with Linux, Windows and macOS and were drawn for screens, without serifs. Chinese, Japanese and Korean begin
// with one font, which has the forms of each: it is by far the largest, and is read once.
var families = map[language.Script][]string{
	language.Han: {
		"notosanscjksc", "notosanscjkjp", "sourcehansanssc", "notosanssc", "microsoftyaheiui", "microsoftyahei",
		"pingfangsc", "hiraginosansgb", "stheiti", "wenquanyimicrohei", "wenquanyizenhei", "droidsansfallback",
	},
	language.Hiragana: {"notosanscjksc", "notosanscjkjp", "sourcehansansjp", "notosansjp", "yugothicui", "yugothic", "meiryo", "hiraginosans", "hiraginokakugothicpron", "ipaexgothic", "takaogothic"},
	language.Katakana: {"notosanscjksc", "notosanscjkjp", "sourcehansansjp", "notosansjp", "yugothicui", "yugothic", "meiryo", "hiraginosans", "hiraginokakugothicpron", "ipaexgothic", "takaogothic"},
	language.Hangul:   {"notosanscjksc", "notosanscjkkr", "sourcehansanskr", "notosanskr", "malgungothic", "applesdgothicneo", "nanumgothic", "baekmukgulim"},
	language.Bopomofo: {"notosanscjksc", "notosanscjktc", "microsoftjhenghei", "pingfangtc"},

	language.Arabic:     {"notosansarabic", "notosansarabicui", "segoeui", "sfarabic", "geezapro", "notonaskharabic", "dejavusans"},
	language.Hebrew:     {"notosanshebrew", "segoeui", "sfhebrew", "arialhebrew", "dejavusans"},
	language.Devanagari: {"notosansdevanagari", "nirmalaui", "kohinoordevanagari", "mangal", "lohitdevanagari"},
	language.Bengali:    {"notosansbengali", "nirmalaui", "kohinoorbangla", "vrinda", "lohitbengali"},
	language.Tamil:      {"notosanstamil", "nirmalaui", "tamilsangammn", "latha", "lohittamil"},
	language.Telugu:     {"notosanstelugu", "nirmalaui", "kohinoortelugu", "gautami"},
	language.Kannada:    {"notosanskannada", "nirmalaui", "kannadasangammn", "tunga"},
	language.Malayalam:  {"notosansmalayalam", "nirmalaui", "malayalamsangammn", "kartika"},
	language.Gujarati:   {"notosansgujarati", "nirmalaui", "kohinoorgujarati", "shruti"},
	language.Gurmukhi:   {"notosansgurmukhi", "nirmalaui", "gurmukhisangammn", "raavi"},
	language.Oriya:      {"notosansoriya", "nirmalaui", "oriyasangammn", "kalinga"},
	language.Sinhala:    {"notosanssinhala", "nirmalaui", "sinhalasangammn", "iskoolapota"},
	language.Thai:       {"notosansthai", "leelawadeeui", "leelawadee", "thonburi", "tahoma"},
	language.Lao:        {"notosanslao", "leelawadeeui", "laosangammn"},
	language.Khmer:      {"notosanskhmer", "leelawadeeui", "khmerui", "khmersangammn"},
	language.Myanmar:    {"notosansmyanmar", "myanmartext", "myanmarsangammn"},
	language.Georgian:   {"notosansgeorgian", "segoeui", "sfgeorgian", "helvetica", "dejavusans"},
	language.Armenian:   {"notosansarmenian", "segoeui", "sfarmenian", "mshtakan", "dejavusans"},
	language.Ethiopic:   {"notosansethiopic", "ebrima", "kefa"},
	language.Tibetan:    {"notosanstibetan", "notoseriftibetan", "microsofthimalaya", "kailasa"},
	language.Mongolian:  {"notosansmongolian", "mongolianbaiti"},
	language.Syriac:     {"notosanssyriac", "segoeuihistoric", "estrangeloedessa"},
	language.Thaana:     {"notosansthaana", "mvboli"},
	language.Cherokee:   {"notosanscherokee", "gadugi", "plantagenetcherokee"},

	language.Canadian_Aboriginal: {"notosanscanadianaboriginal", "gadugi", "euphemiaucas"},
}

// emojiFamilies are the fonts of pictures.
var emojiFamilies = []string{"notocoloremoji", "applecoloremoji", "segoeuiemoji", "twemoji", "twittercoloremoji", "joypixels", "emojione"}

// languages are the forms of a shared script that are asked for. Han is set as the kana or Hangul beside it say, and
// else as the system's language does.
var languages = map[language.Script]language.Language{
	language.Hiragana: "ja", language.Katakana: "ja", language.Hangul: "ko", language.Bopomofo: "zh-hant",
	language.Arabic: "ar", language.Hebrew: "he", language.Devanagari: "hi", language.Bengali: "bn", language.Thai: "th",
}

// hanLanguage tells by the other letters of a text, then by the system, which forms of Han it is written in.
func hanLanguage(text []rune) language.Language {
	for _, r := range text {
		switch s := language.LookupScript(r); s {
		case language.Hiragana, language.Katakana, language.Hangul, language.Bopomofo:
			return languages[s]
		}
	}
	switch l := language.DefaultLanguage(); l.Primary() {
	case "ja", "ko", "zh":
		return l
	}
	return "zh-hans"
}
