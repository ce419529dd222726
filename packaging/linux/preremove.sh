#!/bin/sh
# Before the program goes, deb and rpm: relays that systemd runs end in order. Nothing is done on an upgrade.
set -e
case "${1:-}" in
  remove | 0) ;;
  *) exit 0 ;;
esac
[ -d /run/systemd/system ] || exit 0
systemctl --no-reload disable --now perch.service 2>/dev/null || true
systemctl list-units --plain --no-legend --state=active 'user@*.service' | while read -r unit _; do
  uid=${unit#user@}
  timeout 60 systemctl --user --machine="${uid%.service}@.host" stop perch.service 2>/dev/null || true
done
exit 0
