"""What devices tell of themselves: scans set aside, a lost memory, and whether there are two."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Device
from checkin.protocol.version import VERSION
from checkin.services.gates.device_reports import ask_to_send_again, troubled_devices
from tests.support import factories


@pytest.fixture
def device_of(database):
    """A function that returns a device as it is stored."""

    def read(api):
        with database.read() as session:
            return session.get_one(Device, api.device_id)

    return read


@pytest.fixture
def noted(database):
    """A function that returns the acts of the activity log that are about devices' memories."""

    def read():
        with database.read() as session:
            acts = session.scalars(select(Activity.action).order_by(Activity.id)).all()
        return [act for act in acts if act in ("device.memory_lost", "device.copied")]

    return read


@pytest.fixture
def troubled(database, event):
    """A function that returns whom the board warns of: whether memory was lost, and copied."""

    def read():
        with database.read() as session:
            found = troubled_devices(session, event.id, datetime.now(UTC))
        return [(one.memory_lost_at is not None, one.is_copied) for one in found]

    return read


def tell(api, turn, run="one", more=""):
    api.read(f"/status?waiting=0&turn={turn}&run={run}{more}")


def test_what_is_set_aside_is_stored(api, device_of):
    api.read("/status?waiting=0&set_aside=3")

    assert device_of(api).set_aside == 3


def test_a_status_tells_the_version_and_when_to_send_again(api, database, event):
    status = api.read("/status")
    assert (status["version"], status["device"]["send_again"]) == (VERSION, None)

    factories.write(
        database,
        lambda s: ask_to_send_again(s, event, api.device_id, now=factories.NOW),
    )

    assert api.read("/status")["device"]["send_again"] == "2025-06-14T14:30:00.000Z"


def test_turns_that_rise_tell_nothing(api, noted, device_of, troubled):
    for turn, run in ((1, "one"), (2, "one"), (2, "one"), (1, "one"), (3, "two"), (9, "two")):
        tell(api, turn, run)

    assert (noted(), troubled()) == ([], [])
    assert device_of(api).turn == 9


def test_a_copy_uses_a_turn_that_another_has_used(api, noted, troubled, device_of):
    for turn in range(1, 6):
        tell(api, turn)
    tell(api, 4, "copy")
    tell(api, 5, "copy")
    tell(api, 6, "copy")  # it has overtaken: now the first one is behind
    tell(api, 6, "one")

    assert noted() == ["device.copied"]  # once
    assert troubled() == [(False, True)]
    assert device_of(api).turn_run == "copy"


def test_a_lost_memory_is_noted_with_what_was_saved(api, noted, troubled, device_of):
    tell(api, 5)
    tell(api, 1, "anew", "&lost=true&saved=12")

    assert noted() == ["device.memory_lost"]
    assert troubled() == [(True, False)]
    assert device_of(api).memory_saved == 12
    tell(api, 2, "anew")
    assert noted() == ["device.memory_lost"]


def test_a_device_that_counts_from_the_beginning_has_lost_it_too(api, noted):
    tell(api, 5)
    tell(api, 1, "anew")

    assert noted() == ["device.memory_lost"]


@pytest.mark.parametrize("asked", ["turn=0", "turn=x", "set_aside=-1", f"run={'x' * 33}&turn=1"])
def test_what_makes_no_sense_is_refused(api, asked):
    assert api.ask("GET", f"/status?{asked}").status_code == 400


def test_an_earlier_device_tells_nothing_of_it(api, device_of, noted):
    api.read("/status?waiting=2")

    assert (device_of(api).waiting, device_of(api).turn, noted()) == (2, None, [])
