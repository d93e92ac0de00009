"""Killed senders: every message ends as final or unknown, and nobody gets two."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from checkin.db.engine import Database
from checkin.db.models import Badge, Event, Message
from checkin.domain.mail.rules import STALE_AFTER
from tests.services.mail.mail_server import MailServer, mail_server
from tests.support import factories
from tests.support.factories import NOW

ROOT = Path(__file__).parents[3]
#: every sender's clock is this far ahead of the one before, so claims left behind are stale
STEP = int(STALE_AFTER.total_seconds() // 60) + 1


def queue(database: Database, names: list[str]) -> Event:
    """Put one message for each of these addresses into the outbox of a new event."""
    event = factories.an_event(database)
    places = factories.a_delegation(database, event, quota=len(names))
    factories.badges(database, event, len(names), delegation=places)
    with database.read() as session:
        badges = session.execute(select(Badge.id, Badge.participant_id)).all()
    rows = [
        {
            "event_id": event.id,
            "participant_id": badge.participant_id,
            "badge_id": badge.id,
            "address": f"{name}@example.org",
            "message_id": f"<{name}@marhaba>",
            "created_at": NOW,
            "next_try_at": NOW,
        }
        for name, badge in zip(names, badges, strict=True)
    ]
    factories.write(database, lambda session: session.execute(insert(Message), rows))
    return event


def moody(count: int, dropped: int) -> list[str]:
    """Return names of which 10% are refused at first, 3% for good, and some lose their line."""
    kinds = ["once"] * (count // 10) + ["never"] * (count * 3 // 100)
    kinds += ["dropped"] * (dropped // 2) + ["lost"] * (dropped - dropped // 2)
    kinds += ["plain"] * (count - len(kinds))
    random.Random(7).shuffle(kinds)
    return [f"{kind}{number}" for number, kind in enumerate(kinds)]


def a_sender(database: Database, smtp: MailServer, minutes: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.services.mail.sender_process"),
            *(database.url, smtp.url, str(minutes)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sending\n"
    return process


def send_through_kills(database: Database, smtp: MailServer, kills: int, apart: int) -> int:
    """Kill a sender about every `apart` messages; return how many it took until all is settled."""
    luck = random.Random(11)
    for number in range(kills):
        wanted = len(list(smtp.folder.iterdir())) + luck.randint(apart // 2, apart)
        process = a_sender(database, smtp, number * STEP)
        while len(list(smtp.folder.iterdir())) < wanted and process.poll() is None:
            time.sleep(luck.uniform(0.001, 0.02))
        process.kill()
        process.communicate()
    for number in range(kills, kills + 10):
        process = a_sender(database, smtp, number * STEP)
        assert process.communicate()[0] == "nothing_due\n"
        if not waiting(database):
            return number + 1
    raise AssertionError(f"still waiting: {waiting(database)}")


def waiting(database: Database) -> int:
    with database.read() as session:
        rows = session.scalars(select(Message.id).where(Message.state.in_(["queued", "sending"])))
        return len(rows.all())


def states_by_name(database: Database) -> dict[str, str]:
    with database.read() as session:
        rows = session.execute(select(Message.address, Message.state))
        return {row.address.partition("@")[0]: row.state for row in rows}


def contradictions(states: dict[str, str], taken: Counter[str]) -> list[str]:
    """Return the names whose state and mailbox do not agree."""
    allowed = {"sent": {1}, "failed": {0}, "unknown": {0, 1}}
    return [n for n, state in states.items() if taken[n] not in allowed.get(state, set())]


def prove(database: Database, folder: Path, *, count: int, dropped: int, kills: int) -> None:
    names = moody(count, dropped)
    queue(database, names)
    started = time.monotonic()
    with mail_server(folder, kept="headers") as smtp:
        senders = send_through_kills(database, smtp, kills, count // (kills + 2))
        taken = Counter(str(message["To"]).partition("@")[0] for message in smtp.taken())
    spent = time.monotonic() - started
    states = states_by_name(database)
    print(
        f"\n{count} messages, {kills} kills, {senders} senders, {spent:.0f} s:",
        dict(Counter(states.values())),
        f"taken {taken.total()}, twice {sum(n > 1 for n in taken.values())}",
    )
    assert set(states) == set(names)
    assert contradictions(states, taken) == []
    certain = {n: s for n, s in states.items() if not n.startswith(("plain", "once"))}
    assert Counter(certain.values()) == Counter(
        {"unknown": dropped, "failed": sum(n.startswith("never") for n in names)}
    )
    # A kill leaves at most the one message unknown that was just being handed over.
    assert Counter(states.values())["unknown"] <= dropped + kills


@pytest.mark.timeout(240)
def test_messages_are_each_sent_once_although_the_sender_is_killed_three_times(
    sqlite_database, tmp_path
) -> None:
    prove(sqlite_database, tmp_path / "taken", count=120, dropped=6, kills=3)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_5000_messages_are_each_sent_once_although_the_sender_is_killed_20_times(
    database, tmp_path
) -> None:
    prove(database, tmp_path / "taken", count=5000, dropped=50, kills=20)
