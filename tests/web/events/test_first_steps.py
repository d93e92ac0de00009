"""The first steps: done according to the data, and each may be skipped."""

from __future__ import annotations

import pytest

from checkin.services.scanning.rehearsal import begin_rehearsal
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.network.test_server_address import opened_on_a_telephone

START = "/events/rabat-2025/start"


@pytest.fixture
def delegation():
    """None: the steps begin with nothing but the event."""


def next_of(browsing):
    return browsing.open(START).location.rpartition("/")[2]


def test_each_step_is_done_according_to_the_data(app, organiser, database, event):
    found = [next_of(organiser)]
    factories.a_delegation(database, event)
    found.append(next_of(organiser))
    opened_on_a_telephone(app, organiser)
    found.append(next_of(organiser))
    factories.a_new_device(database, event)
    found.append(next_of(organiser))
    write(
        database,
        lambda s: begin_rehearsal(s, s.merge(event), operator_id=1, now=NOW),
    )
    found.append(next_of(organiser))

    assert found == ["delegations", "address", "gate", "rehearsal", "end"]
    assert organiser.read(f"{START}/end").count('data-state="done"') == 5


def test_a_step_is_skipped_and_can_be_done_later(organiser, database, event):
    page = f"{START}/delegations"

    organiser.send(page, f"{page}/skip")
    after = next_of(organiser)
    skipped = organiser.read(page)
    factories.a_delegation(database, event)

    assert after == "address"
    assert 'data-state="skipped"' in skipped
    assert 'data-state="skipped"' not in organiser.read(page)


def test_a_pairing_code_is_shown_in_its_step_and_a_bad_gate_is_told(organiser, event):
    shown = organiser.send(f"{START}/gate", gate="Porte A")
    refused = organiser.send(f"{START}/gate", gate="")

    assert (shown.status_code, "pairing-code" in shown.text) == (201, True)
    assert (refused.status_code, 'id="gate-problem"' in refused.text) == (400, True)


def test_there_is_no_step_of_another_name(organiser, event):
    page = f"{START}/delegations"

    assert organiser.open(f"{START}/lunch").status_code == 404
    assert organiser.send(page, f"{START}/lunch/skip").status_code == 404


def test_the_sheet_leads_back_to_the_steps(organiser, event):
    page = f"{START}/delegations"
    sheet = "/events/rabat-2025/quotas/sheet"
    rows = {"row": "2", "name-2": "Rabat", "name_ar-2": "", "quota-2": "12", "do": "apply"}

    applied = organiser.send(page, f"{sheet}/check", then="start", **rows)

    assert applied.location == START


@pytest.mark.parametrize(
    "page", [f"{START}/end", f"{START}/rehearsal", "/events/rabat-2025/devices"]
)
def test_while_nobody_has_a_pin_the_pages_before_the_day_say_so(organiser, database, page):
    missing = "Aucun superviseur n’a encore de code PIN"
    before = organiser.read(page)
    factories.a_supervisor(database)

    assert (missing in before, 'href="/pins"' in before) == (True, True)
    assert missing not in organiser.read(page)
