package said_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"perch/ui/translation/said"
)

func TestTranslate(t *testing.T) {
	italian := said.For("it")
	for _, tt := range []struct{ name, english, want string }{
		{"one sentence", "the relay is not running", "il relay non è in funzione"},
		{"a capital stays one", "The relay is not running", "Il relay non è in funzione"},
		{"a full stop stays", "The relay is not running.", "Il relay non è in funzione."},
		{"space stays", " the relay is not running\n", " il relay non è in funzione\n"},
		{"a place", "the socket /run/p.sock cannot be used", "il socket /run/p.sock non si può usare"},
		{"an empty place", "X refuses the consumer key and secret: one of the two is wrong", "X rifiuta consumer key e consumer secret: uno dei due è sbagliato"},
		{
			"a sentence in a place", "X refuses the consumer key and secret: one of the two is wrong; x.consumer_key begins or ends with a blank",
			"X rifiuta consumer key e consumer secret: uno dei due è sbagliato; x.consumer_key comincia o finisce con uno spazio",
		},
		{"cause and remedy", "the X account is locked. Sign in to X as the brand and unlock it, then: perch resume", "l'account X è bloccato. Accedi a X con l'account del marchio e sbloccalo, poi: perch resume"},
		{
			"cause, remedy with a semicolon", "Motion cannot be reached; check that Motion is running and that this computer can reach it; Perch keeps trying",
			"Motion non si può raggiungere; controlla che Motion sia in funzione e che questo computer possa raggiungerlo; Perch continua a provare",
		},
		{"a part that is cut off", "check that Motion is running and that this computer can reach it", "check that Motion is running and that this computer can reach it"},
		{"X's own words", "X refused it (403/1): You shall not pass. Read X's reason, change the message and send it again", "X lo ha rifiutato (403/1): You shall not pass. Leggi il motivo di X, cambia il messaggio e invialo di nuovo"},
		{"states", "message 7 is dead, so it cannot be sent again", "il messaggio 7 è fallito, quindi non può essere inviato di nuovo"},
		{"a date", "X's limit for this kind of call is used up until 2 January 15:04", "il limite di X per questo tipo di chiamata è esaurito (fino a: 2 gennaio 15:04)"},
		{"no date", "X's limit for this kind of call is used up until 42 January 15:04", "il limite di X per questo tipo di chiamata è esaurito (fino a: 42 January 15:04)"},
		{"in brackets", "this is not as TOML wants it (expected newline)", "questo non è come lo vuole TOML (expected newline)"},
		{
			"a list", "perch.toml has 2 mistakes:\nline 3: x.api_base is empty; take the line out.\nline 9: the name \"a\" cannot be used; take up to 32 small letters, digits and hyphens",
			"perch.toml ha 2 errori:\nriga 3: x.api_base è vuoto; togli la riga.\nriga 9: il nome \"a\" non si può usare; usa al massimo 32 lettere minuscole, cifre e trattini",
		},
		{
			"an article in a place", "these keys do not belong to the account, or its keys were reset in the X app",
			"queste chiavi non sono dell'account, oppure le sue chiavi sono state reimpostate nell'app X",
		},
		{"no article", "the address of gli.example cannot be read", "l'indirizzo di gli.example non si può leggere"},
		{"no preposition", "the folder /a/di cannot be used", "la cartella /a/di non si può usare"},
		{"other order", "write [[channel]] above it", "scrivici sopra [[channel]]"},
		{"unknown", "Hello, where is my parcel? It cost 5.50", "Hello, where is my parcel? It cost 5.50"},
		{"nothing", "", ""},
		{"signs alone", " ;:. ", " ;:. "},
		{"no UTF-8", "the file \xff cannot be read", "il file \xff non si può leggere"},
		{"a hole in it", "the file {} cannot be read", "il file {} non si può leggere"},
		{"its own translation", "il relay non è in funzione. Avvialo con: perch start", "il relay non è in funzione. Avvialo con: perch start"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := italian.Translate(tt.english); got != tt.want {
				t.Errorf("\n%q\ninstead of\n%q", got, tt.want)
			}
		})
	}
}

func TestOtherLanguagesStay(t *testing.T) {
	for _, lang := range []string{"en", "", "xx", "../it"} {
		if got := said.For(lang).Translate("the relay is not running"); got != "the relay is not running" {
			t.Errorf("%q says %q", lang, got)
		}
	}
}

// What comes from outside may be anything, and the window asks on its own thread.
func TestHostileTextsTakeNoTime(t *testing.T) {
	pieces := []string{"; ", ". ", ": ", ", ", " (", ")", " cannot be read", "the file ", "{}", " is ", "X refused it (", "\n", "a", "\x00", "\xff"}
	start := time.Now()
	for _, a := range pieces {
		for _, b := range pieces {
			text := strings.Repeat(a+b, 1+4096/len(a+b))
			said.For("it").Translate(text)
			said.For("it").Translate(text[:4000])
			said.For("it").Translate("X refused it (1): " + text[:200])
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%d texts took %v", 3*len(pieces)*len(pieces), took)
	}
}

func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 3000 { // more than are kept
				text := "the socket " + strings.Repeat("x", i%100) + string(rune('a'+i%26)) + " cannot be used"
				if got := said.For("it").Translate(text); !strings.HasPrefix(got, "il socket ") {
					t.Errorf("%q: %q", text, got)
					return
				}
			}
		})
	}
	all.Wait()
}

func FuzzTranslate(f *testing.F) {
	f.Add("Motion refused it: {}; X. Y: the file a cannot be read")
	f.Fuzz(func(t *testing.T, text string) {
		first := said.For("it").Translate(text)
		if again := said.For("it").Translate(text); again != first {
			t.Errorf("%q becomes %q, then %q", text, first, again)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	for b.Loop() {
		for i := range 200 {
			said.For("it").Translate("message " + string(rune('0'+i%10)) + " is dead, so it cannot be sent again")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		said.For("it").Translate("X refused it (403/" + strings.Repeat("1", i%50) + strings.Repeat("2", i/50%200) + "): You shall not pass. Read X's reason, change the message and send it again")
	}
}
