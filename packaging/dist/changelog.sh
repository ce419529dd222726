#!/bin/sh
# Prints the newest part of CHANGELOG.md in Debian's form: changelog.sh PACKAGE, with PACKAGE_VERSION, MAINTAINER and
# SOURCE_DATE_EPOCH in the environment.
set -eu
cd "$(dirname "$0")/../.."
printf '%s (%s) unstable; urgency=medium\n\n' "$1" "$PACKAGE_VERSION"
awk '/^## / {part++} part == 1 && /^- /' CHANGELOG.md | sed 's/^- //; s/[*`]//g' | while read -r line; do
  echo "$line" | fold -s -w 74 | sed '1s/^/  * /; 2,$s/^/    /; s/ *$//'
done
printf '\n -- %s  %s\n' "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
