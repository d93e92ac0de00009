"""The badge code: which typing errors it corrects, detects, and fails to detect."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from badges.qr import SIDE, qr_matrix
from checkin.protocol.codes import (
    ALPHABET,
    CODE_LENGTH,
    TOKEN_BYTES,
    check_characters,
    code_in,
    format_code,
    group_for_people,
    looks_like_ours,
    normalise_code,
    parse_code,
    token_for,
    token_hash,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text("utf-8"))
tokens = st.binary(min_size=TOKEN_BYTES, max_size=TOKEN_BYTES)
_CHANCE = random.Random(20250614)
SAMPLE = [format_code(_CHANCE.randbytes(TOKEN_BYTES)) for _ in range(20)]
SAMPLE += [format_code(bytes(TOKEN_BYTES)), format_code(b"\xff" * TOKEN_BYTES)]


@given(tokens)
@example(bytes(TOKEN_BYTES))
@example(b"\xff" * TOKEN_BYTES)
def test_a_written_code_is_read_back(token):
    assert parse_code(format_code(token)) == token


@given(tokens)
def test_a_code_is_29_letters_of_crockford_s_alphabet(token):
    assert re.fullmatch(f"M[{ALPHABET}]{{28}}", format_code(token))


def test_a_known_token_has_a_known_code():
    # Written down so that printed badges stay valid: this must never change.
    assert format_code(bytes(range(16))) == "M000G40R40M30E209185GR38E1W9J"


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_token_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="16 bytes"):
        format_code(bytes(length))


@pytest.mark.parametrize("code", SAMPLE)
def test_every_wrong_letter_is_caught(code):
    accepted = [
        (at, letter)
        for at in range(CODE_LENGTH)
        for letter in ALPHABET
        if letter != code[at] and parse_code(code[:at] + letter + code[at + 1 :]) is not None
    ]

    assert accepted == []


@pytest.mark.parametrize("code", SAMPLE)
def test_every_two_neighbours_swapped_are_caught(code):
    swapped = [
        code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        for at in range(CODE_LENGTH - 1)
        if code[at] != code[at + 1]
    ]

    assert [text for text in swapped if parse_code(text) is not None] == []


@pytest.mark.parametrize("code", SAMPLE[:4])
def test_two_wrong_letters_anywhere_are_caught(code):
    chance, accepted = random.Random(code), 0
    for _ in range(20_000):
        letters = list(code)
        for at in chance.sample(range(1, CODE_LENGTH), 2):
            letters[at] = chance.choice(ALPHABET.replace(code[at], ""))
        accepted += parse_code("".join(letters)) is not None

    assert accepted == 0


def test_one_in_about_four_thousand_random_texts_of_our_form_passes_for_a_code():
    # 1,024 for the check characters, 4 for the two spare bits. It names nobody all the same:
    # there are 2^128 tokens. 200,000 texts: 49 expected, standard deviation 7.
    chance = random.Random(7)
    texts = ("M" + "".join(chance.choices(ALPHABET, k=28)) for _ in range(200_000))

    accepted = sum(parse_code(text) is not None for text in texts)

    assert 14 <= accepted <= 84


@given(st.text(max_size=40))
def test_texts_that_people_and_other_codes_hold_are_none_of_ours(text):
    token = parse_code(text)

    assert token is None or format_code(token) == text


@given(tokens, st.integers(1, 3))
def test_a_token_has_one_spelling(token, spare):
    code = format_code(token)
    last = ALPHABET[ALPHABET.index(code[26]) + spare]
    body = code[:26] + last

    assert parse_code(body + check_characters(body)) is None


@given(tokens)
def test_another_version_is_not_read_as_ours(token):
    body = "N" + format_code(token)[1:27]

    assert parse_code(body + check_characters(body)) is None


@pytest.mark.parametrize("code", SAMPLE)
def test_a_code_fits_a_version_2_symbol_at_level_q(code):
    assert [len(row) for row in qr_matrix(code)] == [SIDE] * SIDE == [25] * 25


@given(tokens)
def test_usual_typing_variants_of_a_code_are_accepted(token):
    code = format_code(token)
    typed = group_for_people(code).lower().replace("0", "o").replace("1", "l")

    assert (parse_code(typed), parse_code(normalise_code(f" {typed}\n"))) == (None, token)


def test_what_a_camera_read_is_a_code_by_the_shared_vectors():
    read = {case["name"]: code_in(case["text"]) for case in VECTORS["cases"]}

    assert read == {case["name"]: case["code"] or case["text"] for case in VECTORS["cases"]}


@given(tokens, st.integers(8, CODE_LENGTH))
def test_a_part_of_a_code_is_worth_asking_for_again(token, length):
    assert looks_like_ours(format_code(token)[:length].lower())


@pytest.mark.parametrize("text", ["", "M", "M123456", "https://example.org", "BONJOUR MADAME"])
def test_other_texts_are_no_part_of_a_code(text):
    assert not looks_like_ours(text)


def test_a_token_depends_on_the_event_the_badge_and_the_issue():
    key, badge = b"k" * 32, UUID(int=1)

    derived = {
        token_for(key, badge, 1),
        token_for(key, badge, 2),
        token_for(key, UUID(int=2), 1),
        token_for(b"l" * 32, badge, 1),
    }

    assert len(derived) == 4
    assert token_for(key, badge, 1) in derived
    assert {len(token) for token in derived} == {TOKEN_BYTES}


def test_the_server_s_hash_of_a_token_is_sha_256():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert token_hash(b"").hex() == empty
