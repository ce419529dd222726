#!/bin/sh
# Shows that the service comes back: after a crash, a hang and a restart, and that it stays stopped when it was stopped.
# Run it as root with the path of perch. It has a systemd of its own (the manager of a user), whose files, message bus and
# control groups nobody else sees, so that it may run anywhere that systemd and util-linux are installed. No network is needed.
set -eu
perch=$(realpath "${1:-bin/perch}")
work=$(mktemp -d)
groups=perch-test-$$
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" PERCH_HOME= XDG_CONFIG_HOME= XDG_STATE_HOME=
unset PERCH_HOME XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS
mkdir -m 700 "$HOME" "$XDG_RUNTIME_DIR"
manager=

# boot starts systemd, which starts what is enabled.
boot() {
  unshare -m -C sh -c '
    for h in systemd unified .; do
      [ -e "/sys/fs/cgroup/$h/cgroup.procs" ] || continue
      mkdir -p "/sys/fs/cgroup/$h/$0" && echo $$ > "/sys/fs/cgroup/$h/$0/cgroup.procs" || exit 1
    done
    exec unshare -C "$@"' "$groups" sh -c '
    mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 1
    for h in systemd unified .; do
      [ -e "/sys/fs/cgroup/$h/$0/cgroup.procs" ] && mount --bind "/sys/fs/cgroup/$h/$0" "/sys/fs/cgroup/$h"
    done
    exec systemd --user --log-target=console --unit=default.target' "$groups" >"$work/systemd.log" 2>&1 </dev/null &
  manager=$!
  await "systemd runs" systemctl --user show --property=Version
}

# shutdown ends systemd with all that it started, as a computer does that goes down.
shutdown() {
  [ -n "$manager" ] || return 0
  systemctl --user stop perch 2>/dev/null || true
  kill -9 "$manager" 2>/dev/null || true
  wait "$manager" 2>/dev/null || true
  manager=
  rm -rf "$XDG_RUNTIME_DIR"/systemd "$XDG_RUNTIME_DIR"/bus
}

# powercut ends everything at once and unasked.
powercut() {
  kill -9 "$manager" "$(pid)"
  wait "$manager" 2>/dev/null || true
  manager=
  rm -rf "$XDG_RUNTIME_DIR"/systemd "$XDG_RUNTIME_DIR"/bus
}

end() {
  code=$?
  [ $code = 0 ] || { echo "FAILED"; tail -20 "$work/systemd.log" 2>/dev/null || true; systemctl --user status perch --no-pager 2>/dev/null || true; }
  shutdown
  for h in systemd unified .; do
    [ -d "/sys/fs/cgroup/$h/$groups" ] && find "/sys/fs/cgroup/$h/$groups" -depth -type d -exec rmdir {} \; 2>/dev/null
  done
  rm -rf "$work"
  exit $code
}
trap end EXIT
trap 'exit 130' INT TERM

await() {
  what=$1 n=0
  shift
  until "$@" >/dev/null 2>&1; do
    n=$((n + 1))
    [ $n -lt 600 ] || { echo "waited in vain: $what"; exit 1; }
    sleep 0.2
  done
}
pid() { systemctl --user show perch --property=MainPID --value; }
is_new() { p=$(pid); [ "$p" != 0 ] && [ "$p" != "$old" ] && "$perch" status --json | grep -q "\"pid\":$p,.*\"service\":\"systemd-user\""; }
is_down() { [ "$(pid)" = 0 ]; }
say() { echo "ok: $1"; }

mkdir -p "$HOME/.config/perch"
cat > "$HOME/.config/perch/perch.toml" <<'TOML'
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
echo "correct horse battery" | "$perch" secret keep --passphrase-stdin >/dev/null
for key in x.consumer_key x.consumer_secret x.access_token x.access_token_secret motion.password; do
  echo "4337869213-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6" | "$perch" secret set "$key" >/dev/null
done

boot
"$perch" service install
old=0
await "the relay runs" is_new
say "install: runs as process $(pid), \"$(systemctl --user show perch --property=StatusText --value)\""
[ -e "$HOME/.config/systemd/user/default.target.wants/perch.service" ]

old=$(pid) began=$(date +%s)
kill -9 "$old"
await "back after kill -9" is_new
say "crash: back after $(($(date +%s) - began)) s"

# The watchdog of the test is shorter than the one that people get.
mkdir -p "$HOME/.config/systemd/user/perch.service.d"
printf '[Service]\nWatchdogSec=6s\nTimeoutAbortSec=2s\n' > "$HOME/.config/systemd/user/perch.service.d/test.conf"
systemctl --user daemon-reload
old=$(pid)
"$perch" restart
is_new
say "perch restart: another process, still the service"
old=$(pid) began=$(date +%s)
sleep 10
[ "$(pid)" = "$old" ]
say "no hang: the watchdog leaves a relay alone that is well"
kill -STOP "$old"
await "back after a hang" is_new
say "hang: back after $(($(date +%s) - began - 10)) s (watchdog of 6 s)"

systemctl --user reload perch
old=0
await "the relay runs after a reload" is_new
say "reload"

"$perch" stop
sleep 8
is_down
say "perch stop: it stays stopped"
code=0
"$perch" service status >/dev/null || code=$?
[ $code = 3 ]
"$perch" start
is_new
say "perch start: started the service"

old=$(pid)
powercut
boot
await "back after a power cut" is_new
say "power cut and restart of the computer: back by itself"
old=$(pid)
shutdown
boot
await "back after a restart" is_new
say "restart of the computer: back by itself"

"$perch" stop >/dev/null
mv "$HOME/.config/perch" "$HOME/.config/gone"
if "$perch" service start 2>"$work/said"; then exit 1; fi
grep -q "is gone; bring it back" "$work/said"
sleep 12
tries=$(systemctl --user show perch --property=NRestarts --value)
[ "$tries" -le 4 ]
mv "$HOME/.config/gone" "$HOME/.config/perch"
old=0
await "back when the folder is" is_new
say "a folder that is gone: $tries tries in 12 s, a sentence, and back when the folder is"

"$perch" service uninstall
is_down
[ ! -e "$HOME/.config/systemd/user/perch.service" ] && [ -e "$HOME/.config/perch/vault.age" ]
say "uninstall: the settings are still there"
