#!/bin/sh
# Runs Perch's own tests of what is different on Windows under Wine: packaging/test/wine.sh PACKAGE... It needs wine64 and
# gcc-mingw-w64-x86-64.
set -eu
cd "$(dirname "$0")/../.."
GO=${GO:-go} WORK=$(mktemp -d)
export GOFLAGS="${GOFLAGS:--buildvcs=false -trimpath}"
. packaging/dist/wine-begin.sh
# Go takes folders away by a call that Wine 8 has not (NotImplemented), and knows another for systems without it.
deletes=$("$GO" env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^\t\tSTATUS_NOT_SUPPORTED: /\t\tNTStatus(0xC0000002), STATUS_NOT_SUPPORTED: /' "$deletes" >"$WORK/at_windows.go"
printf '{"Replace": {"%s": "%s"}}' "$deletes" "$WORK/at_windows.go" >"$WORK/overlay.json"
failed=
for package; do
  rm -f "$WORK/test.exe"
  CGO_ENABLED=0 GOOS=windows GOARCH=amd64 "$GO" test -overlay "$WORK/overlay.json" -vet=off -c -o "$WORK/test.exe" "$package"
  [ -e "$WORK/test.exe" ] || continue # no tests
  if (cd "$package" && PERCH_TEST_SERVICE=1 timeout 600 wine "$WORK/test.exe" -test.short >"$WORK/out" 2>&1); then echo "ok   $package"; else
    tail -80 "$WORK/out"
    echo "FAIL $package"
    failed=1
  fi
done
[ -z "$failed" ]
