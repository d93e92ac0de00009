"""A scan that something in the server's place had refused comes as the refusal that it was."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Conflict, Scan
from scanner.core.errors import RequestRejected
from tests.support import factories


@pytest.fixture
def laptop(laptop_at):
    laptop = laptop_at()
    laptop.rounds()
    return laptop


@pytest.fixture
def code(database, event):
    [code] = factories.badges(database, event, 1)
    return code


def turned_away(laptop, monkeypatch, code, *, arrives):
    """Show a badge whose scan is answered by somebody else, before or after the server had it."""
    client, post = laptop.gate.client, laptop.gate.client.post_scan

    def rejected(scan, device_time=None, **more):
        if arrives:
            post(scan, device_time, **more)
        raise RequestRejected(404, "not_found", "no such page", {})

    with monkeypatch.context() as patch:
        patch.setattr(client, "post_scan", rejected)
        return laptop.scan(code)


def stored(database, what):
    with database.read() as session:
        return session.execute(what).all()


def test_it_counts_nobody_and_stands_in_the_log(database, laptop, code, monkeypatch):
    assert turned_away(laptop, monkeypatch, code, arrives=False).fault

    laptop.courier.send_set_aside_again()
    laptop.rounds()

    refused = select(Scan.status, Scan.decided_status)
    assert stored(database, refused) == [("error", "error")]
    assert stored(database, select(Admission.id)) == []
    assert laptop.gate.spool.set_aside_count() == laptop.gate.spool.waiting_count() == 0


def test_who_came_with_another_scan_meanwhile_is_counted_once(database, laptop, code, monkeypatch):
    turned_away(laptop, monkeypatch, code, arrives=False)
    laptop.scan(code)

    laptop.courier.send_set_aside_again()
    laptop.rounds()

    assert len(stored(database, select(Admission.id))) == 1
    assert stored(database, select(Conflict.id)) == []


def test_where_the_server_had_counted_them_in_a_person_decides(database, laptop, code, monkeypatch):
    turned_away(laptop, monkeypatch, code, arrives=True)

    laptop.courier.send_set_aside_again()
    laptop.rounds()

    assert stored(database, select(Scan.status)) == [("ok",)]
    assert len(stored(database, select(Conflict.id))) == 1
