"""The checks of `doctor` on this machine and its data: the key, the database, libraries, limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from checkin.cli.doctor.findings import Finding, aside, missing, unless, well
from checkin.cli.doctor.lines import command, start_worker
from checkin.cli.office import Office, now, sentence_of
from checkin.db.migrate import current_revision, is_known
from checkin.domain.network.addresses import only_this_machine_understands
from checkin.errors import MarhabaError
from checkin.protocol.time_zones import time_zone
from checkin.services.badges.wallets import load_wallets
from checkin.services.common.master_key import key_fault
from checkin.services.common.readiness import database_faults, schema_fault
from checkin.services.jobs.workers import is_any_alive
from checkin.services.lifecycle.readiness import newest_known_backup
from checkin.settings import load_keys


def master_key(office: Office) -> Finding:
    """Look whether there is a key."""
    try:
        load_keys(office.settings)
    except MarhabaError as fault:
        is_there = office.settings.master_key or office.settings.key_file.exists()
        return missing(fault.detail, "" if is_there else command("init"))
    return well()


def database(office: Office) -> Finding:
    """Look whether the database answers, is of this version, and takes a write."""
    try:
        at = current_revision(office.raw_database)
    except SQLAlchemyError as fault:
        return missing(sentence_of(fault), _start_of_database(office))
    if fault_of_schema := schema_fault(at):
        is_newer = at is not None and not is_known(at)
        return missing(fault_of_schema, "" if is_newer else command("init"))
    return unless("; ".join(database_faults(office.database, office.settings.home).values()))


def _start_of_database(office: Office) -> str:
    url = make_url(office.settings.database)
    if url.get_backend_name() != "postgresql":
        return ""
    host = str(url.host or url.query.get("host", ""))
    if not host or host.startswith("/") or only_this_machine_understands(host):
        return "sudo systemctl start postgresql"
    return f"pg_isready --host {host} --port {url.port or 5432}"


def key_of_the_database(office: Office) -> Finding:
    """Look whether the database was made with this key."""
    fault = key_fault(office.database, load_keys(office.settings))
    return unless(fault, _use_the_right_key(office))


def _use_the_right_key(office: Office) -> str:
    if not office.settings.master_key:
        return f"cp /BACKUP/master.key {office.settings.key_file}"
    return "unset CHECKIN_MASTER_KEY" if office.settings.key_file.exists() else ""


def shaping(_office: Office) -> Finding:
    """Look whether Arabic letters are joined in pictures."""
    from PIL import features

    has_raqm = features.check("raqm")
    return unless("" if has_raqm else "missing", "sudo apt-get install libfribidi0")


def decoders(_office: Office) -> Finding:
    """Look whether QR codes can be read."""
    try:
        import zxingcpp  # noqa: F401 - only whether it is there
    except ImportError:
        return missing("zxing-cpp is missing", "script/setup")
    return well()


def morocco(_office: Office) -> Finding:
    """Look whether the table of time zones knows Morocco's."""
    # Morocco stays on UTC+0 for good since 20 September 2026; an old table is an hour off.
    offset = datetime(2027, 1, 15, tzinfo=time_zone("Africa/Casablanca")).utcoffset()
    return unless("the tz database is older than 2026" if offset else "", "script/setup")


def worker(office: Office) -> Finding:
    """Look whether a worker runs, for what takes long."""
    with office.database.read() as session:
        if is_any_alive(session, now()):
            return well()
    starts = f"none runs, so jobs wait; it starts with `{command('run')}`"
    return aside(starts, start_worker(office.settings.home))


#: from so old a backup on it is worth a word
_OLD_BACKUP = timedelta(hours=26)


def backup(office: Office) -> Finding:
    """Look how old the newest backup is that this server knows of."""
    with office.database.read() as session:
        made_at = newest_known_backup(session, office.settings.home)
    to_type = command("backup FILE.zip")
    if made_at is None:
        return aside("none was made yet; the worker makes one every hour", to_type)
    hours = int((now() - made_at) / timedelta(hours=1))
    said = f"the newest is {hours} h old"
    return aside(said, to_type) if now() - made_at > _OLD_BACKUP else well(said)


def limits(office: Office) -> Finding:
    """Look whether the Redis that counts tries answers."""
    url = office.settings.limits_url
    if not url:
        return aside("no Redis is set: tries are counted without one")
    from redis.exceptions import RedisError

    from checkin.services.limits.in_redis import connect_redis

    try:
        with connect_redis(url) as redis:
            redis.ping()
    except RedisError as fault:
        is_here = only_this_machine_understands(urlsplit(url).hostname or "localhost")
        return missing(
            f"CHECKIN_LIMITS_URL does not answer: each node counts alone ({fault})",
            "sudo systemctl start redis-server" if is_here else "",
        )
    return well()


def wallets(office: Office) -> Finding:
    """Look whether the keys of the wallets can be used."""
    files = office.settings.wallet_files
    if not (files.apple or files.google):
        return aside("no passes: none is set up")
    load_wallets(files, now())
    return well()
