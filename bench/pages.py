"""What every page costs at 100,000 people: `python -m bench.pages`.

    python -m bench.pages [--people 100000] [--store sqlite|postgresql] [--keep FOLDER]
                          [--only TEXT]

Each page of an event that an organiser, or the coordinator of its largest delegation, may open is
asked for in this process, and the CPU time of its answer, with that of the database, is divided by
the limit. With `--keep` the event is built once, and used again by the next run.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.routing import Rule

from bench.setup.figures import Progress, Table, shown
from bench.setup.processes import cpu_s
from bench.setup.stores import Store, postgresql_store, sqlite_store
from bench.setup.venue import Venue, open_venue
from bench.status import admit_many
from checkin.app import create_app
from checkin.db.engine import Database, in_transaction
from checkin.db.models import (
    Bus,
    Delegation,
    Event,
    Message,
    MessageState,
    Participant,
    Role,
)
from checkin.services.accounts.operators import add_operator
from checkin.settings import Settings
from checkin.web.site.permissions import permissions_of

LIMIT_MS = 300.0
_ASKED = 3
_PASSWORD = "une phrase facile"
#: these go on until whoever listens leaves
_STREAMS = {"board.live", "flagged.live"}
#: of an event whose participants are many, what else is asked of a page: its address's end
_FURTHER = {
    "participants.index": (
        "?page=900",
        "?q=Amina",
        "?q=ben",
        "?q=%2B21266",
        "?q=participant5%40example.org",
        "?status=confirmed&arrived=no",
        "?delivered=unreached&sort=delegation",
        "?sort=arrived&order=down",
        "?category={category}&arrived=yes&sort=number&order=down",
        "?flagged=yes",
        "?bus=none&q=Amina",
    ),
    "delegations.show": ("?q=Amina", "?page=500"),
    "delivery.index": ("?state=all", "?state=all&page=400", "?state=sent&printed=no"),
    "delegation_badges.show": ("?show=all", "?show=all&page=400"),
    "delegations.arrivals": ("?show=arrived", "?page=100"),
    "activity_log.show": ("?page=20",),
}


@dataclass(frozen=True)
class Asked:
    """One address, who asks for it, and what its answer took."""

    role: str
    address: str
    status: int
    size: int
    cpu_ms: float


def main() -> None:
    arguments = _arguments()
    with ExitStack() as stack:
        kept = arguments.keep
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marhaba-")))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        opened = {"sqlite": sqlite_store, "postgresql": postgresql_store}[arguments.store]
        store = stack.enter_context(opened(folder / arguments.store))
        venue = _venue(store, arguments.people)
        app = create_app(Settings(home=venue.home, database_url=venue.url))
        app.testing = True
        asked = list(_measured(app, venue, store, arguments.only))
    asked.sort(key=lambda one: -one.cpu_ms)
    print(_table(store, asked, arguments.people).markdown())
    sys.exit(any(one.cpu_ms > LIMIT_MS or one.status >= 400 for one in asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="build the event here, once")
    parser.add_argument("--only", default="", help="only addresses that hold this text")
    return parser.parse_args()


def _venue(store: Store, people: int) -> Venue:
    home = store.folder / "home-pages"
    if home.exists():
        return Venue(home, store.url("pages"), [], [])
    venue = open_venue(store, people, "pages")
    database = Database(venue.url)
    try:
        admit_many(venue, database, people // 2)
        in_transaction(database, _send_most)
        in_transaction(database, _open_accounts)
    finally:
        database.dispose()
    return venue


def _send_most(session) -> None:  # type: ignore[no-untyped-def]
    """Let most badges have been sent, and some have come back, as on the day itself."""
    for state, share in ((MessageState.SENT, 1), (MessageState.BOUNCED, 97)):
        session.execute(update(Message).where(Message.id % share == 0).values(state=state))
    session.execute(
        update(Participant).where(Participant.id % 50 == 0).values(flags="VIP"),
    )


def _open_accounts(session) -> None:  # type: ignore[no-untyped-def]
    largest = session.scalars(select(Delegation).order_by(Delegation.quota.desc())).first()
    now = session.scalars(select(Event)).one().starts_at
    for role, own in ((Role.ORGANISER, None), (Role.COORDINATOR, largest.id)):
        add_operator(
            session,
            email=f"{role}@example.org",
            name=str(role),
            role=role,
            password=_PASSWORD,
            delegation_id=own,
            now=now,
        )


def _measured(app: Flask, venue: Venue, store: Store, only: str) -> Iterator[Asked]:
    database = Database(venue.url)
    with database.read() as session:
        values = _values(session)
    database.dispose()
    wanted = [
        (role, address)
        for role in (Role.ORGANISER, Role.COORDINATOR)
        for address in _addresses(app, role, values)
        if only in address
    ]
    progress = Progress(len(wanted))
    clients = {role: _signed_in(app, role) for role in (Role.ORGANISER, Role.COORDINATOR)}
    for role, address in wanted:
        progress.step(f"{role} {address}")
        yield _ask(clients[role], role, address, store.pid)


def _values(session) -> dict[str, object]:  # type: ignore[no-untyped-def]
    event = session.scalars(select(Event)).one()
    largest = session.scalars(select(Delegation).order_by(Delegation.quota.desc())).first()
    first = session.scalar(
        select(func.min(Participant.id)).where(Participant.delegation_id == largest.id)
    )
    person = session.get_one(Participant, first)
    found = {
        "slug": event.slug,
        "delegation_id": largest.id,
        "participant_id": person.id,
        "category": person.category_id,
        "bus_id": session.scalar(select(func.min(Bus.id))),
        "code": "fr",
        "form": "csv",
        "kind": "canceled",
        "step": "rehearsal",
    }
    return {name: value for name, value in found.items() if value is not None}


def _addresses(app: Flask, role: Role, values: dict[str, object]) -> Sequence[str]:
    allowed = permissions_of(app)
    found = []
    for rule in app.url_map.iter_rules():
        may = allowed.get(rule.endpoint)
        if not (isinstance(may, frozenset) and role in may) or not _is_asked_for(rule, values):
            continue
        plain = rule.build({name: values[name] for name in rule.arguments})
        if plain is None:
            continue
        ends = ("", *_FURTHER.get(rule.endpoint, ()))
        found += [plain[1] + end.format(**values) for end in ends]
    return sorted(found)


def _is_asked_for(rule: Rule, values: dict[str, object]) -> bool:
    of_event = "slug" in rule.arguments and rule.arguments <= values.keys()
    return of_event and "GET" in (rule.methods or ()) and rule.endpoint not in _STREAMS


def _signed_in(app: Flask, role: Role) -> FlaskClient:
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    if found is None:
        raise RuntimeError("the page for signing in has no form")
    form = {"csrf_token": found[1], "email": f"{role}@example.org", "password": _PASSWORD}
    client.post("/login", data=form)
    return client


@contextmanager
def _cpu(pid: int | None, into: list[float]) -> Iterator[None]:
    """Measure the CPU time of this process and, where there is one, of the database's."""
    before, theirs = time.process_time(), (cpu_s(pid) or 0.0) if pid else 0.0
    yield
    after = (cpu_s(pid) or 0.0) if pid else 0.0
    into.append((time.process_time() - before + after - theirs) * 1000)


def _ask(client: FlaskClient, role: str, address: str, pid: int | None) -> Asked:
    times: list[float] = []
    client.get(address)  # compiles templates and statements
    for _ in range(_ASKED):
        with _cpu(pid, times):
            answer = client.get(address)
            body = answer.get_data()
    return Asked(role, address, answer.status_code, len(body), median(times))


def _table(store: Store, asked: Sequence[Asked], people: int) -> Table:
    rows = [
        [
            one.role,
            one.address,
            str(one.status),
            shown(one.size / 1000),
            shown(one.cpu_ms),
            shown(one.cpu_ms / LIMIT_MS),
        ]
        for one in asked
    ]
    heads = ["who", "page", "status", "kB", "CPU, ms", f"of {LIMIT_MS:.0f} ms"]
    title = f"Pages at {people:,} people, {store.name}: CPU and its ratio to the limit"
    return Table(title, heads, rows, [vars(one) for one in asked])


if __name__ == "__main__":
    main()
