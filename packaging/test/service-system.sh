#!/bin/sh
# Shows the service of the whole system at work: install, crash, hang, the rights that it has, uninstall. Run it as root with
# the path of perch. It boots a systemd in namespaces of its own, on a copy of this computer's files that is thrown away:
# nothing outside sees it, no account is made here. It needs systemd, util-linux and a kernel with overlayfs; no network.
set -eu
if [ "${1:-}" != inside ]; then
  perch=$(realpath "${1:-bin/perch}")
  work=$(mktemp -d)
  groups=perch-test-$$
  mkdir "$work/share" "$work/over"
  chmod 755 "$work" "$work/share"
  cp "$perch" "$work/share/perch"
  cp "$0" "$work/share/test.sh"
  cat > "$work/boot.sh" <<'BOOT'
set -e
work=$1 groups=$2 root=$1/over/root
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$work/over"
mkdir "$work/over/up" "$work/over/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/up,workdir=$work/over/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -o remount,ro,bind "$root/sys"
for h in systemd unified .; do
  [ ! -e "/sys/fs/cgroup/$h/$groups/cgroup.procs" ] || mount --bind "/sys/fs/cgroup/$h/$groups" "$root/sys/fs/cgroup/$h"
done
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/old" "$root/perch-test"
mount --bind "$work/share" "$root/perch-test"
# Only what Perch needs is started.
rm -rf "$root"/lib/systemd/system/*.wants "$root"/etc/systemd/system/*.wants "$root/var/lib/perch" "$root/etc/perch"
cd "$root"
pivot_root . old
umount -l /old
mount --make-rshared /
exec env -i "PATH=$PATH" container=other /lib/systemd/systemd --system --log-target=console --unit=multi-user.target
BOOT
  # shellcheck disable=SC2016
  unshare -m sh -c '
    for h in systemd unified .; do
      [ -e "/sys/fs/cgroup/$h/cgroup.procs" ] || continue
      mkdir -p "/sys/fs/cgroup/$h/$1" && echo $$ > "/sys/fs/cgroup/$h/$1/cgroup.procs" || exit 1
    done
    exec unshare -C unshare -m -p -f --kill-child sh "$0/boot.sh" "$0" "$1"' "$work" "$groups" >"$work/log" 2>&1 </dev/null &
  outer=$!
  end() {
    code=$?
    kill -9 "$outer" 2>/dev/null || true
    wait "$outer" 2>/dev/null || true
    [ $code = 0 ] || { echo FAILED; tail -20 "$work/log"; }
    sleep 1
    for h in systemd unified .; do
      [ ! -d "/sys/fs/cgroup/$h/$groups" ] || find "/sys/fs/cgroup/$h/$groups" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
    rm -rf "$work"
    exit $code
  }
  trap end EXIT
  trap 'exit 130' INT TERM
  n=0 init=
  until init=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null | tr -d ' ') && [ -n "$init" ] && grep -q '^systemd$' "/proc/$init/comm"; do
    n=$((n + 1))
    [ $n -lt 100 ] || { echo "systemd does not boot here"; exit 1; }
    sleep 0.2
  done
  nsenter -t "$init" -m -p -C env -i "PATH=$PATH" HOME=/root sh /perch-test/test.sh inside
  exit
fi

cd /
say() { echo "ok: $1"; }
pid() { systemctl show perch --property=MainPID --value; }
await() {
  what=$1 n=0
  shift
  until "$@" >/dev/null 2>&1; do
    n=$((n + 1))
    [ $n -lt 600 ] || { echo "waited in vain: $what"; systemctl status perch --no-pager || true; exit 1; }
    sleep 0.2
  done
}
is_new() { p=$(pid); [ "$p" != 0 ] && [ "$p" != "$old" ] && own status --json | grep -q "\"pid\":$p,.*\"service\":\"systemd-system\""; }
own() { perch --home /var/lib/perch "$@"; }
await "systemd runs" systemctl is-system-running
install -m 755 /perch-test/perch /usr/bin/perch
if perch service install --system 2>/tmp/said; then exit 1; fi
grep -q "not set up yet" /tmp/said
mkdir -m 700 /var/lib/perch
cat > /var/lib/perch/perch.toml <<'TOML'
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
echo "correct horse battery" > /tmp/phrase
for key in x.consumer_key x.consumer_secret x.access_token x.access_token_secret motion.password; do
  echo "4337869213-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6" | PERCH_VAULT_PASSPHRASE_FILE=/tmp/phrase own secret set "$key" >/dev/null
done
if perch service install --system --passphrase-stdin < /tmp/phrase 2>/tmp/said; then exit 1; fi
grep -q "does not belong to the account perch" /tmp/said
[ ! -e /etc/perch ] && [ ! -e /etc/systemd/system/perch.service ]
say "what is missing is said, and nothing is changed"
perch service install --system --home /var/lib/perch --passphrase-stdin < /tmp/phrase
rm /tmp/phrase
old=0
await "the relay runs" is_new
[ "$(stat -c %U "/proc/$(pid)")" = perch ]
say "runs as perch, the vault opened by the credential"
systemd-analyze security perch --no-pager | tail -1
old=$(pid)
kill -9 "$old"
await "back after kill -9" is_new
say "crash: back"
mkdir -p /etc/systemd/system/perch.service.d
printf '[Service]\nWatchdogSec=6s\nTimeoutAbortSec=2s\n' > /etc/systemd/system/perch.service.d/test.conf
systemctl daemon-reload
old=$(pid)
own restart
is_new
old=$(pid)
kill -STOP "$old"
await "back after a hang" is_new
say "hang: back"
setpriv --reuid=perch --regid=perch --clear-groups perch --home /var/lib/perch stop
sleep 8
[ "$(pid)" = 0 ]
say "perch stop by the account itself: it stays stopped"
if setpriv --reuid=perch --regid=perch --clear-groups perch --home /var/lib/perch start 2>/tmp/said; then exit 1; fi
grep -q "sudo systemctl start perch" /tmp/said
say "without rights: the sentence with what to type"
own start
perch service uninstall --system
[ ! -e /etc/systemd/system/perch.service ] && [ -e /var/lib/perch/vault.age ]
say "uninstall: the settings are still there"
