"""Blocking a participant from the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run


def test_a_participant_is_blocked_and_unblocked_once(demo: Run) -> None:
    asked = [
        demo("participant", "block", 1, "--reason", "menaces"),
        demo("participant", "block", 1, "--reason", "autre"),
        demo("participant", "unblock", 1),
        demo("participant", "unblock", 1),
    ]

    assert [ran.code for ran in asked] == [0, 0, 0, 0]
    assert [ran.out for ran in asked] == [
        "no. 1: blocked; the next scan is refused\n"
        "gates without the network learn it with their next list\n",
        "no. 1: is blocked already: no change\n",
        "no. 1: no longer blocked\n",
        "no. 1: is not blocked: no change\n",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("block", "9999", "--reason", "x"), "no participant has the number 9999"),
        (("block", "Amina", "--reason", "x"), "'Amina' is neither a number nor an e-mail address"),
        (("unblock", "a@example.com"), "no participant has the address a@example.com"),
        (
            ("block", "1", "--reason", " "),
            "say in a few words why: a supervisor at a gate may have to decide",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    demo: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = demo("participant", *arguments)

    assert (ran.code, ran.err) == (1, f"error: {sentence}\n")


def test_a_block_without_a_reason_is_wrong_usage(demo: Run) -> None:
    assert demo("participant", "block", 1).code == 2
