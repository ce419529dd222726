#!/bin/sh
# After the program is gone, deb and rpm. The data stay; only Debian's "purge" takes those of the system's service, and
# never what is in anybody's home.
set -e
if [ "${1:-}" = purge ]; then rm -rf /etc/perch /var/lib/perch; fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
exit 0
