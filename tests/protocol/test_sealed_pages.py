"""Sealed pages: they open with the key that was lent, and only as they were sealed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from checkin.protocol.base64url import bytes_of
from checkin.protocol.sealed_pages import FILLED_TO, PageKeys, SealedPage, page_content

KEYS, OTHER = PageKeys(bytes(range(32))), PageKeys(bytes(32))
PEOPLE = [{"id": 1, "name": "Amina Alaoui"}, {"id": 2, "name": "أمينة العلوي"}]
VECTOR = Path(__file__).parents[1] / "vectors" / "sealed_pages.json"
values = st.one_of(st.text(), st.integers(), st.none())


@given(st.lists(st.dictionaries(st.text(), values)))
def test_records_come_back_as_they_were_sealed(records):
    assert KEYS.open(KEYS.seal(page_content(records))) == records


def test_another_key_opens_nothing():
    assert OTHER.open(KEYS.seal(page_content(PEOPLE))) is None


def test_the_same_records_have_the_same_mark_under_one_key_and_another_one_under_another():
    content = page_content(PEOPLE)
    turned = page_content([dict(reversed(one.items())) for one in PEOPLE])

    assert KEYS.mark(content) == KEYS.mark(turned) == KEYS.seal(content).mark
    assert KEYS.mark(content) != OTHER.mark(content)
    assert KEYS.seal(content).sealed != KEYS.seal(content).sealed


def test_names_make_no_difference_to_the_length_of_a_page():
    lengths = {len(page_content([{"name": name}])) for name in ("Ali", "ح" * 200)}

    assert lengths == {FILLED_TO}


def test_a_page_does_not_open_under_the_mark_of_another_or_when_it_was_changed():
    page, second = (KEYS.seal(page_content([one])) for one in PEOPLE)
    torn = page.sealed[:-4] + ("AAAA" if not page.sealed.endswith("AAAA") else "BBBB")

    assert KEYS.open(replace(page, mark=second.mark)) is None
    assert KEYS.open(replace(page, sealed=torn)) is None
    assert KEYS.open(replace(page, sealed="")) is None
    assert KEYS.open(replace(page, sealed="é")) is None


def test_the_pages_of_the_vectors_open_to_their_records():
    cases = json.loads(VECTOR.read_text("utf-8"))

    opened = [PageKeys(bytes_of(one["key"])).open(SealedPage(**one["page"])) for one in cases]

    assert opened == [one["records"] for one in cases]
