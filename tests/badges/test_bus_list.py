"""The list of a bus: the same bytes each time, one line a passenger, as many pages as needed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from pypdf import PdfReader

from badges.bus_list import BusList, Passenger, bus_list_pdf

BUS = BusList(
    event="Rencontre régionale",
    event_ar="اللقاء الجهوي",
    sensitive=False,
    starts_at=datetime(2025, 6, 14, 15, tzinfo=timezone(timedelta(hours=1))),
    delegation="Khémisset",
    delegation_ar="الخميسات",
    bus="Car 1",
    leader="Hassan Tazi",
    leader_phone="+212611111111",
    seats=90,
    language="fr",
    passengers=tuple(Passenger(f"Militant {n}", "مناضل", f"+2126000000{n:02d}") for n in range(80)),
)


def pages(bus):
    return [one.extract_text() for one in PdfReader(io.BytesIO(bus_list_pdf(bus))).pages]


def test_every_passenger_has_a_line_and_every_page_a_number():
    found = pages(BUS)

    text = "".join(found)
    assert all(one.phone[1:] in text for one in BUS.passengers)
    assert [f"{at} / {len(found)}" in page for at, page in enumerate(found, 1)] == [True] * len(
        found
    )
    assert len(found) > 1


def test_the_same_bus_list_gives_the_same_bytes():
    assert bus_list_pdf(BUS) == bus_list_pdf(BUS)


@pytest.mark.parametrize("words", ['#import "x"', "$ x $", "*bold* _it_ @ref", "<b>"])
def test_typed_text_is_never_executed_as_markup(words):
    passenger = Passenger(words, "", "")

    assert words in "".join(pages(replace(BUS, passengers=(passenger,), leader=words)))


def test_the_name_of_a_sensitive_event_is_not_printed():
    assert "Rencontre" in pages(BUS)[0]
    assert "Rencontre" not in pages(replace(BUS, sensitive=True))[0]
