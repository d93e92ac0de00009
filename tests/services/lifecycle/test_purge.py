"""A purge erases the data of a delegation's pages, which the export contained before."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select

from checkin.db.models import LimitCounter, Role
from checkin.domain.people.registration import Registration
from checkin.errors import NotFound
from checkin.services.export.whole import write_whole
from checkin.services.lifecycle.purge import purge_event
from checkin.services.limits.in_database import DatabaseCounters
from checkin.services.limits.limits import Limits
from checkin.services.limits.rules import JOINING_CONTACT, PASSWORDS_ACCOUNT
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import assign_people
from checkin.services.people.importing.import_drafts import UploadedFile, Uploader, keep_upload
from checkin.services.people.registering.applications import apply_by_link
from checkin.services.people.registering.public_registration import (
    PrivacyNotice,
    link_address,
    registration_link_by_secret,
    set_link,
)
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import an_operator

NOTICE = PrivacyNotice("fr", "Vos données")


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def secret(database, event, delegation):
    category = factories.a_category(database, event)
    link = write(
        database,
        lambda s: set_link(
            s, delegation, is_open=True, approval=False, category_id=category.id, now=NOW
        ),
    )
    return link_address(KEYS, "", link).removeprefix("/r/")


@pytest.fixture
def everything(database, event, delegation, secret):
    """Somebody registered by link, seated in a bus; somebody who waits; a half-done upload."""
    clerk = an_operator(database, Role.COORDINATOR, delegation_id=delegation.id)
    bus = factories.a_bus(database, delegation)
    uploader = Uploader(clerk.id, event.id, delegation.id)
    file = UploadedFile("liste.csv", b"Nom\nDriss Naciri\n")

    def work(session):
        link = registration_link_by_secret(session, KEYS, secret, NOW)
        for name in ("Amina Alaoui", "Bahia Idrissi"):
            sent = Registration(name=name, delegation="", phone="+212612345678")
            apply_by_link(session, link, sent, NOTICE, keys=KEYS, now=NOW)
        assign_people(session, session.merge(bus), [1], now=NOW)
        appoint_leaders(session, session.merge(bus), [1], now=NOW)
        keep_upload(session, uploader, file, NOW)

    write(database, work)


def exported(database, event):
    file = io.StringIO()
    with database.snapshot() as session:
        write_whole(session, event, file, now=NOW)
    told = json.loads(file.getvalue())
    return (
        [(p["name"], p["consented_at"], p["consent_text"], p["bus"]) for p in told["participants"]],
        [(one["name"], one["consent_text"]) for one in told["applications"]],
        [(one["bus"], one["leader"]) for one in told["buses"]],
        {one["consent_text"]: one["text"] for one in told["consent_texts"]},
    )


def test_the_export_holds_consents_applications_and_buses(database, event, everything):
    version = NOTICE.version

    assert exported(database, event) == (
        [("Amina Alaoui", NOW.isoformat(), version, "Car 1")],
        [("Bahia Idrissi", version)],
        [("Car 1", "Hassan Tazi")],
        {version: "Vos données"},
    )


def test_a_purge_erases_consents_applications_and_buses_and_closes_the_link(
    database, event, everything, secret, tmp_path
):
    receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

    tables = ("bus", "bus_leader", "bus_passenger", "import_draft", "application", "consent")
    assert [receipt.rows[table] for table in tables] == [1] * 6
    assert exported(database, event) == ([], [], [], {})
    with database.read() as session, pytest.raises(NotFound):
        registration_link_by_secret(session, KEYS, secret, NOW)


def test_a_purge_deletes_counter_keys_of_registrations_and_keeps_those_of_sign_ins(
    database, event, tmp_path
):
    counting = Limits(DatabaseCounters(database, lambda _tidying: None), KEYS.limits)
    counting.reserve((JOINING_CONTACT, "+212612345678"), (PASSWORDS_ACCOUNT, "a@example.org"))

    purge_event(database, event, tmp_path, now=NOW, early=True)

    with database.read() as session:
        [left] = session.scalars(select(LimitCounter.key))
    assert left.startswith(PASSWORDS_ACCOUNT.name)


def test_after_a_purge_no_personal_data_are_left_in_the_database_files(
    sqlite_database, tmp_path, request
):
    database = sqlite_database
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event)
    factories.a_bus(database, delegation)
    home = tmp_path / "home"
    home.mkdir()

    purge_event(database, event, home, now=NOW, early=True)

    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"Hassan Tazi" not in left
