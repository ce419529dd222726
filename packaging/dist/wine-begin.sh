# Begins a Windows of Wine's in the folder WORK, which is removed with it.

export TMPDIR="$WORK" WINEPREFIX="$WORK/wine" WINEDEBUG=-all DISPLAY=
trap 'wineserver -k || true; wineserver -w || true; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
wineboot --init >/dev/null 2>&1
system=$WINEPREFIX/drive_c/windows/system32
[ -e "$system/bcryptprimitives.dll" ] || x86_64-w64-mingw32-gcc -shared -o "$system/bcryptprimitives.dll" packaging/dist/prng.c -ladvapi32
