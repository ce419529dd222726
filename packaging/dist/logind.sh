# What test.sh tries with the package installed and a real logind: a user's service with and without lingering, through a
# log-off and a restart of the computer; and what docs/background.md says of a service of the whole system.

say() { echo "ok: $1"; }
gone() { ! "$@"; }

# as USER COMMAND...: in a session of logind of its own, as after a login.
as() {
  user=$1
  shift
  enter systemd-run --quiet --pipe --wait --collect --uid="$user" --property=PAMName=login --setenv=PERCH_VAULT_PASSPHRASE_FILE= "$@"
}

# pid USER: the process of the user's relay, asked in no session; nothing where it does not run.
pid() { enter pgrep -x -u "$1" perch || true; }
runs() { [ -n "$(pid "$1")" ]; }
is_new() { now=$(pid "$1") && [ -n "$now" ] && [ "$now" != "$2" ]; }

# settings FOLDER LISTEN [LINES]: a channel whose X and Motion nobody plays.
settings() {
  cat >"$1/perch.toml" <<TOML
listen = "$2"
secrets = "vault"
[reach]
mode = "webhook"
${3:-public_url = \"https://perch.example.com\"}
[[channel]]
name = "support"
[channel.x]
api_base = "http://127.0.0.1:9"
upload_base = "http://127.0.0.1:9"
[channel.motion]
receive_url = "http://127.0.0.1:9/api/openchannel/accounts/1/notify"
user = "admin"
TOML
}

# keys COMMAND...: by which perch is run on a home.
keys() {
  echo "correct horse battery" | "$@" secret keep --passphrase-stdin >/dev/null
  for key in x.consumer_key x.consumer_secret x.access_token x.access_token_secret motion.password reach.cloudflared_token; do
    echo "4337869213-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6" | "$@" secret set "$key" >/dev/null
  done
}

# linger_by RESULT: what polkit says to an account that wants to linger.
linger_by() {
  echo "polkit.addRule(function(action) { if (action.id == \"org.freedesktop.login1.set-self-linger\") return polkit.Result.$1; });" \
    >"$WORK/root/etc/polkit-1/rules.d/10-linger.rules"
  chmod 644 "$WORK/root/etc/polkit-1/rules.d/10-linger.rules"
  enter systemctl restart polkit
}

lingering() {
  enter dpkg -i "$WORK"/s/new/perch_*.deb >/dev/null
  enter useradd --create-home bob
  enter mkdir -p /home/bob/.config/perch
  settings "$WORK/root/home/bob/.config/perch" 127.0.0.1:0
  enter chown -R bob: /home/bob
  keys as bob perch
  linger_by AUTH_ADMIN
  said=$(as bob perch service install)
  echo "$said" | grep -q 'sudo loginctl enable-linger bob' || { echo "$said" >&2; return 1; }
  say "an account that may not linger: $(echo "$said" | grep linger)"
  await 'gone runs bob' # with his last session
  say "logged off without lingering: the relay has ended"
  enter systemd-run --quiet --unit=session-of-bob --uid=bob --property=PAMName=login sleep infinity
  await 'runs bob'
  old=$(pid bob)
  as bob perch restart >/dev/null
  is_new bob "$old"
  as bob perch stop >/dev/null
  gone runs bob
  as bob perch start >/dev/null
  runs bob
  say "logged in: back; perch restart, stop and start go by the service"
  enter loginctl enable-linger bob
  said=$(as bob perch service install)
  old=$(pid bob)
  enter systemctl stop session-of-bob
  sleep 15 # logind ends what belongs to a user 10 s after his last session
  [ "$(pid bob)" = "$old" ]
  say "logged off with lingering: the relay goes on"
  end
  boot
  await 'runs bob'
  as bob perch service status | grep -qx '  Starts with the computer  *yes'
  say "restart of the computer: back without a login"
  as bob perch service uninstall >/dev/null
  gone runs bob
  enter loginctl disable-linger bob
  linger_by YES
  said=$(as bob perch service install)
  echo "$said" | grep -q '(lingering)' || { echo "$said" >&2; return 1; }
  sleep 15
  runs bob
  say "an account that may: $(echo "$said" | grep linger)"
  as bob perch service uninstall >/dev/null
  enter loginctl disable-linger bob
}

# advanced: what docs/background.md says beyond the usual, as it is written there.
advanced() {
  home=$WORK/root/var/lib/perch
  enter mkdir -m 700 /var/lib/perch
  settings "$home" 127.0.0.1:0
  keys enter perch --home /var/lib/perch
  enter perch service install --system --home /var/lib/perch >/dev/null
  await 'runs perch'
  settings "$home" 127.0.0.1:443
  if enter systemctl restart perch 2>/dev/null; then echo "the service listens below 1024 without a right" >&2; return 1; fi
  said=$(enter perch service status --system --home /var/lib/perch || true)
  echo "$said" | grep -q "It says: .*443" || { echo "$said" >&2; return 1; }
  enter mkdir -p /etc/systemd/system/perch.service.d
  sed -n '/^```ini$/,/^```$/p' docs/background.md | grep -v '^```' >"$WORK/root/etc/systemd/system/perch.service.d/override.conf"
  enter systemctl daemon-reload
  enter systemctl restart perch
  "$WORK/s/perch" status --json --home /var/lib/perch | grep -q '"listen":"127.0.0.1:443"'
  say "port 443 by the lines of docs/background.md; without them: $(echo "$said" | grep 'It says')"
  enter rm -r /etc/systemd/system/perch.service.d
  enter systemctl daemon-reload
  settings "$home" 127.0.0.1:0 'tunnel = "cloudflared"'
  printf '#!/bin/sh\n[ -n "$TUNNEL_TOKEN" ] && exec sleep 1000000\n' >"$WORK/root/usr/local/bin/cloudflared"
  chmod 755 "$WORK/root/usr/local/bin/cloudflared"
  enter systemctl restart perch
  await 'enter pgrep -x -u perch sleep >/dev/null'
  enter systemctl stop perch
  gone enter pgrep -x -u perch sleep
  say "a tunnel's program runs under the service's restrictions, and ends with it"
  enter perch service uninstall --system --home /var/lib/perch >/dev/null
  enter dpkg -P perch >/dev/null
}
