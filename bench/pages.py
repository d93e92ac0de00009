"""What every page costs at 100,000 people: `python -m bench.pages`.

    python -m bench.pages [--people 100000] [--store sqlite|postgresql] [--keep FOLDER]
                          [--only PATTERN] [--asked 3]

Each page that an organiser, or the coordinator of the largest delegation, may open is asked for in
this process, and the CPU time of its answer, with that of the database, is divided by the limit.
What is no page, a file of everybody that a worker writes, is told in rows a second. With `--keep`
the event is built once, and used again by the next run.
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
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.routing import Rule

from bench.office import ask_for
from bench.parts.status import admit_many
from bench.setup.figures import Progress, Table, shown
from bench.setup.large_venue import ORIGINALS, multiply, open_originals
from bench.setup.processes import cpu_s
from bench.setup.stores import Store, postgresql_store, sqlite_store
from bench.setup.venue import Venue
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
from checkin.services.mail.delivery_report import Delivery
from checkin.settings import Settings
from checkin.web.site.permissions import permissions_of
from checkin.worker.context import Kind
from checkin.worker.work.delivery_list import DELIVERY_LIST
from checkin.worker.work.event_export import EVENT_EXPORT
from tests.support.servers.inline_worker import do_waiting_jobs

LIMIT_MS = 300.0
_OF_ALL = {"wanted": [str(one) for one in Delivery], "delegation_id": None, "printed": None}
_PASSWORD = "une phrase facile"
#: these go on until whoever listens leaves
_STREAMS = {"board.live", "flagged.live"}
#: files of many rows, whose length is limited, and what is there to be read by machines
_NO_PAGES = {"activity_log.download", "health.live", "health.ready"}
#: Of an event whose participants are many, what else is asked of a page: its address's end. A page
#: in the middle of a list is the one behind somebody who stands there.
_FURTHER = {
    "participants.index": (
        "?after={middle}",
        "?last=yes",
        "?sort=delegation&after={middle}",
        "?sort=category&order=down&after={middle}",
        "?sort=arrived&after={middle}",
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
        "?bus=any",
        "?q=Zzzz",
    ),
    "participants.new": ("?delegation={delegation_id}",),
    "delegations.show": (
        *("?q=Amina", "?after={own_middle}", "?last=yes", "?arrived=no&delivered=unreached"),
        "?sort=arrived&order=down&after={own_middle}",
    ),
    "delivery.index": (
        *("?state=all", "?state=all&after={middle}", "?state=all&last=yes"),
        *("?state=sent&printed=no", "?state=bounced&delegation={delegation_id}"),
    ),
    "delegation_badges.show": ("?show=all", "?show=all&after={own_middle}"),
    "delegations.arrivals": ("?show=arrived", "?after={own_middle}", "?show=others"),
    "bulk.preview": tuple(
        f"?change={change}" for change in ("cancel", "resend", "print", "cancel&q=Amina")
    ),
    "merging.search": ("?q=Amina",),
    "board.show": ("?wall=1",),
    "buses.show": ("?page=20", "?bus={bus_id}"),
    "calls.show": ("?page=20", "?show=all"),
    "activity_log.index": (
        *("?kind=participant", "?kind=operator", "?event={event_id}", "?day={day}"),
        "?before=1000",
    ),
}
#: the files of everybody: a name, the kind of the job, its arguments
_FILES: Sequence[tuple[str, Kind, dict[str, Any]]] = (
    ("people.csv of the deliveries", DELIVERY_LIST, _OF_ALL),
    ("CSV of the event", EVENT_EXPORT, {"format": "csv"}),
    ("XLSX of the event", EVENT_EXPORT, {"format": "xlsx"}),
)


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
        asked = list(_measured(app, venue, store, arguments.only, arguments.asked))
        asked.sort(key=lambda one: -one.cpu_ms)
        print(_table(store, asked, arguments.people).markdown(), flush=True)
        if not arguments.only:
            print(_table_of_files(store, venue, arguments.people).markdown())
    sys.exit(any(one.cpu_ms > LIMIT_MS or one.status >= 400 for one in asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="build the event here, once")
    parser.add_argument("--only", default="", help="only addresses with this regular expression")
    parser.add_argument("--asked", type=int, default=3, help="so often what is near the limit is")
    return parser.parse_args()


def _venue(store: Store, people: int) -> Venue:
    home = store.folder / "home-pages"
    if home.exists():
        return Venue(home, store.url("pages"), [], [])
    venue = open_originals(store, "pages")
    database = Database(venue.url)
    try:
        admit_many(venue, database, ORIGINALS // 2)
        in_transaction(database, lambda session: multiply(session, people // ORIGINALS))
        in_transaction(database, _send_most)
        in_transaction(database, _open_accounts)
    finally:
        database.dispose()
    return venue


def _send_most(session) -> None:
    """Let most badges have been sent, and some have come back, as on the day itself."""
    for state, share in ((MessageState.SENT, 1), (MessageState.BOUNCED, 97)):
        session.execute(update(Message).where(Message.id % share == 0).values(state=state))
    session.execute(
        update(Participant).where(Participant.id % 50 == 0).values(flags="VIP"),
    )


def _open_accounts(session) -> None:
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


def _measured(app: Flask, venue: Venue, store: Store, only: str, times: int) -> Iterator[Asked]:
    database = Database(venue.url)
    with database.read() as session:
        values = _values(session)
    database.dispose()
    wanted = [
        (role, address)
        for role in (Role.ORGANISER, Role.COORDINATOR)
        for address in _addresses(app, role, values)
        if re.search(only, address)
    ]
    progress = Progress(len(wanted))
    clients = {role: _signed_in(app, role) for role in (Role.ORGANISER, Role.COORDINATOR)}
    for role, address in wanted:
        progress.step(f"{role} {address}")
        asked = _ask(clients[role], role, address, store.pid, times)
        print(f"{shown(asked.cpu_ms)} ms", file=sys.stderr, flush=True)
        yield asked


def _values(session) -> dict[str, object]:
    event = session.scalars(select(Event)).one()
    largest = session.scalars(select(Delegation).order_by(Delegation.quota.desc())).first()
    first = session.scalar(
        select(func.min(Participant.id)).where(Participant.delegation_id == largest.id)
    )
    person = session.get_one(Participant, first)
    found = {
        "slug": event.slug,
        "delegation_id": largest.id,
        "event_id": event.id,
        "participant_id": person.id,
        "middle": _in_the_middle(session, Participant.event_id == event.id),
        "own_middle": _in_the_middle(session, Participant.delegation_id == largest.id),
        "day": f"{event.starts_at:%Y-%m-%d}",
        "category": person.category_id,
        "bus_id": session.scalar(select(func.min(Bus.id))),
        "code": "fr",
        "form": "csv",
        "kind": "canceled",
        "step": "rehearsal",
    }
    return {name: value for name, value in found.items() if value is not None}


def _in_the_middle(session, which) -> int:
    """Return the id of whoever stands in the middle of those people, by name."""
    half = session.scalar(select(func.count()).select_from(Participant).where(which)) // 2
    people = select(Participant.id).where(which).offset(half).limit(1)
    return session.scalars(people.order_by(Participant.folded_name, Participant.id)).one()


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
    is_left_out = rule.endpoint in _STREAMS | _NO_PAGES
    return rule.arguments <= values.keys() and "GET" in (rule.methods or ()) and not is_left_out


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


def _ask(client: FlaskClient, role: str, address: str, pid: int | None, asked: int) -> Asked:
    """Ask for a page; what is near the limit is asked for again, with templates compiled.

    The first answer compiles templates and statements, so that one far below the limit is enough.
    """
    times: list[float] = []
    with _cpu(pid, times):
        answer = client.get(address)
        body = answer.get_data()
    if times[0] > LIMIT_MS / 2:
        times.clear()
        for _ in range(asked):
            with _cpu(pid, times):
                client.get(address).get_data()
    return Asked(role, address, answer.status_code, len(body), median(times))


def _table_of_files(store: Store, venue: Venue, people: int) -> Table:
    """Let the files be written here, as a worker does, and return a table of how long it took."""
    database, settings = Database(venue.url), Settings(home=venue.home, database_url=venue.url)
    rows = []
    for name, kind, arguments in _FILES:
        ask_for(venue, database, kind=kind, **arguments)
        begun, cpu = time.perf_counter(), _cpu_of_all(store.pid)
        do_waiting_jobs(database, venue.keys, settings)
        took_s = _cpu_of_all(store.pid) - cpu
        seconds = time.perf_counter() - begun
        rows.append(
            [name, shown(took_s * 100_000 / people), shown(people / took_s), shown(seconds)]
        )
    database.dispose()
    heads = ["file", "CPU, s for 100,000 rows", "rows a second of CPU", "s in this run"]
    return Table(f"Files of everybody, {store.name}", heads, rows, rows)


def _cpu_of_all(pid: int | None) -> float:
    """Return the CPU seconds of this process, of those that it has started, and the database's."""
    ours = sum(sum(getrusage(whose)[:2]) for whose in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return ours + ((cpu_s(pid) or 0.0) if pid else 0.0)


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
