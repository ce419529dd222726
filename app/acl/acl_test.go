package acl

import (
	"slices"
	"strings"
	"testing"
)

func TestAServicesAccountHasTheNumberThatWindowsGivesIt(t *testing.T) {
	const want = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464" // as every Windows has it
	if got := Service("TrustedInstaller"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if Service("perch") != Service("Perch") {
		t.Error("the case of the letters matters")
	}
}

func TestNobodyIsTrustedForBeingHere(t *testing.T) {
	const all, anna, carl = 0x1f01ff, "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"
	got := trusted([]entry{
		{account: "S-1-5-32-545", rights: all},
		{account: "S-1-1-0", rights: all},
		{account: "S-1-5-11", rights: genericAll},
		{account: anna, rights: all},
		{account: carl, rights: readData},
		{account: carl, rights: writeData},
		{account: carl, rights: all, flags: inheritOnly},
		{account: System, rights: genericAll},
		{account: "S-1-3-4", rights: all},
	})
	if !slices.Equal(got, []string{anna, System}) {
		t.Errorf("trusted %q", got)
	}
}

func TestAFolderIsOpenWhereEverybodyMayRead(t *testing.T) {
	for _, c := range []struct {
		entry entry
		want  bool
	}{
		{entry{account: "S-1-5-32-545", rights: readData}, true},
		{entry{account: "S-1-1-0", rights: genericRead}, true},
		{entry{account: "S-1-5-11", rights: genericAll, flags: inheritOnly}, true}, // what is in it
		{entry{account: "S-1-5-32-545", rights: writeData}, false},
		{entry{account: creator, rights: genericAll}, false},
		{entry{account: owner, rights: genericAll}, false},
		{entry{account: "S-1-5-21-1-2-3-1001", rights: genericAll}, false},
	} {
		if got := isOpen([]entry{{account: System, rights: genericAll}, c.entry}); got != c.want {
			t.Errorf("%+v: %v", c.entry, got)
		}
	}
}

func TestListsNameEachOnce(t *testing.T) {
	if got := ForPipe([]string{System, Administrators, System}); got != "D:P(A;;GA;;;S-1-5-18)(A;;GA;;;S-1-5-32-544)" {
		t.Error(got)
	}
	if got := forFolder([]string{System}); got != "D:P(A;OICI;FA;;;S-1-5-18)" {
		t.Error(got)
	}
}

func TestAServiceIsStartedByPeopleOnly(t *testing.T) {
	for account, isIn := range map[string]bool{"S-1-5-21-1-2-3-1001": true, "S-1-12-1-1-2-3-4": true, System: false, Administrators: false, "S-1-1-0": false, "": false} {
		if got := ForService(account); strings.Contains(got, "RPWP;;;"+account+")") != isIn {
			t.Errorf("%q: %s", account, got)
		}
	}
}
