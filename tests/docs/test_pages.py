"""Commands are found on a page as a reader of it finds them."""

from __future__ import annotations

import pytest

from tests.docs.pages import Block, Command, commands_in, without_comment


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("run --tls   # over HTTPS", "run --tls   "),
        ("badges look --colour '#1b6e4b' # green", "badges look --colour '#1b6e4b' "),
        ('echo "a # b"', 'echo "a # b"'),
        ("http://host/scan#pair=CODE", "http://host/scan#pair=CODE"),
        ("# only a comment", ""),
    ],
)
def test_a_comment_ends_a_line_but_not_inside_quotes_and_words(line, left):
    assert without_comment(line) == left


def test_a_command_over_two_lines_is_one_and_is_told_by_its_first_line():
    block = Block(
        "README.md", 10, "sh", "# first\nmarhaba init\n\nmarhaba event add x \\\n  --hours 4\n"
    )

    assert list(commands_in(block)) == [
        Command("README.md", 11, "marhaba init"),
        Command("README.md", 13, "marhaba event add x --hours 4"),
    ]
