"""Devices that are enrolled at the same instant under one name are told apart."""

from __future__ import annotations

from sqlalchemy import select

from checkin.db.models import Device
from tests.support import factories
from tests.support.racing import race

AT_ONCE = 6


def test_devices_enrolled_at_once_under_one_name_get_different_ones(database, event):
    factories.a_new_device(database, event)  # its gate is there, and so nobody waits for it

    race(AT_ONCE, lambda _: factories.a_new_device(database, event))

    with database.read() as session:
        names = session.scalars(select(Device.name)).all()
    assert sorted(names) == ["Laptop", *(f"Laptop {n}" for n in range(2, AT_ONCE + 2))]
