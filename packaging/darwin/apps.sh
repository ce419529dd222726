#!/bin/sh
# Makes Perch.app (the window) and Perch Tray.app on a Mac, as one zip: packaging/darwin/apps.sh FOLDER. Both hold a perch of
# their own, since the programs look for each other beside themselves. They are not signed by a developer known to Apple.
set -eu
[ $# = 1 ] || { echo "usage: packaging/darwin/apps.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
export GOFLAGS='-buildvcs=false -trimpath' MACOSX_DEPLOYMENT_TARGET=12.0
VERSION=${VERSION:-$(sh packaging/version.sh)}
LDFLAGS="-s -w -X perch/app/version.Number=$VERSION"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
name=perch-desktop_${VERSION}_darwin_$(go env GOARCH)
folder=$WORK/$name

CGO_ENABLED=0 go build -ldflags "$LDFLAGS" -o "$WORK/perch" ./app/perch
make --no-print-directory web BIN="$WORK/page" VERSION="$VERSION"
CGO_ENABLED=1 go build -ldflags "$LDFLAGS" -o "$WORK/perch-tray" ./ui/perch-tray
CGO_ENABLED=1 go build -tags migrated_fynedo -ldflags "$LDFLAGS" -o "$WORK/perch-window" .
mkdir "$WORK/perch.iconset"
for size in 16 32 256; do cp "assets/icons/perch-$size.png" "$WORK/perch.iconset/icon_${size}x$size.png"; done
cp assets/icons/perch-32.png "$WORK/perch.iconset/icon_16x16@2x.png"
cp assets/icons/perch-64.png "$WORK/perch.iconset/icon_32x32@2x.png"
cp assets/icons/perch-256.png "$WORK/perch.iconset/icon_128x128@2x.png"
iconutil -c icns -o "$WORK/perch.icns" "$WORK/perch.iconset"

# app NAME ID PROGRAM AGENT: one folder that a Mac takes for a program. An agent has no icon in the Dock.
app() {
  contents="$folder/$1.app/Contents"
  mkdir -p "$contents/MacOS" "$contents/Resources"
  sed -e "s/@NAME@/$1/; s/@ID@/$2/; s/@PROGRAM@/$3/; s/@AGENT@/$4/; s/@NUMBER@/${VERSION%%-*}/" packaging/darwin/Info.plist >"$contents/Info.plist"
  plutil -lint "$contents/Info.plist"
  cp "$WORK/perch" "$WORK/perch-tray" "$WORK/perch-window" "$contents/MacOS/"
  cp "$WORK/perch.icns" "$WORK/page/perch-web.zip" "$contents/Resources/"
  codesign --force --deep --sign - "$folder/$1.app" # by nobody: an ARM Mac runs nothing that has no signature at all
}
app Perch io.github.perch.window perch-window false
app "Perch Tray" io.github.perch.tray perch-tray true
cp LICENSE README.md CHANGELOG.md "$folder/"
ditto -c -k --keepParent "$folder" "$OUT/$name.zip"
