#!/bin/sh
# Pictures of every page of the window, light and dark, on a display of its own and with a relay that exists in memory
# only. Usage: packaging/screenshots.sh [folder for the pictures]. Needs xvfb, openbox, xdotool and imagemagick.
# WINDOW and SERVE may name programs that are built already; SIZE, SCALE, THEMES, PAGES and LANGUAGE choose what to show.
set -eu
cd "$(dirname "$0")/.."
OUT=${1:-docs/screenshots}
WORK=$(mktemp -d /tmp/perch.XXXX) # the page of the log shows it
SIZE=${SIZE:-1180x760}
SCALE=${SCALE:-1}
THEMES=${THEMES:-light dark}
PAGES=${PAGES:-overview traffic attention limits logs settings wizard}
WINDOW=${WINDOW:-}
SERVE=${SERVE:-}
PIDS=
trap 'kill $PIDS 2>/dev/null || true; rm -rf "$WORK"' EXIT
mkdir -p "$OUT"
if [ -z "$WINDOW" ]; then
  WINDOW=$WORK/perch-window
  go build -tags gles,x11,migrated_fynedo -o "$WINDOW" .
fi
if [ -z "$SERVE" ]; then
  SERVE=$WORK/serve
  go build -o "$SERVE" ./ui/uitest/serve
fi

WIDTH=$((${SIZE%x*} * SCALE)) HEIGHT=$((${SIZE#*x} * SCALE))
Xvfb -displayfd 3 -screen 0 "${WIDTH}x${HEIGHT}x24" +extension GLX 3>"$WORK/display" 2>/dev/null & PIDS="$PIDS $!"
until [ -s "$WORK/display" ]; do sleep 0.1; done
DISPLAY=:$(cat "$WORK/display")
export DISPLAY FYNE_SCALE="$SCALE" LANG=en_US.UTF-8
mkdir -p "$WORK/config/openbox"
cat > "$WORK/config/openbox/rc.xml" <<'XML'
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*"><decor>no</decor><maximized>yes</maximized></application></applications></openbox_config>
XML
XDG_CONFIG_HOME="$WORK/config" openbox >/dev/null 2>&1 & PIDS="$PIDS $!"

# shoot NAME THEME PAGE [commands that run before the picture]
shoot() {
  home=$WORK/home; rm -rf "$home"; mkdir -p "$home"
  echo '{"no_tray":true}' >"$home/window.json" # nothing shows tray icons here, and the pictures do not say so
  stub=
  if [ -z "${ALONE:-}" ]; then # else as where Perch was never set up: no relay, no settings
    "$SERVE" -socket "$home/control.sock" 2>"$WORK/serve.log" & stub=$!; PIDS="$PIDS $stub"
    until [ -S "$home/control.sock" ]; do sleep 0.05; done
  fi
  "$WINDOW" --home "$home" --theme "$2" --section "$3" --lang "${LANGUAGE:-en}" >"$WORK/window.log" 2>&1 & window=$!; PIDS="$PIDS $window"
  xdotool search --sync --onlyvisible --name '^Perch$' >/dev/null
  sleep "${WAIT:-2.5}"
  if [ $# -gt 3 ]; then eval "$4"; sleep 1.2; fi
  import -window root "$OUT/$1.png"
  # shellcheck disable=SC2086 # there may be no stub
  kill "$window" $stub 2>/dev/null || true
  # shellcheck disable=SC2086
  wait "$window" $stub 2>/dev/null || true
}

for theme in $THEMES; do
  for page in $PAGES; do
    case $page in
      traffic)
        shoot "traffic-$theme" "$theme" traffic
        shoot "detail-$theme" "$theme" traffic "xdotool mousemove $((600 * SCALE)) $((192 * SCALE)) sleep 0.3 click 1" ;;
      wizard) ALONE=yes shoot "wizard-$theme" "$theme" wizard ;;
      *) shoot "$page-$theme" "$theme" "$page" ;;
    esac
  done
done
echo "The pictures are in $OUT."
