package daemon

import (
	"os"
	"testing"
	"time"

	"perch/app/config"
)

// After a crash the whole journal is read before the relay answers: a start that gives up first ends every relay anew, for ever.
func TestALargeJournalHasTheTimeToBeRead(t *testing.T) {
	t.Parallel()
	home, err := config.FindHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := (Options{Home: home}).patience(); got != startPatience {
		t.Errorf("without a journal: %v", got)
	}
	for _, tc := range []struct {
		size int64
		want time.Duration
	}{
		{1 << 20, startPatience}, {100 << 20, startPatience + 25*time.Second}, {20 << 30, startPatience + 5120*time.Second},
	} {
		f, err := os.Create(home.Journal())
		if err == nil {
			err = f.Truncate(tc.size) // it takes no room
		}
		if err != nil || f.Close() != nil {
			t.Fatal(err)
		}
		if got := (Options{Home: home}).patience(); got != tc.want {
			t.Errorf("%d bytes: %v, want %v", tc.size, got, tc.want)
		}
	}
}
