"""The gate list: an entry opens with its badge only, and a changed list is not genuine."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from checkin.protocol.base64url import bytes_of
from checkin.protocol.gate_list import (
    LENGTHS,
    SealedEntry,
    Tombstone,
    badge_tag,
    list_is_genuine,
    open_entry,
    public_key_text,
    seal_entry,
    sign_list,
    signed_bytes,
)

TOKEN, OTHER = b"a" * 16, b"b" * 16
CONTENT = {"participant": {"name": "Amina Alaoui", "name_ar": "أمينة العلوي"}, "gates": [1, 2]}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
tokens = st.binary(min_size=16, max_size=16)


@given(tokens, st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())))
def test_what_is_sealed_is_opened_with_the_badge(token, content):
    assert open_entry(token, seal_entry(token, content)) == content


def length_of(name):
    """Return how many bytes an entry with this name takes before it is sealed."""
    sealed = bytes_of(seal_entry(TOKEN, CONTENT | {"delegation": name}).sealed)
    return len(sealed) - 12 - 16  # its nonce and its tag


@given(st.text(max_size=800))
def test_an_entry_has_one_of_three_lengths(name):
    assert length_of(name) in {*LENGTHS, *(LENGTHS[-1] * times for times in (2, 3))}


def test_names_in_either_script_make_no_difference_to_the_length_of_an_entry():
    names = ["Ali", "Abderrahmane El Khattabi-Benjelloun", "عبد الرحمن الخطابي بنجلون"]

    assert [length_of(name) for name in names] == [LENGTHS[0]] * 3
    assert length_of("ح" * 200) == LENGTHS[1]


@given(tokens, tokens)
def test_another_badge_opens_nothing(token, other):
    opened = open_entry(other, seal_entry(token, CONTENT))

    assert opened == (CONTENT if token == other else None)


def test_an_entry_under_another_tag_does_not_open():
    entry = seal_entry(TOKEN, CONTENT)

    assert open_entry(TOKEN, SealedEntry(badge_tag(OTHER), entry.sealed)) is None


def test_an_entry_changed_in_any_letter_does_not_open():
    entry = seal_entry(TOKEN, CONTENT)
    letters = range(0, len(entry.sealed) - 1)  # the last holds bits that belong to no byte
    spoilt = [
        entry.sealed[:at] + ("A" if entry.sealed[at] != "A" else "B") + entry.sealed[at + 1 :]
        for at in letters
    ]

    opened = [open_entry(TOKEN, SealedEntry(entry.tag, text)) for text in spoilt]

    assert opened == [None] * len(spoilt)


def test_an_entry_that_is_cut_short_does_not_open():
    entry = seal_entry(TOKEN, CONTENT)

    cuts = [SealedEntry(entry.tag, entry.sealed[:length]) for length in (0, 4, 16, 20)]
    assert [open_entry(TOKEN, cut) for cut in cuts] == [None] * 4


def test_the_same_person_sealed_twice_looks_different():
    one, two = seal_entry(TOKEN, CONTENT), seal_entry(TOKEN, CONTENT)

    assert one.tag == two.tag
    assert one.sealed != two.sealed


def test_a_tag_tells_nothing_of_the_code():
    assert badge_tag(TOKEN) == badge_tag(TOKEN)
    assert badge_tag(TOKEN) != badge_tag(OTHER)
    assert len(badge_tag(TOKEN)) == 22


def test_a_list_is_genuine_until_any_part_of_it_changes():
    head = {"cursor": "7", "event": "rabat-2025"}
    tombs = [Tombstone("t1", "revoked"), Tombstone("t2", "revoked")]
    entries = [SealedEntry("e1", "s1"), SealedEntry("e2", "s2")]
    signature, public = sign_list(KEY, signed_bytes(head, tombs, entries)), public_key_text(KEY)

    def genuine(*parts):
        return list_is_genuine(public, signed_bytes(*parts), signature)

    assert genuine(dict(reversed(head.items())), tombs, entries)
    changed = [
        (head | {"cursor": "8"}, tombs, entries),
        (head, tombs[:1], entries),
        (head, tombs[::-1], entries),
        (head, tombs, entries[:1]),
        (head, tombs, [*entries, SealedEntry("e3", "s3")]),
        (head, [], [*[SealedEntry(t.tag, t.reason) for t in tombs], *entries][:1]),
    ]
    assert [genuine(*parts) for parts in changed] == [False] * len(changed)


def test_another_server_s_signature_is_not_genuine():
    content = signed_bytes({}, [], [])
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)

    assert not list_is_genuine(public_key_text(KEY), content, sign_list(other, content))
    assert not list_is_genuine("nonsense", content, sign_list(KEY, content))
    assert not list_is_genuine(public_key_text(KEY), content, "nonsense")
