#!/bin/sh
# Tries the MSI under Wine: packaging/dist/wine.sh FILE VERSION. It is installed, its programs tell their version, the commands
# that need no running relay work, and its removal takes everything away. A running relay is not tried: it is spoken to by a
# Unix socket, which Windows 10 and newer have and Wine has not.
set -eu
msi=$(realpath "$1") version=$2
cd "$(dirname "$0")"
WORK=$(mktemp -d)
export TMPDIR="$WORK" WINEPREFIX="$WORK/wine" WINEDEBUG=-all DISPLAY=
trap 'wineserver -k || true; wineserver -w || true; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
failed() { echo "Under Wine: $*" >&2; exit 1; }
says() { grep -q "$1" "$WORK/out" || { cat "$WORK/out" >&2; failed "no $1"; }; }
# perch: as Windows finds it, on PATH.
perch() {
  code=0
  timeout 60 wine cmd /c perch --home 'Z:\'"$WORK/home" "$@" >"$WORK/out" 2>&1 || code=$?
}

wineboot --init >/dev/null 2>&1
system=$WINEPREFIX/drive_c/windows/system32
[ -e "$system/bcryptprimitives.dll" ] || x86_64-w64-mingw32-gcc -shared -o "$system/bcryptprimitives.dll" prng.c -ladvapi32
timeout 120 wine msiexec /i "$msi" /qn
perch version
says "perch $version"
perch init
says "Wrote "
echo hello >"$WORK/hello"
perch preflight <"$WORK/hello"
says '"valid":true'
perch status
[ $code = 3 ] || failed "status without a relay: exit $code"
says "The relay is not running"
perch doctor
says "ok    configuration"
for program in perch-tray perch-window; do
  timeout 60 wine "C:\\Program Files\\Perch\\$program.exe" --version >"$WORK/out" 2>&1
  says "$program $version"
done
find "$WINEPREFIX" -name 'Perch*.lnk' >"$WORK/out"
says Perch.lnk
timeout 120 wine msiexec /x "$msi" /qn
[ ! -e "$WINEPREFIX/drive_c/Program Files/Perch" ] || failed "the removal leaves Program Files/Perch"
[ -z "$(find "$WINEPREFIX" -name 'Perch*.lnk')" ] || failed "the removal leaves the Start menu"
[ -e "$WORK/home/perch.toml" ] || failed "the removal took the settings"
echo "The MSI is as it should be."
