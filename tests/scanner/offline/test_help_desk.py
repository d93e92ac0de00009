"""A help desk finds people while the program runs that was lent the key; its disk names nobody."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanner.core.errors import (
    DeskBudget,
    DeskLocked,
    ListRefused,
    RequestRejected,
    SearchClosed,
    SearchTooShort,
)
from scanner.core.scan import Scan
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.help_desk import HelpDesk
from scanner.offline.spool import Spool
from scanner.server.desk_supply import DeskSupply
from tests.scanner.offline.lists import NOON, a_list
from tests.scanner.offline.people import OTHER, a_listed, a_people_list

PEOPLE = [a_listed(number) for number in range(1, 7)]
HOUR = timedelta(hours=1)


class Laptop:
    """A folder, whose program is started again and again."""

    def __init__(self, folder):
        self.folder = folder
        self.now = NOON
        self.started = []

    def start(self):
        """Start the program, and return its help desk."""
        held = HeldList(self.folder, event="rabat")
        clock = DeviceClock(lambda: self.now, lambda: 0.0)
        desk = HelpDesk(self.folder, held, clock)
        self.started += [desk, held]
        return desk

    def open(self, people=PEOPLE, **search):
        """Start the program, and lend it the key and the people."""
        desk = self.start()
        reply, pages = a_people_list(people, **search)
        desk.take_list(reply)
        desk.take_pages(pages)
        desk.read()
        return desk

    @property
    def bytes(self):
        return b"".join(file.read_bytes() for file in self.folder.iterdir())


@pytest.fixture
def laptop(tmp_path):
    laptop = Laptop(tmp_path)
    yield laptop
    for one in laptop.started:
        one.close()


def found(desk, text):
    return [person["participant"]["id"] for person in desk.search(text).people]


def test_five_people_are_shown_and_how_many_more_there_are(laptop):
    desk = laptop.open()

    shown = desk.search("amina")

    assert [one["participant"]["id"] for one in shown.people] == [1, 2, 3, 4, 5]
    assert (shown.more, desk.person(6), desk.person(7)) == (1, PEOPLE[5], None)


def test_the_disk_names_nobody_and_a_new_start_finds_nobody_until_the_key_is_lent(laptop):
    found(laptop.open(), "amina 1")
    again = laptop.start()

    assert (again.holds_people, again.is_open, again.person(1)) == (True, False, None)
    with pytest.raises(DeskLocked):
        again.search("amina")
    assert [word for word in ("Amina", "أمينة", "Khémisset") if word.encode() in laptop.bytes] == []

    reply, _pages = a_people_list(PEOPLE)
    assert list(again.take_list(reply)) == []  # no page has to be sent again
    again.read()
    assert found(again, "amina 1") == [1]


def test_whoever_is_shown_is_counted_on_the_disk_first(laptop):
    found(laptop.open(budget=6), "amina")

    again = laptop.open(budget=6)

    assert found(again, "amina 2") == [2]  # who counts already counts no further
    assert found(again, "amina 6") == [6]
    with pytest.raises(DeskBudget) as refusal:
        again.search("amina 1")
    assert refusal.value.details == {"minutes": 60}
    laptop.now += HOUR
    assert found(laptop.open(budget=6), "amina 1") == [1]


@pytest.mark.parametrize("closed", [{"opens_at": NOON + HOUR}, {"closes_at": NOON}])
def test_while_the_doors_are_closed_nobody_is_found(closed, laptop):
    desk = laptop.open(**{key: at.isoformat() for key, at in closed.items()})

    with pytest.raises(SearchClosed):
        desk.search("amina")


def test_two_letters_search_for_nobody(laptop):
    with pytest.raises(SearchTooShort):
        laptop.open().search("am")


def test_a_page_that_changed_takes_the_place_of_the_one_before(laptop):
    laptop.open()
    changed = [*PEOPLE[:5], a_listed(6, blocked=True)]
    desk = laptop.start()
    reply, pages = a_people_list(changed)

    assert list(desk.take_list(reply)) == [pages[5]["mark"]]
    desk.take_pages(pages[5:])
    desk.read()

    assert desk.person(6)["blocked"] is True


def test_a_page_of_another_key_is_not_kept(laptop):
    reply, _ = a_people_list(PEOPLE, key=OTHER)
    _, pages = a_people_list(PEOPLE)
    desk = laptop.start()
    lacking = list(desk.take_list(reply))

    desk.take_pages([{**page, "mark": mark} for page, mark in zip(pages, lacking, strict=True)])

    assert (desk.is_open, desk.person(1)) == (False, None)


def refused(desk, reply):
    with pytest.raises(ListRefused) as refusal:
        desk.take_list(reply)
    return str(refusal.value.details["objection"])


def test_a_list_of_another_server_or_event_or_with_a_changed_head_is_refused(laptop):
    desk = laptop.start()
    laptop.started[1].take(a_list())
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    reply, _ = a_people_list(PEOPLE)

    assert refused(desk, a_people_list(PEOPLE, signer=stranger)[0]) == "other_key"
    assert refused(desk, a_people_list(PEOPLE, event="fes")[0]) == "other_event"
    assert refused(desk, reply | {"head": reply["head"] | {"marks": []}}) == "forged"


def test_an_older_list_of_the_server_is_refused_and_one_of_the_same_version_is_taken(laptop):
    desk = laptop.start()
    newer, pages = a_people_list(PEOPLE, version=3)
    desk.take_list(newer)
    desk.take_pages(pages)

    assert refused(desk, a_people_list(PEOPLE[:1], version=2)[0]) == "older"
    assert desk.is_open
    assert len(desk.take_list(a_people_list(PEOPLE[:1], version=3)[0])) == 0


class FakeServer:
    """A server that lends a key, two pages at a time."""

    def __init__(self):
        self.reply, self.pages = a_people_list(PEOPLE)
        self.refusal = None
        self.told = []

    def people_list(self):
        if self.refusal:
            raise RequestRejected(403, self.refusal, "")
        return self.reply

    def people_pages(self, marks):
        return [page for page in self.pages if page["mark"] in marks[:2]]

    def tell_shown(self, shown):
        self.told.append(sorted(shown))


def status(*, help_desk):
    return {"device": {"help_desk": True} if help_desk else {}}


@pytest.fixture
def supply(laptop):
    supply = DeskSupply(FakeServer(), laptop.start())
    supply.note_status(status(help_desk=True))
    return supply


def test_a_help_desk_fetches_its_people_and_tells_whom_it_showed_once(supply):
    supply.run()
    assert found(supply.desk, "amina 6") == [6]

    supply.run()
    supply.run()

    assert supply.server.told == [[6]]


def test_a_device_that_is_a_help_desk_no_more_erases_the_people(supply):
    supply.run()

    supply.note_status(status(help_desk=False))
    supply.run()

    assert (supply.desk.holds_people, supply.desk.person(1)) == (False, None)


@pytest.mark.parametrize(
    ("refusal", "holds"),
    [("not_a_help_desk", False), ("search_not_allowed", False), ("search_closed", True)],
)
def test_refused_it_erases_the_people_or_forgets_the_key_while_the_doors_are_closed(
    refusal, holds, supply
):
    supply.run()
    supply.server.refusal = refusal

    supply.run()

    assert (supply.desk.holds_people, supply.desk.is_open) == (holds, False)


@pytest.mark.parametrize(
    ("number", "policy", "reason"),
    [
        (1, {}, None),
        (2, {}, "canceled"),
        (99, {}, "invalid"),
        (1, {"without_badge": "supervisors"}, "badge_required"),
    ],
)
def test_whoever_is_in_the_list_is_decided_by_their_number_as_with_the_badge(
    number, policy, reason, laptop
):
    desk = laptop.open([a_listed(1), a_listed(2, standing="canceled")])
    held = laptop.started[-1]
    held.take(a_list(**policy))
    with closing(Spool(laptop.folder)) as spool:
        clock, place = DeviceClock(lambda: NOON), {"id": 7, "name": "Accueil"}
        gate = OfflineGate(held, spool.memory, clock, place, "fr", desk)

        answer = gate.answer(Scan("", source="search", scanned_at=NOON, participant_id=number))

    assert answer.decided["reason"] == reason
    assert (answer.passage and answer.passage.participant_id) == (None if reason else number)
