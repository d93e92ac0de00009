import pytest

from checkin.domain.gates.turns import Turn, TurnSight, sight_of


@pytest.mark.parametrize(
    ("known", "told", "sight"),
    [
        (None, Turn(7, "a"), TurnSight.NEXT),
        (Turn(7, "a"), Turn(8, "a"), TurnSight.NEXT),
        (Turn(7, "a"), Turn(8, "b"), TurnSight.NEXT),
        (Turn(7, "a"), Turn(7, "a"), TurnSight.REPEATED),
        (Turn(7, "a"), Turn(6, "a"), TurnSight.REPEATED),
        (Turn(7, "a"), Turn(7, "b"), TurnSight.COPIED),
        (Turn(7, "a"), Turn(2, "b"), TurnSight.COPIED),
        (Turn(7, "a"), Turn(1, "b"), TurnSight.BEGUN_ANEW),
        (Turn(1, "a"), Turn(1, "b"), TurnSight.BEGUN_ANEW),
    ],
)
def test_what_a_turn_tells(known, told, sight):
    assert sight_of(known, told) == sight
