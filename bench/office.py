"""Office work beside the gates: a scan's p99 and every process's memory while a job is done.

    python -m bench.office [--work badges|mail|export|import] [--badges 2000] [--rows 10000]
                           [--seconds 20] [--store sqlite|postgresql]

Four gates scan ten badges a second each, alone and while the worker beside the server draws the
sheets of the whole event, sends its messages to a mail server in another process, exports it, or
reads, checks and registers an uploaded list.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import random
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.parts.imports import a_list
from bench.setup.figures import Table, percentile, shown
from bench.setup.processes import family
from bench.setup.stores import Store, postgresql_store, sqlite_store
from bench.setup.venue import SCANS, Venue, open_venue, scan_body
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Category, Delegation, Event, Job, JobState, Participant, Role
from checkin.domain.people.importing.sheets import SheetChoices
from checkin.services.accounts.operators import add_operator
from checkin.services.jobs.queue import FINAL, Asked, enqueue
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.importing.import_drafts import UploadedFile, Uploader, keep_upload
from checkin.worker.context import Kind
from checkin.worker.work.badge_sheets import BADGE_SHEETS
from checkin.worker.work.event_export import EVENT_EXPORT
from checkin.worker.work.mail import MAIL
from checkin.worker.work.uploaded_lists import LIST_READ, LIST_REGISTER, LIST_SETTLE
from tests.services.mail.mail_server import mail_server

GATES, EVERY_S = 4, 0.1
#: a p99 beside the work, divided by that alone
AIM = 1.5
#: of the people of the reference event so many have a place, and so a badge on the sheets
_CONFIRMED = 0.96
_MB = 1024


class Gate(threading.Thread):
    """A gate that scans until it is told to end, and notes the milliseconds of each answer."""

    def __init__(self, port: int, token: str, codes: list[str], ending: Callable[[], bool]) -> None:
        super().__init__()
        self._port, self._ending = port, ending
        self._codes = itertools.cycle(random.sample(codes, len(codes)))
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.waits_ms: list[float] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        due = time.monotonic() + random.uniform(0, EVERY_S)
        while not self._ending():
            time.sleep(max(0.0, due - time.monotonic()))
            due += EVERY_S
            began = time.perf_counter()
            connection.request(
                "POST", SCANS, json.dumps(scan_body(next(self._codes))), self._headers
            )
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                raise RuntimeError(f"a scan was answered with {reply.status}")
            self.waits_ms.append((time.perf_counter() - began) * 1000)
        connection.close()


def waits_ms(port: int, venue: Venue, ending: Callable[[], bool]) -> list[float]:
    """Scan at every gate until `ending`, and return the milliseconds of each answer."""
    gates = [Gate(port, token, venue.codes, ending) for token in venue.tokens[:GATES]]
    for gate in gates:
        gate.start()
    for gate in gates:
        gate.join()
    return [wait for gate in gates for wait in gate.waits_ms]


class Memory(threading.Thread):
    """The memory of a server's processes over time, looked at each second.

    Attributes:
        seen: (seconds since the beginning, MiB) by what a process is called.
    """

    def __init__(self, pid: int, ending: threading.Event) -> None:
        super().__init__()
        self._pid, self._ending = pid, ending
        self.seen: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)

    def run(self) -> None:
        began = time.monotonic()
        while not self._ending.wait(1):
            for pid in family(self._pid):
                if (found := _memory_mb(pid)) is not None:
                    self.seen[f"{_called(pid)} {pid}"].append((time.monotonic() - began, found))


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Watch the memory of a process and all below it."""
    ending = threading.Event()
    memory = Memory(pid, ending)
    memory.start()
    try:
        yield memory
    finally:
        ending.set()
        memory.join()


def _memory_mb(pid: int) -> float | None:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    lines = [line for line in rollup.splitlines() if line.startswith("Rss:")]
    return int(lines[0].split()[1]) / _MB if lines else None


def _called(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except FileNotFoundError:
        return "ended"
    return "worker" if "worker" in words else "server"


#: asks for some work, and returns the job's id
Ask = Callable[[Venue, Database], int]


def ask_for(venue: Venue, database: Database, kind: Kind, **arguments: object) -> int:
    """Ask for some work about the whole event, and return the job's id."""
    with database.read() as session:
        event_id = session.scalars(select(Event.id)).one()
    asked = Asked(kind.name, kind.lane, "event_badges.sheets", dict(arguments), event_id)
    now = datetime.now(UTC)
    return in_transaction(database, lambda session: enqueue(session, venue.keys, asked, now).id)


def ask_for_import(venue: Venue, database: Database, rows: int) -> int:
    """Upload a list for one delegation, ask for its registration, and return that job's id."""
    content = _of_one_delegation(a_list(database, rows, 0))

    def work(session: Session) -> int:
        now, uploader = datetime.now(UTC), _a_clerk(session)
        secret = keep_upload(session, uploader, UploadedFile("list.csv", content), now)
        category = session.scalars(select(Category.name).order_by(Category.id).limit(1)).one()
        choices = SheetChoices(defaults={"category": category}).as_json()
        asked = [
            _asked(LIST_READ, uploader, secret=secret),
            _asked(LIST_SETTLE, uploader, secret=secret, choices=choices, asks=False),
            _asked(LIST_REGISTER, uploader, secret=secret),
        ]
        return [enqueue(session, venue.keys, one, now).id for one in asked][-1]

    return in_transaction(database, work)


def _asked(kind: Kind, uploader: Uploader, **arguments: object) -> Asked:
    return Asked(kind.name, kind.lane, "importing.upload", arguments, **asdict(uploader))


def ask_for_mail(venue: Venue, database: Database) -> int:
    """Queue everybody's badge, ask for the sending, and return that job's id."""
    now = datetime.now(UTC)

    def work(session: Session) -> None:
        event = session.scalars(select(Event)).one()
        people = session.scalars(select(Participant.id)).all()
        queue_badge_messages(session, event, people, now)

    in_transaction(database, work)
    return ask_for(venue, database, MAIL)


def _a_clerk(session: Session) -> Uploader:
    delegation = session.scalars(select(Delegation).order_by(Delegation.id).limit(1)).one()
    clerk = add_operator(
        session,
        email="clerk@example.org",
        name="Clerk",
        role=Role.ORGANISER,
        now=datetime.now(UTC),
    ).operator
    return Uploader(clerk.id, delegation.event_id, delegation.id)


def _of_one_delegation(content: bytes) -> bytes:
    lines = content.decode().splitlines()
    return "\n".join(line.partition(";")[2] for line in lines).encode()


def works(rows: int) -> dict[str, Ask]:
    """Return the kinds of work by name.

    Args:
        rows: of the list that is imported.
    """
    return {
        "badges": partial(ask_for, kind=BADGE_SHEETS, design="sheet"),
        "mail": ask_for_mail,
        "export": partial(ask_for, kind=EVENT_EXPORT, format="json"),
        "import": partial(ask_for_import, rows=rows),
    }


@dataclass(frozen=True)
class Outcome:
    """What was measured."""

    alone_ms: list[float]
    beside_ms: list[float]
    job: Job
    memory: Memory


def measure(venue: Venue, ask: Ask, seconds: float, settings: Mapping[str, str]) -> Outcome:
    """Scan alone, and then beside the work until that has ended."""
    database = Database(venue.url)

    def has_ended(job_id: int) -> bool:
        with database.read() as session:
            return session.get_one(Job, job_id).state in FINAL

    with venue.served(worker=True, **settings) as (port, pid), watched(pid) as memory:
        time.sleep(3)  # the worker has begun
        until = time.monotonic() + seconds
        alone = waits_ms(port, venue, lambda: time.monotonic() >= until)
        job_id = ask(venue, database)
        beside = waits_ms(port, venue, lambda: has_ended(job_id))
        time.sleep(3)  # what comes back has come back
    with database.read() as session:
        job = session.get_one(Job, job_id)
    database.dispose()
    if job.state != JobState.DONE or not job.total:
        raise RuntimeError(f"the work has not been done: {job.kind} is {job.state} at {job.total}")
    return Outcome(alone, beside, job, memory)


@contextmanager
def mail_settings(folder: Path) -> Iterator[dict[str, str]]:
    """Run a mail server that keeps the headers of what it takes; yield the settings for it."""
    with mail_server(folder / "taken", kept="headers") as smtp:
        yield {
            "CHECKIN_MAIL_URL": smtp.url,
            "CHECKIN_MAIL_FROM": "badges@example.org",
            "CHECKIN_BASE_URL": "https://marhaba.example.org",
            "CHECKIN_MAIL_PER_DAY": "1000000",
            "CHECKIN_MAIL_DOMAIN_SPACING_MS": "0",
        }


def waits_table(store: Store, outcome: Outcome) -> Table:
    job = outcome.job
    took_s = (job.finished_at - job.claimed_at).total_seconds()  # type: ignore[operator]
    rows = {"alone": outcome.alone_ms, "beside": outcome.beside_ms}
    tails = {name: percentile(times, 0.99) for name, times in rows.items()}
    return Table(
        f"Scans beside {job.kind}: {job.total} ({job.state}, {took_s:.0f} s), {store.name}",
        ["", "scans", "p50 ms", "p99 ms"],
        [
            *(
                [name, str(len(times)), shown(percentile(times, 0.5)), shown(tails[name])]
                for name, times in rows.items()
            ),
            [f"ratio (aim: {AIM} at most)", "", "", shown(tails["beside"] / tails["alone"])],
        ],
        {**rows, "took_s": took_s},
    )


def memory_table(outcome: Outcome) -> Table:
    seen = {name: times for name, times in sorted(outcome.memory.seen.items()) if times}
    return Table(
        "Memory of each process, MiB",
        ["process", "from s", "to s", "at first", "most", "at last"],
        [
            [
                name,
                f"{times[0][0]:.0f}",
                f"{times[-1][0]:.0f}",
                *(f"{mb:.0f}" for mb in (times[0][1], max(t[1] for t in times), times[-1][1])),
            ]
            for name, times in seen.items()
        ],
        seen,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", choices=tuple(works(0)), default="badges")
    parser.add_argument("--badges", type=int, default=2000, help="of the event")
    parser.add_argument("--rows", type=int, default=10_000, help="of the list that is imported")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    stores = {"sqlite": sqlite_store, "postgresql": postgresql_store}
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as somebody else
        with (
            stores[arguments.store](Path(name) / arguments.store) as store,
            mail_settings(Path(name)) as settings,
        ):
            ask = works(arguments.rows)[arguments.work]
            venue = open_venue(store, round(arguments.badges / _CONFIRMED))
            outcome = measure(venue, ask, arguments.seconds, settings)
            print(waits_table(store, outcome).markdown())
            print(memory_table(outcome).markdown())


if __name__ == "__main__":
    main()
