"""How a gate's doors stand, as people are told: the vectors that JavaScript passes."""

import json
from datetime import datetime
from pathlib import Path

from checkin.domain.scanning.timetable import Doors, doors_at
from scanner.offline.local_facts import posted_hours

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "doors.json").read_text("utf-8"))
CASES = VECTORS["cases"]


def moment(text):
    return text and datetime.fromisoformat(text)


def told(case):
    policy, days = posted_hours(VECTORS["head"] | case["policy"])
    return doors_at(policy, days, moment(case["at"]), case["gate"])


def test_the_doors_stand_as_the_shared_vectors_say():
    assert {case["name"]: told(case) for case in CASES} == {
        case["name"]: Doors(case["is_open"], moment(case["until"])) for case in CASES
    }
