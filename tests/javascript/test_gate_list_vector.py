"""The gate list that the JavaScript's tests read is one that Python reads, too."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from checkin.protocol.codes import parse_code
from checkin.protocol.compact_entries import names_in
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
from checkin.protocol.list_segments import extent_of, mark_of, record_in

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


def test_the_vector_of_segments_is_what_python_seals_and_signs():
    vector = json.loads((VECTORS / "segments.json").read_text("utf-8"))
    body, segment = vector["list"], base64.b64decode(vector["segment"])
    names, tokens = names_in(body["head"]), [parse_code(code) for code in vector["codes"]]

    content = signed_bytes(body["head"], (), ())
    assert list_is_genuine(body["public_key"], content, body["signature"])
    extent = extent_of(segment)
    assert body["head"]["segments"] == [
        {
            "mark": mark_of(segment),
            "bytes": len(segment),
            "records": extent.records,
            "first": extent.first,
            "last": extent.last,
        }
    ]
    found = [record_in(segment, badge_tag(token)) for token in tokens]
    opened = [open_entry(token, one, names) for token, one in zip(tokens[:2], found, strict=False)]
    assert opened == vector["contents"]
    assert found[2] == Tombstone(badge_tag(tokens[2]), "revoked")
    bus = record_in(segment, bus_tag(tokens[0]))
    assert open_bus_list(tokens[0], bus, names) == vector["bus"]
