"""The page of the sheet at an address: set, looked at once, fetched, decided, forgotten."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from checkin.db.models import Participant, SheetDecision, SheetSource
from checkin.domain.network.destinations import outgoing_allowed
from checkin.services.lifecycle.purge import purge_event
from tests.support import factories
from tests.support.factories import NOW
from tests.support.others.sheet_server import ALI, OMAR, SARA, sheet_server
from tests.web.browsing import follow

PAGE = "/events/rabat-2025/sheet"


@pytest.fixture
def settings(settings):
    """With this machine permitted by its name alone."""
    return settings.model_copy(update={"outgoing_allowed": outgoing_allowed("localhost")})


@pytest.fixture
def sheet(database, event, delegation):
    factories.a_category(database, event, "Membre")
    with sheet_server() as running:
        running.rows = [ALI, SARA]
        yield running


@pytest.fixture
def set_up(organiser, sheet):
    """The sheet is set, looked at, and its people are registered."""
    organiser.open(f"{PAGE}?lang=fr")
    organiser.send(PAGE, url=sheet.url, minutes="30")
    review = follow(organiser, organiser.send(PAGE, f"{PAGE}/look"))
    assert review.status_code == 200
    shown = re.search(r'name="shown" value="([^"]*)"', review.text)
    assert shown, review.text
    organiser.send(
        "/events/rabat-2025/import",
        "/events/rabat-2025/import/check",
        shown=shown[1],
        do="register",
    )
    return organiser


def names(database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Participant.name)))


def count(database, table) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def fetched(organiser):
    return follow(organiser, organiser.send(PAGE, f"{PAGE}/fetch")).text


def test_the_first_look_leads_through_the_import_and_then_it_is_read_by_itself(
    set_up, database, sheet
):
    assert names(database) == {"Ali Bennani", "Sara Idrissi"}
    page = set_up.read(PAGE)
    assert "est lue toutes les 30 minutes" in page
    assert "localhost/…" in page
    assert "a-secret" not in page
    with database.read() as session:
        kept = session.scalars(select(SheetSource)).one()
    assert set(kept.choices["columns"].values()) == {"name", "delegation", "category", "phone"}
    assert kept.next_at is not None


def test_new_people_come_by_themselves_and_what_waits_is_shown_and_decided(set_up, database, sheet):
    fetched(set_up)
    sheet.rows = [(*ALI[:3], "0612345699"), OMAR]
    page = fetched(set_up)

    assert "Nouvelles personnes inscrites" in page
    assert names(database) == {"Ali Bennani", "Sara Idrissi", "Omar Tazi"}
    assert "+212612345699" in page
    assert "+212612345601" in page
    gone = set_up.read(f"{PAGE}?kind=gone")
    assert "Sara Idrissi" in gone

    done = follow(set_up, set_up.send(PAGE, f"{PAGE}/decide", kind="change", do="accept"))
    assert "Accepté" in done.text
    set_up.send(PAGE, f"{PAGE}/decide", kind="gone", do="dismiss")

    assert "Rien n’attend" in set_up.read(PAGE)
    with database.read() as session:
        rows = session.execute(select(Participant.name, Participant.phone))
        phones = {row.name: row.phone for row in rows}
    assert phones["Ali Bennani"] == "+212612345699"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"status": 404}, "Il n’y a plus rien à cette adresse"),
        ({"status": 403}, "demande une connexion"),
        ({"status": 503}, "503"),
        ({"body": b"<html>", "content_type": "text/html"}, "Une page web est arrivée"),
        ({"body": b"x" * 10_000_001}, "plus grande que 10 Mo"),
    ],
)
def test_what_went_wrong_is_said_in_a_plain_sentence(set_up, sheet, answers, sentence):
    for name, value in answers.items():
        setattr(sheet, name, value)

    assert sentence in fetched(set_up).replace("\u00a0", " ")


def test_a_first_look_that_fails_says_why(organiser, sheet):
    organiser.open(f"{PAGE}?lang=fr")
    organiser.send(PAGE, url=sheet.url, minutes="5")
    sheet.status = 404

    page = follow(organiser, organiser.send(PAGE, f"{PAGE}/look")).text

    assert "Il n’y a plus rien à cette adresse" in page


@pytest.mark.parametrize(
    ("url", "minutes", "sentence"),
    [
        ("http://example.org/x.csv", "15", "ne commence pas par https://"),
        ("https://127.0.0.1/x.csv", "15", "réseau privé"),
        ("", "15", "https://"),
        ("https://localhost/x.csv", "4", "5-1440"),
        ("https://localhost/x.csv", "1441", "5-1440"),
        ("https://localhost/x.csv", "souvent", "5-1440"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(organiser, database, sheet, url, minutes, sentence):
    organiser.open(f"{PAGE}?lang=fr")
    answer = organiser.send(PAGE, url=url, minutes=minutes)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert count(database, SheetSource) == 0


def test_an_empty_address_stays_and_another_one_is_another_sheet(set_up, database, sheet):
    set_up.send(PAGE, url="", minutes="60")
    with database.read() as session:
        kept = session.scalars(select(SheetSource)).one()
    assert (kept.every_minutes, kept.choices is not None) == (60, True)

    set_up.send(PAGE, url=f"{sheet.url}&gid=2", minutes="60")

    with database.read() as session:
        assert session.scalars(select(SheetSource.choices)).one() is None


def test_it_is_paused_goes_on_and_is_forgotten_and_the_people_stay(set_up, database):
    set_up.send(PAGE, f"{PAGE}/pause", do="pause")
    assert "en pause" in set_up.read(PAGE)
    set_up.send(PAGE, f"{PAGE}/pause", do="resume")
    assert "est lue toutes les 30 minutes" in set_up.read(PAGE)

    set_up.send(PAGE, f"{PAGE}/remove")

    assert count(database, SheetSource) == 0
    assert len(names(database)) == 2


def test_a_purge_erases_the_sheet_and_what_waits(set_up, database, event, sheet, tmp_path):
    fetched(set_up)
    sheet.rows = [OMAR]
    fetched(set_up)
    assert count(database, SheetDecision) == 2

    purge_event(database, event, tmp_path, now=NOW, early=True)

    assert (count(database, SheetSource), count(database, SheetDecision)) == (0, 0)
