"""Failed sign-ins are logged, and a flood of them does not fill the log."""

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


def test_a_failed_sign_in_is_logged_with_account_and_network(database, viewer):
    note_wrong_password(database, " Viewer@Example.org ", NETWORK, NOW)
    note_wrong_code(database, viewer.id, NETWORK, NOW)

    about = {"account": viewer.id, "network": NETWORK}
    assert written(database) == [(WRONG_PASSWORD, about), (WRONG_CODE, about)]


def test_a_failed_sign_in_does_not_log_an_unknown_email(database):
    note_wrong_password(database, "nobody@example.org", NETWORK, NOW)

    assert written(database) == [(WRONG_PASSWORD, {"network": NETWORK})]


def test_failed_sign_ins_of_one_account_are_logged_up_to_an_hourly_limit(database, viewer):
    for second in range(PER_ACCOUNT + 5):
        note_wrong_password(database, viewer.email, NETWORK, NOW + minutes(second / 60))
    during = len(written(database))
    note_wrong_password(database, "nobody@example.org", NETWORK, NOW + minutes(1))
    note_wrong_password(database, viewer.email, NETWORK, NOW + minutes(62))

    assert (during, len(written(database))) == (PER_ACCOUNT, PER_ACCOUNT + 2)


def test_a_flood_of_unknown_emails_does_not_displace_log_lines_of_accounts(database, viewer):
    for number in range(WITHOUT_ACCOUNT + 5):
        note_wrong_password(database, f"{number}@example.org", NETWORK, NOW)
    flood = len(written(database))
    note_wrong_password(database, viewer.email, NETWORK, NOW)

    assert (flood, len(written(database))) == (WITHOUT_ACCOUNT, WITHOUT_ACCOUNT + 1)


def test_old_log_lines_of_failed_sign_ins_are_deleted_and_others_kept(database, viewer):
    note_wrong_password(database, viewer.email, "old", NOW - KEPT - minutes(1))
    write(database, lambda s: note(s, None, "operator.pin", NOW - 2 * KEPT, account=viewer.id))

    note_wrong_password(database, viewer.email, NETWORK, NOW)

    with database.read() as session:
        pins = session.scalars(select(Activity).where(Activity.action == "operator.pin")).all()
    assert [details["network"] for _, details in written(database)] == [NETWORK]
    assert len(pins) == 1
