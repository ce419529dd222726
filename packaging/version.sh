#!/bin/sh
# Prints the version of what is built here: the number in FyneApp.toml alone on its own tag (v0.1.0), else with the commit.
set -eu
cd "$(dirname "$0")/.."
number=$(sed -n 's/^Version = "\(.*\)"/\1/p' FyneApp.toml)
commit=$(git describe --always --dirty=.dirty --exclude '*' 2>/dev/null || true)
if [ -z "$commit" ]; then echo "$number-dev"; exit; fi
case $commit in
  *.dirty) ;;
  *) if git tag --points-at HEAD | grep -qx "v$number"; then echo "$number"; exit; fi ;;
esac
echo "$number-dev+$commit"
