# The steps of `deploy/install` and `deploy/update`, which read this file.
# shellcheck shell=sh

checkout=$(cd "$(dirname "$0")/.." && pwd)
here=$checkout/deploy
# where everything of Marhaba is on a server: the units and the command say it, too
home=/srv/marhaba
node=http://127.0.0.1:8000

say() { printf '==> %s\n' "$*"; }

refuse() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

must_be_root() {
  [ "$(id -u)" -eq 0 ] || refuse "it changes the system: run it as root, or with sudo"
}

systemd_runs() { [ -d /run/systemd/system ]; }

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

as_marhaba() { (cd "$home" && runuser -u marhaba -- "$@"); }

# A purge overwrites PostgreSQL's write-ahead log, which an ordinary role may not (docs/adr/0028-purged-files.md).
allow_to_overwrite_the_log() {
  as_postgres psql -qX -v ON_ERROR_STOP=1 -d marhaba -c 'GRANT pg_checkpoint, pg_monitor TO marhaba' \
    -c 'GRANT EXECUTE ON FUNCTION pg_switch_wal() TO marhaba'
}

# What the checkout and this system's Python make is told by a digest: the same is not made twice.
digest() {
  (cd "$checkout" && python3 --version &&
    find pyproject.toml setup.py MANIFEST.in requirements.txt sbom.cdx.json deploy checkin scanner badges templates \
      -type f ! -name '*.pyc' ! -name '*.mo' -exec sha256sum {} + | LC_ALL=C sort) | sha256sum | cut -c1-12
}

# Sets `release` to a folder with the environment of this checkout.
make_release() {
  release=$home/releases/$(digest)
  [ ! -e "$release/complete" ] || return 0
  say "the program and the packages that it needs, by their hashes (a minute or two): $release"
  rm -rf "$release"
  (umask 022 && mkdir -p "$release" && "$here/environment" "$release" && touch "$release/complete")
}

# Makes the units use `release`, and forgets others.
use_release() {
  ln -sfn "$release" "$home/.venv"
  for other in "$home"/releases/*; do
    [ "$other" = "$release" ] || rm -rf "$other"
  done
}

install_units() {
  install -m 644 "$here/marhaba.service" "$here/marhaba-worker.service" /etc/systemd/system/
  install -m 755 "$here/marhaba" /usr/local/bin/marhaba
  ! systemd_runs || systemctl daemon-reload
}

start_units() {
  if systemd_runs; then
    systemctl enable --quiet marhaba marhaba-worker
    systemctl restart marhaba marhaba-worker
    wait_until_ready
    return
  fi
  say "systemd does not run here, so nothing was started. What the units start, as marhaba in $home:"
  sed -n 's/^ExecStart=/      /p' "$here/marhaba.service" "$here/marhaba-worker.service"
}

is_ready() {
  python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=3)' "$node/readyz" 2>/dev/null
}

wait_until_ready() {
  say "waiting until the server can take scans"
  for _ in $(seq 60); do
    ! is_ready || return 0
    sleep 1
  done
  refuse "the server is not ready after a minute: journalctl -u marhaba says why"
}
