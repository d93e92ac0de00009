"""Failed sign-ins are written down, and a flood of them fills nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Role
from checkin.services.accounts.failed_sign_ins import (
    FAILURES,
    KEPT,
    PER_ACCOUNT,
    WITHOUT_ACCOUNT,
    WRONG_CODE,
    WRONG_PASSWORD,
    note_wrong_code,
    note_wrong_password,
)
from checkin.services.common.activity import note
from tests.support.factories import NOW, minutes, write
from tests.web.browsing import an_operator

NETWORK = "196.200.1.0/24"


@pytest.fixture
def viewer(database):
    return an_operator(database, Role.VIEWER)


def written(database) -> list[tuple[str, dict]]:
    with database.read() as session:
        rows = session.execute(
            select(Activity.action, Activity.details)
            .where(Activity.action.in_(FAILURES))
            .order_by(Activity.id)
        )
        return [tuple(row) for row in rows]


def test_it_tells_whose_account_and_which_network(database, viewer):
    note_wrong_password(database, " Viewer@Example.org ", NETWORK, NOW)
    note_wrong_code(database, viewer.id, NETWORK, NOW)

    about = {"account": viewer.id, "network": NETWORK}
    assert written(database) == [(WRONG_PASSWORD, about), (WRONG_CODE, about)]


def test_an_email_without_an_account_is_not_kept(database):
    note_wrong_password(database, "nobody@example.org", NETWORK, NOW)

    assert written(database) == [(WRONG_PASSWORD, {"network": NETWORK})]


def test_a_flood_about_one_account_ends_and_goes_on_an_hour_later(database, viewer):
    for second in range(PER_ACCOUNT + 5):
        note_wrong_password(database, viewer.email, NETWORK, NOW + minutes(second / 60))
    during = len(written(database))
    note_wrong_password(database, "nobody@example.org", NETWORK, NOW + minutes(1))
    note_wrong_password(database, viewer.email, NETWORK, NOW + minutes(62))

    assert (during, len(written(database))) == (PER_ACCOUNT, PER_ACCOUNT + 2)


def test_a_flood_of_unknown_emails_ends_and_hides_no_account(database, viewer):
    for number in range(WITHOUT_ACCOUNT + 5):
        note_wrong_password(database, f"{number}@example.org", NETWORK, NOW)
    flood = len(written(database))
    note_wrong_password(database, viewer.email, NETWORK, NOW)

    assert (flood, len(written(database))) == (WITHOUT_ACCOUNT, WITHOUT_ACCOUNT + 1)


def test_old_lines_go_and_other_lines_stay(database, viewer):
    note_wrong_password(database, viewer.email, "old", NOW - KEPT - minutes(1))
    write(database, lambda s: note(s, None, "operator.pin", NOW - 2 * KEPT, account=viewer.id))

    note_wrong_password(database, viewer.email, NETWORK, NOW)

    with database.read() as session:
        pins = session.scalars(select(Activity).where(Activity.action == "operator.pin")).all()
    assert [details["network"] for _, details in written(database)] == [NETWORK]
    assert len(pins) == 1
