"""The gate list that the JavaScript's tests read is one that Python reads, too."""

from __future__ import annotations

import json
from pathlib import Path

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import (
    SealedEntry,
    Tombstone,
    badge_tag,
    bus_tag,
    list_is_genuine,
    open_bus_list,
    open_entry,
    signed_bytes,
)

VECTORS = Path(__file__).parents[1] / "vectors"
VECTOR = json.loads((VECTORS / "gate_list.json").read_text("utf-8"))


def test_the_vector_is_what_python_seals_and_signs():
    body = VECTOR["list"]
    entries = [SealedEntry(**entry) for entry in body["entries"]]
    tombstones = [Tombstone(**tombstone) for tombstone in body["tombstones"]]
    tokens = [parse_code(code) for code in VECTOR["codes"]]

    content = signed_bytes(body["head"], tombstones, entries)

    assert list_is_genuine(body["public_key"], content, body["signature"])
    rows = [*entries, *tombstones]
    assert [badge_tag(token) for token in tokens] == [row.tag for row in rows]
    opened = [open_entry(token, entry) for token, entry in zip(tokens, entries, strict=False)]
    assert opened == VECTOR["contents"]


def test_the_vector_of_a_buss_list_is_what_python_seals_to_the_badge_of_its_leader():
    vector = json.loads((VECTORS / "bus_list.json").read_text("utf-8"))
    leader, other = (parse_code(code) for code in vector["codes"])
    entry = SealedEntry(**vector["entry"])

    assert (bus_tag(leader), open_bus_list(leader, entry)) == (entry.tag, vector["content"])
    assert open_bus_list(other, entry) is None
