#!/bin/sh
# Makes what people download: packaging/dist/run.sh FOLDER [PART...]. The parts are archives, linux and windows; without one
# all are made. The same commit, Go and Debian give the same bytes: nothing of the computer, the folder or the time gets in.
# VERSION and EPOCH (seconds since 1970) may be given where there is no Git, and WEB_QUALITY=5 for trials: the page, packed as well
# as it can be, takes minutes.
set -eu
[ $# -gt 0 ] || { echo "usage: packaging/dist/run.sh FOLDER [archives] [linux] [windows]" >&2; exit 2; }
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.."
export LC_ALL=C TZ=UTC GOFLAGS='-buildvcs=false -trimpath'
umask 022
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
GO=${GO:-go}
TOOLS=${TOOLS:-$PWD/bin/tools}
WINDOW_TAGS=${WINDOW_TAGS:-$(sed -n "s/^WINDOW_TAGS := //p" Makefile)}
VERSION=${VERSION:-$(sh packaging/version.sh)}
EPOCH=${EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH="$EPOCH"
# What all programs are linked with, and the version that they tell.
LDFLAGS="-s -w -buildid= -X perch/app/version.Number=$VERSION"

. packaging/dist/common.sh
. packaging/dist/page.sh
. packaging/dist/archives.sh
. packaging/dist/linux.sh
. packaging/dist/windows.sh

rm -f "$OUT"/perch* "$OUT/SHA256SUMS"
CGO_ENABLED=0 "$GO" build -C packaging/tools -o "$TOOLS/" tool
CGO_ENABLED=0 "$GO" run ./packaging/manual "$WORK/manual" "$VERSION" "$EPOCH"
make_page
for part in ${*:-archives linux windows}; do "make_$part"; done
(cd "$OUT" && sha256sum perch* >SHA256SUMS)
echo "Perch $VERSION is in $OUT."
