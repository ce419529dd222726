#!/bin/sh
# Shows the service at work under launchd: as an agent of the user who is logged in at the screen, and as a daemon of the
# whole Mac; crash, stop, start, restart, uninstall. Run it on a Mac with the path of perch; it asks for sudo. No network is
# needed. It makes a home of its own, and leaves a service of Perch alone that is there already.
set -eu
perch=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
label=io.github.perch.relay
for plist in "$HOME/Library/LaunchAgents/$label.plist" "/Library/LaunchDaemons/$label.plist"; do
  [ ! -e "$plist" ] || { echo "there is a service already: $plist"; exit 1; }
done
home=$(mktemp -d /tmp/perch.XXXX)
own() { "$perch" --home "$home" "$@"; }
root() { sudo "$perch" --home "$home" "$@"; }
end() {
  code=$?
  if [ $code != 0 ]; then
    echo FAILED
    own service status || true
    cat "$home/launchd.log" 2>/dev/null || true
    launchctl print "gui/$(id -u)/$label" 2>&1 | head -40 || true
    launchctl print "system/$label" 2>&1 | head -40 || true
  fi
  own service uninstall >/dev/null 2>&1 || true
  root service uninstall --system >/dev/null 2>&1 || true
  rm -rf "$home"
  exit $code
}
trap end EXIT
trap 'exit 130' INT TERM

await() {
  what=$1 n=0
  shift
  until "$@" >/dev/null 2>&1; do
    n=$((n + 1))
    [ $n -lt 150 ] || { echo "waited in vain: $what"; exit 1; }
    sleep 0.2
  done
}
pid() { own status --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p'; }
is_new() { p=$(pid) && [ -n "$p" ] && [ "$p" != "$old" ] && own status --json | grep -q "\"service\":\"$kind\""; }
is_down() { [ -z "$(pid)" ]; }
say() { echo "ok: $1"; }

cat >"$home/perch.toml" <<'TOML'
listen = "127.0.0.1:0"
secrets = "vault"
[reach]
mode = "webhook"
public_url = "https://perch.example.com"
[[channel]]
name = "support"
[channel.x]
api_base = "http://127.0.0.1:9"
upload_base = "http://127.0.0.1:9"
[channel.motion]
receive_url = "http://127.0.0.1:9/api/openchannel/accounts/1/notify"
user = "admin"
TOML
echo "correct horse battery" | own secret keep --passphrase-stdin >/dev/null
for key in x.consumer_key x.consumer_secret x.access_token x.access_token_secret motion.password; do
  echo "4337869213-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6" | own secret set "$key" >/dev/null
done

# back HOW COMMAND...: after the command the relay is another process.
back() {
  how=$1 began=$(date +%s)
  shift
  old=$(pid)
  "$@"
  await "back after $how" is_new
  say "$how: back after $(($(date +%s) - began)) s"
}
killed() { kill -9 "$old"; }

kind=launchd-user old=
own service install
is_new
say "install: an agent"
own service install
say "installed again"
back crash killed
back restart own restart
own stop
sleep 8 # longer than launchd waits before it starts again
is_down
say "perch stop: it stays stopped"
old=
own start
is_new
say "perch start"
mv "$home" "$home.gone"
own service status | grep "is gone"
mv "$home.gone" "$home"
if root service install --system; then exit 1; fi
say "two services on one folder are refused"
own service uninstall
is_down
say "uninstall"

kind=launchd-system old=
root service install --system
is_new
[ "$(ps -o user= -p "$(pid)" | tr -d ' ')" = "$(id -un)" ]
say "install: a daemon, as $(id -un)"
back crash killed
own stop
sleep 8
is_down
say "perch stop by the account itself: it stays stopped"
if own start 2>"$home/said"; then exit 1; fi
grep "sudo perch service start --system" "$home/said"
rm "$home/said"
root service start --system
old=
is_new
root service stop --system
sleep 8
is_down
say "stopped and started by root"
root service uninstall --system
[ -e "$home/vault.age" ]
say "uninstall: the settings are still there"
