"""Live counts equal count(*) over the log, after any sequence of scans."""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Admission, Conflict, Event, Scan
from checkin.protocol.version import VERSION
from checkin.services.board import live
from checkin.services.gates.devices import revoke_device
from tests.support import factories
from tests.support.api_client import Api, a_scan, text_of

STEPS = 120
OFFLINE = [
    {"status": "ok", "reason": None},
    {"status": "error", "reason": "capacity_exceeded"},
    {"status": "error", "reason": "already_redeemed"},
]


def counted_from_the_log(database):
    """Return arrivals and people inside by delegation, arrivals by gate, and refusals."""
    stands = Admission.annulled_at.is_(None)
    first, inside = Admission.entry_no == 1, Admission.exited_at.is_(None)
    with database.read() as session:

        def by(column, *where):
            rows = session.execute(select(column, func.count()).where(*where).group_by(column))
            return dict(map(tuple, rows))

        turned_away = Scan.id.not_in(select(Conflict.scan_pk))
        return {
            "arrived": by(Admission.delegation_id, stands, first),
            "inside": by(Admission.delegation_id, stands, inside),
            "arrived at": by(Admission.gate_id, stands, first),
            "refused at": by(
                Scan.gate_id, Scan.status == "error", Scan.annulled_at.is_(None), turned_away
            ),
        }


def told(api):
    status = api.read("/status")
    delegations, gates = status["delegations"], status["gates"]
    counts = {
        "arrived": {d["id"]: d["arrived"] for d in delegations if d["arrived"]},
        "inside": {d["id"]: d["inside"] for d in delegations if d["inside"]},
        "arrived at": {g["id"]: g["arrived"] for g in gates if g["arrived"]},
        "refused at": {g["id"]: g["refused"] for g in gates if g["refused"]},
    }
    totals = {name: status["totals"][name] for name in ("arrived", "inside", "refused")}
    assert totals == {
        "arrived": sum(counts["arrived"].values()),
        "inside": sum(counts["inside"].values()),
        "refused": sum(counts["refused at"].values()),
    }
    return counts


def random_scan(chance, codes):
    return a_scan(chance.choice(codes), type=chance.choice(["entry", "entry", "exit"]))


def an_hour_at_the_gates(chance, gates, codes):
    """Scan, leave, annul and upload at random, repetitions included."""
    sent = []
    for _ in range(STEPS):
        gate = chance.choice(gates)
        match chance.choice(["scan", "scan", "repeat", "annul", "batch"]):
            case "scan":
                sent.append((gate, body := random_scan(chance, codes)))
                gate.ask("POST", "/scans", json=body)
            case "repeat" if sent:
                gate, body = chance.choice(sent)
                gate.ask("POST", "/scans", json=body)
            case "annul" if sent:
                gate, body = chance.choice(sent)
                assert gate.annul(body["scan_id"]).status_code in (200, 409)
            case "batch":
                uploads = []
                for _ in range(chance.randrange(1, 6)):
                    at = datetime.now(UTC) - timedelta(seconds=chance.randrange(3600))
                    body = random_scan(chance, codes) | {"scanned_at": text_of(at)}
                    uploads.append(body | {"decided": chance.choice(OFFLINE)})
                    sent.append((gate, body))
                gate.batch(*uploads)


@pytest.mark.parametrize("reentry", ["single", "after_exit", "free"])
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.proof)])
def test_counts_equal_the_log_after_an_hour_at_the_gates(reentry, seed, app, database, event):
    laid_down = update(Event).values(reentry=reentry, capacity=9)
    factories.write(database, lambda s: s.execute(laid_down))
    small = factories.a_delegation(database, event, "Sidi Slimane", quota=3)
    codes = factories.badges(database, event, 10)
    codes += factories.badges(database, event, 6, delegation=small)
    gates = [Api.enrolled(app, database, event, gate=f"Porte {n}") for n in (1, 2, 2, 3)]

    an_hour_at_the_gates(random.Random(f"{reentry} {seed}"), gates, [*codes, "HELLO"])

    found = told(gates[0])
    assert found == counted_from_the_log(database)
    assert sum(found["arrived"].values()) > 5
    assert sum(found["refused at"].values()) > 5


def test_nobody_has_come_yet(api, database, event):
    delegation = factories.a_delegation(database, event, quota=7)
    factories.badges(database, event, 3)

    body = api.read("/status")

    datetime.fromisoformat(body.pop("at"))
    gate = body["gates"][0]["id"]
    nobody = {
        **{"quota": 7, "registered": 3, "waiting": 0, "missing": 3, "inside": 0, "percent": 0},
        **{"arrived": 0, "arrived_registered": 0, "arrived_reserve": 0, "arrived_canceled": 0},
        **{"arrived_others": 0, "without_place": 0},
    }
    named = {
        "slug": "rabat-2025",
        "name": "Rencontre régionale",
        "name_ar": "اللقاء الجهوي",
        "timezone": "Africa/Casablanca",
    }
    assert body == {
        "device": {
            "id": api.device_id,
            "gate": {"id": gate, "name": "Porte 1", "name_ar": None},
            "event": named,
            "overrides": False,
            "without_badge": "everyone",
            "categories": [{"name": "Militant", "name_ar": None}],
            "kiosk": False,
            "help": None,
            "send_again": None,
        },
        "version": VERSION,
        "event": named,
        "stop": None,
        "day": 1,
        "days": [
            {
                "day": 1,
                "starts_at": "2025-06-14T14:00:00.000Z",
                "ends_at": "2025-06-14T18:00:00.000Z",
                "arrived": 0,
                "refused": 0,
            }
        ],
        "totals": nobody | {"refused": 0},
        "delegations": [
            {
                "id": delegation.id,
                "name": "Khémisset",
                "name_ar": None,
                "last_arrival_at": None,
                **nobody,
            }
        ],
        "gates": [
            {"id": gate, "name": "Porte 1", "arrived": 0, "refused": 0, "last_scan_at": None}
        ],
    }


def counts_of(message):
    """Return the body of a server-sent event, without the moment of asking."""
    name, _, body = message.partition("\ndata: ")
    assert name == "event: counts"
    return {key: value for key, value in json.loads(body).items() if key != "at"}


def test_the_stream_sends_the_counts_and_then_those_after_a_scan(api, database, event):
    code = factories.a_badge(database, event)
    before = api.read("/status")
    stream = api.ask("GET", "/live", buffered=False)
    messages = (message.decode() for message in stream.iter_encoded())
    retry, _, first = next(messages).partition("\n")
    shown = counts_of(first)

    api.scan(code)
    then = counts_of(next(messages))
    stream.close()

    after = api.read("/status")
    for body in (before, after):
        del body["at"], body["device"], body["version"]
    assert (stream.mimetype, retry) == ("text/event-stream", "retry: 2000")
    assert (shown, then) == (before, after)
    assert then["totals"]["arrived"] == 1


def test_the_stream_of_a_device_ends_when_the_device_is_revoked(api, database, event, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 600.0)
    stream = api.ask("GET", "/live", buffered=False)
    messages = stream.iter_encoded()
    next(messages)

    factories.write(database, lambda s: revoke_device(s, event, api.device_id, now=factories.NOW))

    # The change of the counts may have been on its way.
    assert len(list(itertools.islice(messages, 3))) < 3
    stream.close()
