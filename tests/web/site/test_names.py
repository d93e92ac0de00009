"""A name in another script than the page's declares its language for screen readers."""

from __future__ import annotations

import pytest

from checkin.db.models import Delegation
from tests.support.factories import write


def set_arabic_name(session, delegation_id):
    session.get_one(Delegation, delegation_id).name_ar = "الخميسات"


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("fr", ["<bdi>Khémisset</bdi>", "<bdi lang=ar>الخميسات</bdi>"]),
        ("en", ["<bdi>Khémisset</bdi>", "<bdi lang=ar>الخميسات</bdi>"]),
        ("ar", ["<bdi>الخميسات</bdi>", "<bdi lang=fr>Khémisset</bdi>"]),
    ],
)
def test_the_name_in_the_other_script_has_a_language_of_its_own(
    organiser, database, delegation, language, marked
):
    write(database, lambda session: set_arabic_name(session, delegation.id))

    page = organiser.read(f"/events/rabat-2025/delegations?lang={language}")

    assert [name in page for name in marked] == [True, True]
