"""Each correction, of people who have not come and of those who have: docs/corrections.md."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, update

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Badge,
    Conflict,
    Delegation,
    Event,
    Lease,
    LeasePlace,
    Operator,
    Participant,
    Role,
)
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.events.details import EventDetails
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import QuotaBelowPlacesTaken
from checkin.services.gates.authentication import device_by_token
from checkin.services.lifecycle.settings import change_event
from checkin.services.people.delegation_deletion import delete_delegation
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel, edit, reinstate
from checkin.services.scanning.storage import Decided
from checkin.services.spreadsheets.reading import read_table
from tests.docs.pages import tables_of
from tests.services.scanning.merged import merge, take_back
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write

CORRECTIONS, UPLOADS = tables_of("docs/corrections.md")
WORDS = {"confirmed": "confirmed", "reserve": "waiting", "canceled": "canceled"}
REFUSALS = (FieldProblem, InvalidValue, QuotaBelowPlacesTaken)


def told(row):
    return " · ".join(row.values())


@dataclass
class Scene:
    """A delegation with the person who is corrected, and another one to move them to.

    Attributes:
        next: the first of the delegation's reserve list besides the person; None: nobody waits.
    """

    database: object
    event: Event
    device: object
    here: Delegation
    there: Delegation
    person: int
    badge: object
    next: int | None = None
    token: str = ""

    @classmethod
    def of(cls, database, row):
        """Lay a row's case out."""
        event = factories.an_event(database, reentry=Reentry.AFTER_EXIT)
        factories.a_category(database, event, "Élu")
        token = factories.a_new_device(database, event).token
        device = device_by_token(database, token)
        here = factories.a_delegation(database, event, "Ici", quota=1)
        there = factories.a_delegation(database, event, "Ailleurs", quota=1)
        if row["Correction"].startswith("capacity"):
            guest = factories.a_participant(database, event, "Invitée", delegation=there)
            assert factories.scan(database, device, code_of(event, guest)).reason is None
        state = _STATES[_came_as(row)]
        registered = state(database, event, device, here)
        code = registered.participant_id, registered.badge_id
        scene = cls(database, event, device, here, there, *code, token=token)
        if row["Registration"] == "canceled":
            scene.cancel()
        scene._fill(row)
        return scene

    def _fill(self, row):
        """Leave a place free, or let somebody wait for one, as the row says."""
        is_moved = row["Correction"] == "move"
        if is_moved and row["Place"] == "none":
            self.newcomer(self.there)
        if is_moved or row["Place"] == "none":
            while self.next is None:
                somebody = self.newcomer(self.here)
                self.next = somebody.participant_id if somebody.reserve_no else None
        elif row["Registration"] == "canceled" and row["Arrival"] != "none":
            self.set_quota(+1)

    def newcomer(self, delegation):
        return factories.a_participant(
            self.database, self.event, f"Invité {uuid4()}", delegation=delegation
        )

    def do(self, correction):
        """Make a correction; return whether it was refused."""
        try:
            _DO[correction](self)
        except REFUSALS:
            return True
        return False

    def move(self):
        self._edit(delegation_id=self.there.id)

    def move_by_list(self):
        """Import a list that names the other delegation; a refused row says which and why."""
        person = self.found()
        text = (
            f"Nom;Délégation;Catégorie;Téléphone\n{person.name};Ailleurs;Militant;{person.phone}\n"
        )
        importing = Importing(self.event, read_table(text.encode()))
        [row] = import_list(self.database, importing, KEYS, lambda: NOW + minutes(1)).rows
        if row.action == "refuse":
            [why] = row.why
            assert (row.row_number, why.column, why.value) == (2, "delegation", "Ailleurs")
            raise FieldProblem(why.column, why.code, why.value)

    def change_category(self):
        self._edit(category="Élu")

    def _edit(self, category="Militant", **more):
        person = self.found()
        registration = Registration(name=person.name, phone=person.phone, delegation="–")
        number = factories.a_category(self.database, self.event, category).id
        write(
            self.database,
            lambda s: edit(
                s, self.event, self.person, registration, category_id=number, now=NOW, **more
            ),
        )

    def cancel(self):
        write(self.database, lambda s: cancel(s, self.event, self.person, now=NOW))

    def reinstate(self):
        write(self.database, lambda s: reinstate(s, self.event, self.person, now=NOW))

    def block(self):
        write(self.database, lambda s: block(s, self.event, self.person, reason="Test", now=NOW))

    def set_quota(self, by):
        with self.database.read() as session:
            quota = session.get_one(Delegation, self.here.id).quota + by
        write(self.database, lambda s: set_quota(s, self.event, self.here.id, quota, now=NOW))

    def merge(self):
        """Join the person with a second record of theirs, confirmed in the other delegation."""
        self._merge_with(self.newcomer(self.there))

    def merge_with_waiting(self):
        second = self.newcomer(self.here)
        assert second.reserve_no
        self._merge_with(second)

    def _merge_with(self, second):
        """Merge the two, be the kept one from now on, and return the number of the other one."""
        both = {self.person, second.participant_id}
        self.person = merge(self.database, self.event, *both)
        [other] = both - {self.person}
        return other

    def take_merge_back(self):
        person = self.person
        other = self._merge_with(self.newcomer(self.there))
        take_back(self.database, self.event, other)
        self.person = person

    def set_capacity(self, capacity, *, confirmed=True):
        def work(session):
            event = session.get_one(Event, self.event.id)
            before = {one.name: getattr(event, one.name) for one in fields(EventDetails)}
            details = EventDetails(**before | {"capacity": capacity})
            change_event(session, event, details, is_too_small=confirmed, operator_id=None, now=NOW)

        write(self.database, work)
        self.device = device_by_token(self.database, self.token)

    def lower_capacity(self):
        self.set_capacity(1, confirmed=False)

    def confirm_capacity(self):
        self.set_capacity(1)

    def raise_capacity(self):
        self.set_capacity(1)
        self.set_capacity(2, confirmed=False)

    def delete(self):
        write(
            self.database,
            lambda s: delete_delegation(s, self.event, self.here.id, operator_id=None, now=NOW),
        )

    def found(self, number=None):
        with self.database.read() as session:
            return session.get_one(Participant, number or self.person)

    def standing(self, number=None):
        return WORDS[self.found(number).standing]

    def figures(self):
        """Return all that a refused correction leaves as it was."""
        with self.database.read() as session:
            people = session.execute(
                select(
                    Participant.id,
                    Participant.delegation_id,
                    Participant.standing,
                    Participant.reserve_no,
                    Participant.category_id,
                ).order_by(Participant.id)
            ).all()
            delegations = session.execute(
                select(Delegation.id, Delegation.quota, Delegation.places_taken).order_by(
                    Delegation.id
                )
            ).all()
            return people, delegations, tallied(session)


def _registered(database, event, delegation):
    return factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, phone="+212612345678"
    )


def _not_come(database, event, _device, here):
    return _registered(database, event, here)


def _inside(database, event, device, here):
    person = _registered(database, event, here)
    assert factories.scan(database, device, code_of(event, person)).reason is None
    return person


def _left_again(database, event, device, here):
    person = _inside(database, event, device, here)
    elsewhere = factories.a_device(database, event, "Porte 2")
    code = code_of(event, person)
    factories.scan(database, elsewhere, code, at=NOW + minutes(1), direction=Direction.EXIT)
    return person


def _waiting(database, event, _device, here):
    factories.a_participant(database, event, "Somebody else", delegation=here)
    return _registered(database, event, here)


def _on_a_lent_place(database, event, device, here):
    write(database, lambda s: set_quota(s, event, here.id, 2, now=NOW))
    factories.a_participant(database, event, "Somebody else", delegation=here)
    lease = _lent(database, event, device, here)
    person = _registered(database, event, here)
    offline = {"decided": Decided(Status.OK, None), "lease_id": lease}
    assert factories.scan(database, device, code_of(event, person), **offline).reason is None
    write(database, lambda s: s.execute(update(Lease).values(ended_at=NOW)))
    return person


def _lent(database, event, device, here):
    """Lend one place to a gate, whatever it would be lent by the rules."""
    lease = {"id": uuid4(), "event_id": event.id, "device_id": device.id}
    life = {"granted_at": NOW, "expires_at": NOW + timedelta(minutes=10)}
    place = {"lease_id": lease["id"], "event_id": event.id, "delegation_id": here.id}

    def grant(session):
        session.execute(insert(Lease).values(**lease, **life, hall=None, hall_used=0))
        session.execute(insert(LeasePlace).values(**place, places=1, used=0))

    write(database, grant)
    return lease["id"]


def _supervisor(database):
    """Return the supervisor who answers for overrides, the same one each time."""
    with database.read() as session:
        known = session.scalar(select(Operator.id).where(Operator.role == Role.SUPERVISOR))
    return known or factories.a_supervisor(database)


def _by_override(database, event, device, here):
    person = _waiting(database, event, device, here)
    by = {"force_reason": "connue", "forced_by": _supervisor(database)}
    forced = factories.scan(database, device, code_of(event, person), **by)
    assert forced.reason is None
    return person


def _moved_up_after_an_override(database, event, device, here):
    person = _by_override(database, event, device, here)
    write(database, lambda s: set_quota(s, event, here.id, 2, now=NOW))
    return person


def code_of(event, person):
    return factories.code_of(event, person.badge_id)


#: who is canceled now was confirmed before, but where they came in without a place of their own
def _came_as(row):
    arrival, registration = row["Arrival"], row["Registration"]
    if registration == "canceled":
        registration = "waiting" if arrival in ("lent place", "override") else "confirmed"
    return registration, arrival


_STATES = {
    ("confirmed", "none"): _not_come,
    ("confirmed", "inside"): _inside,
    ("confirmed", "left again"): _left_again,
    ("confirmed", "override"): _moved_up_after_an_override,
    ("waiting", "none"): _waiting,
    ("waiting", "lent place"): _on_a_lent_place,
    ("waiting", "override"): _by_override,
}
_DO = {
    "move": Scene.move,
    "move by a list": Scene.move_by_list,
    "cancel": Scene.cancel,
    "register again": Scene.reinstate,
    "category": Scene.change_category,
    "block": Scene.block,
    "quota one lower": lambda scene: scene.set_quota(-1),
    "quota one higher": lambda scene: scene.set_quota(+1),
    "merge": Scene.merge,
    "merge with one who waits": Scene.merge_with_waiting,
    "take the merge back": Scene.take_merge_back,
    "capacity lowered": Scene.lower_capacity,
    "capacity lowered, confirmed": Scene.confirm_capacity,
    "capacity raised": Scene.raise_capacity,
    "delete the delegation": Scene.delete,
}


def tallied(session):
    """Return arrived, inside and without a place by delegation, as the running tallies say."""
    columns = (ArrivalTally.arrived, ArrivalTally.inside, ArrivalTally.without_place)
    rows = session.execute(
        select(ArrivalTally.delegation_id, *map(func.sum, columns)).group_by(
            ArrivalTally.delegation_id
        )
    )
    return {number: tuple(counts) for number, *counts in rows if any(counts)}


def counted(session):
    """Return the same as the admissions themselves say, by the delegation of the person."""
    found: dict[int, tuple[int, ...]] = {}
    rows = session.execute(
        select(Participant.delegation_id, Admission)
        .join(Participant, Participant.id == Admission.participant_id)
        .where(Admission.annulled_at.is_(None))
    )
    for delegation_id, one in rows:
        assert one.delegation_id == delegation_id
        adds = (one.entry_no == 1, one.exited_at is None, one.without_place)
        before = found.get(delegation_id, (0, 0, 0))
        found[delegation_id] = tuple(a + b for a, b in zip(before, adds, strict=True))
    return found


def check_the_rules(scene):
    """Check what holds after any correction: counts, quotas, and that the confirmed get in."""
    with scene.database.read() as session:
        assert tallied(session) == counted(session)
        confirmed = session.scalars(
            select(Participant).where(Participant.standing == "confirmed")
        ).all()
        for one in session.scalars(select(Delegation)):
            holders = [person for person in confirmed if person.delegation_id == one.id]
            assert len(holders) == one.places_taken <= one.quota
    for person in confirmed:
        if not person.blocked:
            assert let_in(scene, person), person.name
    with scene.database.read() as session:
        quotas = {one.id: one.quota for one in session.scalars(select(Delegation))}
        for number, (arrived, _inside, without_place) in tallied(session).items():
            assert arrived - without_place <= quotas[number]


def let_in(scene, person):
    """Scan a person's badge, and return whether they are in the hall then, or were in it."""
    with scene.database.read() as session:
        came = session.scalars(
            select(Admission.id).where(Admission.participant_id == person.id)
        ).first()
        badge = session.scalars(select(Badge.id).where(Badge.participant_id == person.id)).one()
    code = factories.code_of(scene.event, badge)
    return came or factories.scan(scene.database, scene.device, code).reason is None


def check(scene, row, correction):
    before = scene.figures()

    refused = scene.do(correction)

    assert ("refused" if refused else scene.standing()) == row["Registration then"]
    then = scene.standing(scene.next) if scene.next else "nobody waits"
    assert {"waiting": "waits", "confirmed": "moves up"}.get(then, then) == row["Next"]
    if refused:
        assert scene.figures() == before
    elif correction.startswith("move"):
        assert scene.found().delegation_id == scene.there.id
    elif correction.startswith("capacity"):
        check_the_hall(scene, row)
    check_the_rules(scene)


def check_the_hall(scene, row):
    """Check that a full hall refuses who has not come, and then make it as large as before."""
    if row["Correction"] != "capacity raised" and _came_as(row) == ("confirmed", "none"):
        code = factories.code_of(scene.event, scene.badge)
        answer = factories.scan(scene.database, scene.device, code)
        is_full = scene.standing() == "confirmed"
        assert answer.reason == (Reason.CAPACITY_EXCEEDED if is_full else Reason.CANCELED)
    scene.set_capacity(None)


@pytest.mark.parametrize("row", CORRECTIONS, ids=told)
def test_a_correction_does_what_the_table_says(database, row):
    check(Scene.of(database, row), row, row["Correction"])


def by_list(row):
    return row["Correction"] == "move" and row["Registration"] != "canceled"


@pytest.mark.parametrize("row", [row for row in CORRECTIONS if by_list(row)], ids=told)
def test_a_list_moves_people_as_the_form_does(database, row):
    check(Scene.of(database, row), row, "move by a list")


def test_the_table_has_every_correction_of_everybody_who_can_be_corrected():
    registered = {_came_as(row) for row in CORRECTIONS}
    assert registered == set(_STATES)
    merges = ("merge", "merge with one who waits", "take the merge back")
    capacities = ("capacity lowered", "capacity lowered, confirmed", "capacity raised")
    ordinary = ("cancel", "category", "block", "quota one lower")
    for correction in (*ordinary, *merges, *capacities):
        rows = [row for row in CORRECTIONS if row["Correction"] == correction]
        assert {_came_as(row) for row in rows} == set(_STATES), correction
    moved = [(*_came_as(row), row["Place"]) for row in CORRECTIONS if by_list(row)]
    assert sorted(moved) == sorted((*s, place) for s in _STATES for place in ("free", "none"))


def test_an_arrival_on_a_lent_place_is_on_no_loan_where_it_is_moved(database):
    moved = {"Correction": "move", "Registration": "waiting", "Place": "free"}
    scene = Scene.of(database, {**moved, "Arrival": "lent place"})

    def on_loan():
        with database.read() as session:
            return session.scalars(select(Admission.on_loan)).one()

    before = on_loan()
    scene.move()

    assert (before, on_loan()) == (True, False)


@pytest.mark.parametrize("row", UPLOADS, ids=told)
def test_an_upload_after_a_correction_is_counted_as_the_table_says(database, row):
    corrections = row["Correction"].split(", ")
    given = {**row, "Correction": corrections[0], "Registration": "confirmed", "Arrival": "none"}
    scene = Scene.of(database, given)
    for correction in corrections:
        assert not scene.do(correction)

    code = factories.code_of(scene.event, scene.badge)
    offline = {"decided": Decided(Status.OK, None), "received_at": NOW + minutes(5)}
    factories.scan(database, scene.device, code, at=NOW - minutes(1), **offline)

    with database.read() as session:
        conflict = session.scalars(select(Conflict.reason)).first()
        without_place = session.scalars(select(Admission.without_place)).one()
    assert (scene.standing(), conflict or "none") == (row["Registration then"], row["Conflict"])
    assert without_place == (row["Arrival"] == "without a place")
    check_the_rules(scene)
