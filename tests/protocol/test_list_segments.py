"""Segments of the gate list, and what an entry in them tells."""

from __future__ import annotations

import hashlib

import pytest

from checkin.protocol.base64url import bytes_of, text_of
from checkin.protocol.compact_entries import ListNames, names_in
from checkin.protocol.gate_list import (
    COMPACT_LENGTHS,
    LENGTHS,
    SealedEntry,
    Tombstone,
    badge_ref,
    badge_tag,
    bus_tag,
    open_bus_list,
    open_entry,
    seal_compact_bus_list,
    seal_compact_entry,
    seal_entry,
)
from checkin.protocol.list_segments import (
    Extent,
    Named,
    extent_of,
    mark_of,
    record_bytes,
    record_in,
    segment_of,
)

TOKENS = [bytes([number] * 16) for number in range(1, 6)]
DELEGATION = {"id": 4, "name": "Khémisset", "name_ar": "الخميسات", "quota": 1000}
CATEGORY = {"id": 7, "name": "Militant", "name_ar": "مناضل", "gates": [2, 3]}
HEAD = {"delegations": [DELEGATION], "categories": [CATEGORY]}
NAMES = names_in(HEAD)


def told(**more):
    return {
        "participant": {
            "id": 12,
            "name": "Amina Alaoui",
            "name_ar": "أمينة العلوي",
            "category": "Militant",
            "category_ar": "مناضل",
        },
        "delegation": DELEGATION,
        "standing": "confirmed",
        "blocked": False,
        "gates": [2, 3],
        "category_id": 7,
    } | more


FLAG = {"symbol": "star", "sentence": "Appeler le protocole", "sentence_ar": None}


@pytest.mark.parametrize(
    "content",
    [
        told(),
        told(standing="reserve", blocked=True),
        told(standing="canceled", flags=[FLAG], coordinator_phone="+212611111111"),
        told(participant=told()["participant"] | {"name_ar": None}),
        told(participant=told()["participant"] | {"name_ar": None, "seat": "B12"}),
    ],
)
def test_a_compact_entry_tells_what_a_whole_one_tells(content):
    entry = seal_compact_entry(TOKENS[0], content)

    assert open_entry(TOKENS[0], entry, NAMES) == content
    assert open_entry(TOKENS[1], entry, NAMES) is None


def test_the_list_of_a_bus_tells_the_same_written_short():
    rider = {key: value for key, value in told().items() if key != "delegation"}
    content = {
        "bus": {"id": 3, "name": "Car 1"},
        "delegation": DELEGATION,
        "people": [{"ref": badge_ref(TOKENS[1]), **rider}],
    }
    entry = seal_compact_bus_list(TOKENS[0], content)

    assert entry.tag == bus_tag(TOKENS[0])
    assert open_bus_list(TOKENS[0], entry, NAMES) == content


def test_lengths_tell_little_and_most_people_take_the_shortest():
    named = told()["participant"]
    short = told(participant=named | {"name": "A", "name_ar": None})
    usual = told(coordinator_phone="+212611111111")
    flagged, twice = told(flags=[FLAG]), told(flags=[FLAG, FLAG])

    sealed = 12 + 16  # the nonce, and the mark of AES-GCM
    entries = [seal_compact_entry(TOKENS[0], one) for one in (short, usual, flagged, twice)]
    assert [len(bytes_of(one.sealed)) - sealed for one in entries] == [96, 96, 320, 320]


@pytest.mark.parametrize("lengths", [LENGTHS, COMPACT_LENGTHS])
def test_an_entry_has_one_of_three_lengths_whoever_it_is_of(lengths):
    seal = seal_entry if lengths is LENGTHS else seal_compact_entry
    named = told()["participant"]
    people = [
        told(participant=named | {"name": "ح" * letters, "name_ar": None}, flags=[FLAG] * flags)
        for letters in range(1, 201, 7)
        for flags in range(4)
    ]

    sealed = 12 + 16
    found = {len(bytes_of(seal(TOKENS[0], one).sealed)) - sealed for one in people}
    assert len(lengths) == 3
    assert found <= set(lengths)
    assert len(found) > 1


def test_who_is_of_a_category_that_the_head_does_not_name_has_no_names_and_no_gates():
    entry = seal_compact_entry(TOKENS[0], told())

    opened = open_entry(TOKENS[0], entry, ListNames())
    assert opened is not None
    assert opened["participant"]["category"] == opened["delegation"]["name"] == ""
    assert opened["gates"] == []


def test_what_is_no_entry_opens_as_none():
    from checkin.protocol.gate_list import _key, _sealed

    key = _key(b"marhaba gate list entry", TOKENS[0])
    for content in (
        [],
        [1, 2],
        [1, 2, 3, 9, "A"],
        ["a", [], {}, 0, "A"],
        [1, 2, 3, 0, "A", "", "", 5],
    ):
        entry = _sealed(badge_tag(TOKENS[0]), key, content, COMPACT_LENGTHS)
        assert open_entry(TOKENS[0], entry, NAMES) is None


def records():
    entries = [seal_compact_entry(token, told()) for token in TOKENS[:3]]
    return [*entries, Tombstone(badge_tag(TOKENS[3]), "revoked")]


def test_every_record_is_found_in_a_segment_and_nothing_else():
    content = segment_of([record_bytes(one) for one in records()])

    assert [record_in(content, one.tag) for one in records()] != []
    found = {badge_tag(token): record_in(content, badge_tag(token)) for token in TOKENS}
    assert isinstance(found[badge_tag(TOKENS[0])], SealedEntry)
    assert open_entry(TOKENS[0], found[badge_tag(TOKENS[0])], NAMES) == told()
    assert found[badge_tag(TOKENS[3])] == Tombstone(badge_tag(TOKENS[3]), "revoked")
    assert found[badge_tag(TOKENS[4])] is None


def test_a_segment_says_between_which_tags_its_records_are():
    content = segment_of([record_bytes(one) for one in records()])
    tags = sorted(bytes_of(one.tag) for one in records())

    extent = extent_of(content)
    assert extent == Extent(4, tags[0].hex(), tags[-1].hex())
    named = Named(mark_of(content), len(content), extent.first, extent.last)
    assert [named.may_hold(text_of(tag)) for tag in (tags[1], bytes(16))] == [True, False]
    assert mark_of(content) == text_of(hashlib.sha256(content).digest())


def test_bytes_that_are_no_segment_are_refused():
    ordered = sorted(record_bytes(one) for one in records())
    whole = segment_of(ordered)
    unordered = b"\x01" + b"".join(reversed(ordered))
    unknown_reason = b"\x01" + bytes(16) + bytes(4) + b"\x07"
    bad = (
        b"",
        b"\x01",
        b"\x02" + whole[1:],
        whole[:-1],
        whole + b"\x00",
        unordered,
        unknown_reason,
    )

    for content in bad:
        with pytest.raises(ValueError, match=r"."):
            extent_of(content)
