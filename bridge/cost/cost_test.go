package cost_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/cost"
)

func TestAmountsAreReadAndWrittenExactly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "0.00", "0": "0.00", "25": "25.00", "25.5": "25.50", " 25.00 ": "25.00", "0.015": "0.015", "0.000001": "0.000001", "9999999.999999": "9999999.999999",
	} {
		m, err := cost.ParseMoney(text)
		if err != nil || m.String() != want {
			t.Errorf("%q is %s, %v; want %s", text, m, err, want)
		}
		var again cost.Money
		if data, err := json.Marshal(m); err != nil || json.Unmarshal(data, &again) != nil || again != m {
			t.Errorf("%q: %s, %v, %v", text, data, again, err)
		}
	}
	for _, text := range []string{"-1", "+1", "1,50", "$5", "1e3", "1.", ".5", "0.0000001", "12345678", "ten", "1.5.0", "0x10", "٢٥", "NaN", "1 000"} {
		if m, err := cost.ParseMoney(text); err == nil {
			t.Errorf("%q is %s", text, m)
		}
	}
	for m, want := range map[cost.Money]string{0: "0.00", 4_999: "0.00", 5_000: "0.01", 1_995_000: "2.00", -5_000: "-0.01"} {
		if m.Cents() != want {
			t.Errorf("%d is %s, want %s", m, m.Cents(), want)
		}
	}
}

func TestEveryKindHasAPrice(t *testing.T) {
	t.Parallel()
	prices := cost.Standard()
	for _, kind := range bridge.BilledKinds() {
		if prices[kind] <= 0 {
			t.Errorf("%s costs nothing", kind)
		}
	}
	prices[bridge.BilledDM] = 0
	if cost.Standard()[bridge.BilledDM] == 0 {
		t.Error("a change of one's prices is a change of the list")
	}
}

func bill(day time.Time, channel string, kind bridge.BilledKind, n int) bridge.Bill {
	return bridge.Bill{BillKey: bridge.BillKey{Day: bridge.BillDay(day), Channel: channel, Kind: kind}, N: n}
}

var november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestBillsAreSummedUpByWhatPeopleAskFor(t *testing.T) {
	t.Parallel()
	second := november.AddDate(0, 0, 1)
	bills := []bridge.Bill{
		bill(november, "support", bridge.BilledDM, 3), bill(november, "sales", bridge.BilledDM, 1), bill(second, "support", bridge.BilledLinkReply, 2),
		bill(second, "support", "of_tomorrow", 7),
	}
	prices := cost.Standard()
	tests := map[string][]cost.Line{
		cost.ByKind: {
			{Kind: "of_tomorrow", Count: 7},
			{Kind: bridge.BilledDM, Count: 4, Price: 10_000, Sum: 40_000},
			{Kind: bridge.BilledLinkReply, Count: 2, Price: 200_000, Sum: 400_000},
		},
		cost.ByDay:     {{Day: november, Count: 4, Sum: 40_000}, {Day: second, Count: 9, Sum: 400_000}},
		cost.ByChannel: {{Channel: "sales", Count: 1, Sum: 10_000}, {Channel: "support", Count: 12, Sum: 430_000}},
	}
	for by, want := range tests {
		if diff := cmp.Diff(want, cost.Lines(bills, prices, by)); diff != "" {
			t.Errorf("by %s: %s", by, diff)
		}
	}
	if sum := cost.Sum(bills, prices); sum != 440_000 {
		t.Errorf("in all %s", sum)
	}
}

func TestAMonthIsProjectedFromTheFirstDayCounted(t *testing.T) {
	t.Parallel()
	prices, month := cost.Standard(), cost.MonthOf(november)
	from := func(day, n int) []bridge.Bill {
		return []bridge.Bill{bill(november.AddDate(0, 0, day-1), "c", bridge.BilledDM, n)}
	}
	for name, tc := range map[string]struct {
		bills []bridge.Bill
		now   time.Time
		want  string
	}{
		"half of it":             {from(1, 100), november.AddDate(0, 0, 15), "2.00"},
		"since the 21st":         {from(21, 100), november.AddDate(0, 0, 25), "2.00"},
		"an hour":                {from(1, 100), november.Add(time.Hour), "0.00"},
		"over":                   {from(1, 100), november.AddDate(0, 1, 0), "0.00"},
		"nothing":                {nil, november.AddDate(0, 0, 15), "0.00"},
		"a clock that went back": {from(21, 100), november, "0.00"},
		"very much":              {from(1, 2_000_000_000), november.AddDate(0, 0, 15), "40000000.00"},
	} {
		if got := cost.Projected(tc.bills, prices, month, tc.now).String(); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestMonthsAndDaysAreThoseOfUTC(t *testing.T) {
	t.Parallel()
	rome := time.FixedZone("", 3600)
	if m := cost.MonthOf(time.Date(2026, 12, 1, 0, 30, 0, 0, rome)); m.String() != "2026-11" {
		t.Errorf("half past midnight in Rome is in %s", m)
	}
	month, err := cost.ParseMonth("2028-02")
	if first, last := month.Days(); err != nil || last-first != 28 || !month.End().Equal(time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v, %d to %d", err, first, last)
	}
	for _, text := range []string{"", "2026", "2026-13", "2026-11-01", "November", "11-2026"} {
		if _, err := cost.ParseMonth(text); err == nil {
			t.Errorf("%q is a month", text)
		}
	}
	for at, want := range map[time.Time]int64{time.Unix(0, 0): 0, time.Unix(86399, 0): 0, time.Unix(86400, 0): 1, time.Unix(-1, 0): -1, time.Unix(-86400, 0): -1} {
		if got := bridge.BillDay(at); got != want {
			t.Errorf("%v is day %d, want %d", at.UTC(), got, want)
		}
	}
}
