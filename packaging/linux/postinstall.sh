#!/bin/sh
# After an installation or an upgrade, deb and rpm. It makes no account and starts nothing that does not run already:
# that is "perch service install". A relay that systemd runs takes over the new version.
set -e
case "${1:-}" in
  configure) before=${2:-} ;; # Debian: the version before, or nothing
  1) before= ;;               # rpm: how many versions are installed
  [2-9]*) before=yes ;;
  *) exit 0 ;;
esac
[ -d /run/systemd/system ] || exit 0

# users ACTION...: systemctl for everybody whose user manager runs. One that does not answer holds nothing up: there the
# new version starts with the next login.
users() {
  systemctl list-units --plain --no-legend --state=active 'user@*.service' | while read -r unit _; do
    uid=${unit#user@}
    timeout 60 systemctl --user --machine="${uid%.service}@.host" "$@" 2>/dev/null || true
  done
}

systemctl daemon-reload || true
users daemon-reload
if [ -n "$before" ]; then
  # A large journal may take its time; the restart goes on without this.
  timeout 100 systemctl try-restart perch.service || echo "Perch has not started again so far. What is wrong: systemctl status perch" >&2
  users --no-block try-restart perch.service
fi
exit 0
