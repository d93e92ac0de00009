"""Which moves of a list are refused, row by row, before anything is written."""

from __future__ import annotations

from checkin.domain.people.importing.foreseen_moves import Mover, Room, foresee
from checkin.domain.people.importing.importing import Action, PlannedRow
from checkin.domain.people.place_decisions import CONFIRMED, RESERVE, Arrival

HERE, THERE = 1, 2
CAME, NOT_COME = Mover(HERE, CONFIRMED, Arrival.WITH_PLACE), Mover(HERE, CONFIRMED, Arrival.NONE)


def moves(*people):
    return [
        PlannedRow(row, Action.CHANGE, (), person, {"delegation_id": THERE})
        for row, person in enumerate(people, 2)
    ]


def adds(number, delegation_id=THERE):
    return PlannedRow(number, Action.ADD, changes={"delegation_id": delegation_id})


def rooms(*, free, waiting=0, here_waiting=0):
    return {HERE: Room("Ici", 9, 0, here_waiting), THERE: Room("Ailleurs", 5, free, waiting)}


def refused(planned, movers, there):
    foreseen = foresee(planned, movers, there)
    return [row.row_number for row in foreseen if row.action == Action.REFUSE]


def test_the_last_place_goes_to_the_first_row():
    people = {1: CAME, 2: CAME, 3: CAME}

    assert refused(moves(1, 2, 3), people, rooms(free=1)) == [3, 4]


def test_the_refused_row_says_where_no_place_is_free():
    [row] = foresee(moves(1), {1: CAME}, rooms(free=0))

    [why] = row.why
    assert (why.column, why.code) == ("delegation", "no_place_for_arrival")
    assert (why.value, why.hints) == ("Ailleurs", ("5",))


def test_who_is_new_in_a_later_row_takes_a_place_first():
    assert refused([*moves(1), adds(9)], {1: CAME}, rooms(free=1)) == [2]


def test_who_is_new_takes_one_place_and_leaves_the_others():
    assert refused([*moves(1), adds(9)], {1: CAME}, rooms(free=2)) == []


def test_who_is_moved_and_waits_there_gets_the_next_place_that_is_left():
    back = PlannedRow(3, Action.CHANGE, (), 2, {"delegation_id": HERE})
    people = {1: NOT_COME, 2: Mover(THERE, CONFIRMED, Arrival.WITH_PLACE), 3: CAME}
    [waits, _, late] = moves(1, 2, 3)

    assert refused([waits, back, late], people, rooms(free=0)) == [4]


def test_who_has_waited_longer_gets_the_place_first():
    assert refused(moves(1, 2), {1: CAME, 2: CAME}, rooms(free=2, waiting=1)) == [3]


def test_who_has_not_come_waits_there_and_is_not_refused():
    assert refused(moves(1, 2), {1: NOT_COME, 2: CAME}, rooms(free=0)) == [3]


def test_a_place_that_somebody_leaves_is_free_for_a_later_row_unless_somebody_waits():
    back = PlannedRow(3, Action.CHANGE, (), 2, {"delegation_id": HERE})
    people = {1: CAME, 2: Mover(THERE, CONFIRMED, Arrival.WITH_PLACE)}

    assert refused([*moves(1), back], people, rooms(free=1)) == []
    assert refused([*moves(1), back], people, rooms(free=1, here_waiting=1)) == [3]


def test_who_waits_and_is_inside_on_a_lent_place_leaves_it_to_the_next():
    lent, there = Mover(HERE, RESERVE, Arrival.WITH_PLACE), rooms(free=1, here_waiting=2)

    assert refused(moves(1), {1: lent}, there) == []
    assert (there[HERE].free, there[HERE].waiting) == (0, 0)


def test_other_rows_stay_as_they_were_planned():
    rows = [PlannedRow(2, Action.CHANGE, (), 7, {"note": "x"}), PlannedRow(3, Action.SKIP)]

    assert foresee(rows, {1: CAME}, rooms(free=0)) == rows
