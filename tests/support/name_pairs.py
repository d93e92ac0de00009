"""The pairs of names of tests/vectors/names.json, and how far apart the rules have each.

Python and JavaScript are both held to tests/vectors/name_distances.json. After a change of the
rules `python -m tests.support.name_pairs` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checkin.domain.common.name_key import distance
from checkin.domain.common.name_tables import as_data
from checkin.domain.people.name_search import NameQuery

_FOLDER = Path(__file__).parents[1] / "vectors"
DISTANCES = _FOLDER / "name_distances.json"
_READ = json.loads((_FOLDER / "names.json").read_text("utf-8"))

Pairs = list[tuple[str, str]]
ONE_NAME: Pairs = [tuple(pair) for pair in _READ["one_name"]]
TWO_NAMES: Pairs = [tuple(pair) for pair in _READ["two_names"]]
HELD_BACK: dict[str, Pairs] = {
    kind: [tuple(pair) for pair in pairs] for kind, pairs in _READ["held_back"].items()
}


def measured() -> dict[str, Any]:
    """Return the tables of the rules, and of each pair its distance, and that of a search."""
    pairs = [*ONE_NAME, *TWO_NAMES, *HELD_BACK["one_name"], *HELD_BACK["two_names"]]
    distances = [
        [one, other, distance(one, other), NameQuery(one).distance([other])] for one, other in pairs
    ]
    return json.loads(json.dumps({"tables": as_data(), "distances": distances}))


def _write() -> None:
    found = measured()
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found["distances"])
    tables = json.dumps(found["tables"], ensure_ascii=False)
    DISTANCES.write_text(f'{{"tables": {tables},\n"distances": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    _write()
