#!/bin/sh
# Tries the MSI under Wine: packaging/dist/wine.sh FILE VERSION. It is installed, its programs tell their version, the demo
# comes to its end, a relay and a Windows service start, answer and stop, the service is there again when the computer is, and
# the removal takes everything away but the settings. Wine starts no service anew that was killed; Windows does.
set -eu
msi=$(realpath "$1") version=$2
cd "$(dirname "$0")/../.."
WORK=$(mktemp -d)
. packaging/dist/wine-begin.sh
failed() { echo "Under Wine: $*" >&2; exit 1; }
says() { grep -aq -e "$1" "$WORK/out" || { cat "$WORK/out" >&2; failed "no $1"; }; }
HOME_FLAG='C:\ProgramData\Perch'
home=$WINEPREFIX/drive_c/ProgramData/Perch
# exits CODE: what the last perch ended with.
perch() {
  code=0
  timeout 90 wine 'C:\Program Files\Perch\perch.exe' --home "$HOME_FLAG" "$@" >"$WORK/out" 2>&1 || code=$?
}
exits() { [ "$code" = "$1" ] || { cat "$WORK/out" >&2; failed "exit $code where $1 was expected"; }; }

set_up() {
  perch init
  says "Wrote "
  sed -i 's#^secrets = .*#secrets = "vault"#; s#^receive_url = .*#receive_url = "http://127.0.0.1:9/api/openchannel/receive/x"#
    s#^user = ""#user = "perch"#; s#^listen = "127.0.0.1:300[24]"#listen = "127.0.0.1:0"#
    /^\[web\]/,$ s#^enabled = false#enabled = true#' "$home/perch.toml"
  echo "correct horse" >"$WORK/phrase"
  perch secret keep --passphrase-stdin <"$WORK/phrase"
  exits 0
  for key in x.consumer_key x.consumer_secret x.access_token x.access_token_secret motion.password; do
    printf 'secret-of-a-test' >"$WORK/secret"
    perch secret set --channel support $key <"$WORK/secret"
    exits 0
  done
}

# commands: what needs no relay.
commands() {
  timeout 90 wine cmd /c perch version >"$WORK/out" 2>&1 # as Windows finds it, on PATH
  says "perch $version"
  echo hello >"$WORK/hello"
  perch preflight <"$WORK/hello"
  says '"valid":true'
  perch status
  exits 3
  says "The relay is not running"
}

# page: perch finds the page for browsers beside itself. It is served a moment after the relay is there.
page() {
  for _ in 1 2 3 4 5; do
    perch web --no-open
    [ "$code" != 0 ] || break
    sleep 1
  done
  exits 0
  says "It lets one browser in"
}

relay() {
  mv "$home/vault-passphrase" "$WORK/kept"
  perch service install
  exits 1
  says "nobody is there to type its passphrase; let Perch keep it: .*secret keep"
  perch start
  exits 4
  mv "$WORK/kept" "$home/vault-passphrase"
  perch start
  exits 0
  perch doctor
  says "ok    configuration"
  perch status
  exits 0
  says "listens on 127.0.0.1"
  page
  perch service install
  exits 1
  says "a relay runs already that was started by itself"
  perch stop
  exits 0
  says "The relay has stopped"
  [ ! -e "$home/control.sock" ] || failed "the relay left its pipe's name"
}

service() {
  perch service install
  exits 0
  says "Made the Windows service Perch"
  perch service install
  exits 0
  says "was installed already"
  perch status --json
  says '"service":"windows"'
  perch restart
  exits 0
  perch stop
  exits 0
  perch service status
  exits 3
  HOME_FLAG='C:\elsewhere' perch service install
  exits 1
  perch start
  exits 0
  says "running as a service"
  perch service status --json
  says '"kind":"windows".*"enabled":true,"running":true'
  wine taskkill /f /pid "$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$WORK/out")" >/dev/null 2>&1
  perch service status
  exits 3
  says "it is tried again by itself"
  perch start
  exits 0
  power_off
  power_on
  for _ in $(seq 30); do
    perch status --json
    [ $code = 3 ] || break
    sleep 0.5
  done
  exits 0
  says '"service":"windows"'
  mv "$home/vault-passphrase" "$WORK/kept"
  perch restart
  exits 1
  perch service start
  exits 1
  says "the vault of secrets needs its passphrase"
  perch service status
  says "It says: .*needs its passphrase"
  mv "$WORK/kept" "$home/vault-passphrase"
  perch service start
  exits 0
  perch stop
  mv "$home" "$home.away"
  perch service start
  exits 1
  says "that the service works on is gone; bring it back"
  mv "$home.away" "$home"
  perch service uninstall
  exits 0
  perch service uninstall
  exits 1
  says "there is no service Perch"
  wine sc query Perch >/dev/null 2>&1 && failed "Windows still has the service"
  [ -e "$home/vault.age" ] || failed "the removal of the service took the secrets"
}

timeout 120 wine msiexec /i "$msi" /qn
perch demo --headless
exits 0
says "Nothing lost, nothing sent twice"
set_up
commands
relay
service
for program in perch-tray perch-window; do
  timeout 60 wine "C:\\Program Files\\Perch\\$program.exe" --version >"$WORK/out" 2>&1
  says "$program $version"
done
find "$WINEPREFIX" -name 'Perch*.lnk' >"$WORK/out"
says Perch.lnk
# With the property, the MSI makes the service; its removal takes the service along.
timeout 120 wine msiexec /x "$msi" /qn
timeout 120 wine msiexec /i "$msi" /qn 'SERVICEHOME=C:\ProgramData\Perch'
perch status --json
says '"service":"windows"'
timeout 120 wine msiexec /x "$msi" /qn
wine sc query Perch >/dev/null 2>&1 && failed "the removal leaves the service"
[ ! -e "$WINEPREFIX/drive_c/Program Files/Perch" ] || failed "the removal leaves Program Files/Perch"
[ -z "$(find "$WINEPREFIX" -name 'Perch*.lnk')" ] || failed "the removal leaves the Start menu"
[ -e "$home/perch.toml" ] || failed "the removal took the settings"
echo "The MSI is as it should be."
