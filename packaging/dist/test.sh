#!/bin/sh
# Tries what people download: packaging/dist/test.sh [PART...]. The parts are same (two runs give the same bytes), lint,
# install (deb and rpm in a clean Debian that runs systemd: first message, upgrade with a running relay and a full journal,
# removal, purge) and windows (the MSI under Wine); without one all are tried. It needs root, for the clean Debian, and leaves
# nothing behind.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "The packages are tried in a Debian of their own, and only root can make one: sudo make test-dist" >&2; exit 1; }
export GOFLAGS='-buildvcs=false -trimpath'
WORK=$(mktemp -d "${TMPDIR:-/tmp}/d.XXXX") # short: sockets have their names in it
VERSION=$(sh packaging/version.sh)
EPOCH=$(git log -1 --format=%ct)
GROUP=
trap 'end; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
mkdir "$WORK/s" # what the clean Debian shares

# end ends the clean Debian with all that runs in it.
end() {
  [ -n "$GROUP" ] || return 0
  echo 1 >"$GROUP/cgroup.kill"
  wait
  until find "$GROUP" -depth -type d -exec rmdir {} + 2>/dev/null; do sleep 0.1; done
  GROUP=
}

# tell NAME COMMAND...: the parts, with what each took.
tell() { began=$(date +%s); "$@"; echo "== test-dist $1: $(($(date +%s) - began)) s"; }

# made_of FOLDER OUT [PART...]: what run.sh makes of the source in a folder.
made_of() {
  source=$1
  shift
  VERSION=$VERSION EPOCH=$EPOCH WEB_QUALITY=5 sh "$source/packaging/dist/run.sh" "$@" >/dev/null
}

# same: the second time it is made of a copy elsewhere.
same() {
  made_of . "$WORK/once"
  mkdir "$WORK/copy"
  git ls-files -z | xargs -0 cp --parents -t "$WORK/copy"
  made_of "$WORK/copy" "$WORK/again"
  diff -r "$WORK/once" "$WORK/again"
  rm -rf "$WORK/again" "$WORK/copy"
}

made() { [ -d "$WORK/once" ] || made_of . "$WORK/once" linux; }

windows() {
  [ -e "$(echo "$WORK"/once/*.msi)" ] || made_of . "$WORK/once" windows
  sh packaging/dist/wine.sh "$WORK"/once/*.msi "$VERSION"
}

# lint: lintian's warnings are shown and do no harm, its errors do.
lint() {
  made
  TMPDIR=$WORK lintian --allow-root --fail-on error "$WORK"/once/*.deb
  for deb in "$WORK"/once/*_amd64.deb; do dpkg-deb -x "$deb" "$WORK/files"; done
  desktop-file-validate "$WORK"/files/usr/share/applications/*.desktop "$WORK"/files/etc/xdg/autostart/*.desktop
  bin/tools/actionlint
  MANWIDTH=80 MANROFFSEQ='' man --warnings -E UTF-8 -l "$WORK"/files/usr/share/man/man1/perch.1.gz >/dev/null
}

# install: the commit before is what one upgrades from; its packages are made here.
install() {
  made
  mkdir "$WORK/s/new" "$WORK/s/old" "$WORK/before"
  cp "$WORK"/once/*amd64.deb "$WORK"/once/*x86_64.rpm "$WORK/s/new/"
  before
  cp "$WORK"/old/*amd64.deb "$WORK"/old/*x86_64.rpm "$WORK/s/old/"
  mmdebstrap --quiet --variant=minbase bookworm "$WORK/root" \
    --include=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,polkitd,ca-certificates,procps,rpm
  boot
  enter() { "$WORK/s/enter" "$@"; }
  TMPDIR=$WORK/s PERCH_DIST=$WORK/s PERCH_TEST_PROGRAM=$WORK/s/perch \
    CGO_ENABLED=0 go test -vet=off -tags dist -count=1 -timeout 10m -run Installed -v ./app/e2e
  lingering
  advanced
  window
  end
}

# window: apt installs what perch-desktop names, and that is enough for a window on a screen.
window() {
  cp -L /etc/resolv.conf "$WORK/s/resolv.conf"
  enter cp "$WORK/s/resolv.conf" /etc/resolv.conf
  enter sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends '$WORK'/s/new/*.deb" >"$WORK/apt.log" 2>&1 ||
    { cat "$WORK/apt.log" >&2; return 1; }
  XDG_RUNTIME_DIR=/run enter systemd-analyze verify --user /usr/lib/systemd/user/perch.service
  Xvfb -displayfd 3 -screen 0 1200x800x24 3>"$WORK/display" 2>/dev/null &
  screen=$!
  await '[ -s "$WORK/display" ]'
  DISPLAY=:$(cat "$WORK/display")
  export DISPLAY
  enter perch-tray --version
  enter perch-window --home /root/perch >"$WORK/window.log" 2>&1 &
  await 'xdotool search --onlyvisible --name "^Perch$" >/dev/null 2>&1' || { cat "$WORK/window.log" >&2; return 1; }
  enter pkill -x perch-window
  kill "$screen"
  wait "$screen" || true
}

# before makes the packages of perch as the commit before has them, under a number that any upgrade is newer than. A commit
# that makes no packages has this one's stand in for it.
before() {
  if git cat-file -e HEAD~1:packaging/dist/linux.sh 2>/dev/null; then git archive HEAD~1 | tar -x -C "$WORK/before"; else
    git ls-files -z | xargs -0 cp --parents -t "$WORK/before"; fi
  VERSION=0.0.9 EPOCH=$EPOCH WEB_QUALITY=5 ARCHES=amd64 PACKAGES=perch TOOLS=$PWD/bin/tools \
    sh "$WORK/before/packaging/dist/run.sh" "$WORK/old" linux >/dev/null
}

# boot starts the clean Debian. What is run inside by "enter" sees the same processes, files and units as its systemd; the
# "perch" beside it is the installed one, as the owner of the home that is its last argument.
boot() {
  base=/sys/fs/cgroup
  [ -e $base/cgroup.controllers ] || base=/sys/fs/cgroup/unified
  GROUP=$base/perch-dist.$$
  mkdir "$GROUP"
  sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare --mount --pid --fork --uts --ipc --cgroup --propagation private \
    --kill-child sh packaging/dist/boot.sh "$2" "$3"' sh "$GROUP" "$WORK/root" "$WORK/s" >"$WORK/boot.log" 2>&1 </dev/null &
  first=
  await 'first=$(pgrep -P $! -x systemd)'
  cat >"$WORK/s/enter" <<END
#!/bin/sh
exec nsenter -t $first -m -p -u -i -C -w "\$@"
END
  cat >"$WORK/s/perch" <<END
#!/bin/sh
for home; do :; done
owner=\$("$WORK/s/enter" stat -c '--reuid=%u --regid=%g' "\$home")
exec "$WORK/s/enter" setpriv \$owner --clear-groups perch "\$@"
END
  chmod 755 "$WORK/s/enter" "$WORK/s/perch"
  await '"$WORK/s/enter" systemctl is-system-running --wait 2>/dev/null | grep -qx -e running -e degraded'
}

# await CONDITION: at most half a minute.
await() {
  for _ in $(seq 300); do
    if eval "$1"; then return; fi
    sleep 0.1
  done
  cat "$WORK/boot.log" >&2
  return 1
}

. packaging/dist/logind.sh
parts=${*:-same lint install windows}
needed="mmdebstrap lintian desktop-file-utils man-db procps xvfb xdotool"
case $parts in *windows*) needed="$needed wine64 wine gcc-mingw-w64-x86-64 msitools" ;; esac
missing=
for p in $needed; do dpkg -s "$p" >/dev/null 2>&1 || missing="$missing $p"; done
if [ -n "$missing" ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; fi
for part in $parts; do tell "$part"; done
echo "The packages are as they should be."
