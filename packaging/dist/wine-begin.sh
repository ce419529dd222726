# Begins a Windows of Wine's in the folder WORK; both end with the script. It stays up while the script runs: Wine shuts
# down when no program runs any more, services do not count.

export TMPDIR="$WORK" WINEPREFIX="$WORK/wine" WINEDEBUG=-all DISPLAY=
trap 'wineserver -k || true; wineserver -w || true; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
wineboot --init >/dev/null 2>&1
wineserver -w # one manager of services at a time
system=$WINEPREFIX/drive_c/windows/system32
[ -e "$system/bcryptprimitives.dll" ] || x86_64-w64-mingw32-gcc -shared -o "$system/bcryptprimitives.dll" packaging/dist/prng.c -ladvapi32
mkfifo "$WORK/stay"

# power_on starts the computer; power_off is as if somebody pulled the plug.
power_on() { wine cmd <>"$WORK/stay" >/dev/null 2>&1 & }
power_off() { wineserver -k && wineserver -w; }
power_on
