"""Printing and sending badges from the command line."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pypdfium2
import pytest

from tests.badges.reading import codes_in
from tests.cli.conftest import Run
from tests.cli.test_setting_up import codes_of


def codes_on_pages(path: Path) -> set[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.render(scale=2).to_pil().convert("L") for page in document]
    finally:
        document.close()
    return {code for page in pages for code in codes_in(page)}


def test_sheets_carry_the_codes_of_the_confirmed(demo: Run, home: Path) -> None:
    confirmed = {
        line["code"]
        for line in codes_of(demo)
        if line["status"] == "confirmed" and line["delegation"] == "Khémisset"
    }

    ran = demo("badges", "pdf", "--delegation", "khemisset")

    assert ran.code == 0
    assert codes_on_pages(home / "badges" / "badges-khemisset.pdf") == confirmed


def test_sheets_that_were_interrupted_are_resumed(demo: Run, home: Path) -> None:
    first = demo("badges", "pdf", "--delegation", "khemisset")
    kept = home / "badges" / "badges-khemisset.pdf"
    kept.write_bytes(b"the printer has this one")

    resumed = demo("badges", "pdf", "--resume")

    files = sorted((home / "badges").iterdir())
    assert (first.code, resumed.code) == (0, 0)
    assert kept.read_bytes() == b"the printer has this one"
    assert len(files) > 1
    assert {file.suffix for file in files} == {".pdf"}


def test_messages_are_written_as_files_with_the_participants_own_code(
    demo: Run, home: Path
) -> None:
    codes = {line["code"] for line in codes_of(demo) if line["status"] == "confirmed"}

    ran = demo("badges", "send", "--limit", 5, "--json")
    files = sorted((home / "outbox").glob("*.eml"))
    pictures = [_inline_picture(path, home) for path in files]

    assert json.loads(ran.out)["attempted"] == {"sent": 5}
    assert len(files) == 5
    found = [codes_in(_opened(picture))[0] for picture in pictures]
    assert len(set(found)) == 5
    assert set(found) <= codes


def test_sending_again_sends_only_the_rest(demo: Run) -> None:
    first = json.loads(demo("badges", "send", "--json").out)
    again = json.loads(demo("badges", "send", "--json").out)

    assert first["attempted"]["sent"] == first["outbox"]["sent"] > 0
    assert again == {"attempted": {}, "outbox": first["outbox"], "ended": "nothing_due"}


def test_paused_sending_waits_for_its_resuming(demo: Run) -> None:
    demo("badges", "pause")
    paused = json.loads(demo("badges", "send", "--json").out)
    demo("badges", "resume")
    resumed = json.loads(demo("badges", "send", "--limit", 2, "--json").out)

    assert (paused["attempted"], paused["ended"]) == ({}, "paused")
    assert (resumed["attempted"], resumed["ended"]) == ({"sent": 2}, "limit")


def test_a_server_that_is_away_is_told_with_an_exit_code(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_MAIL_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("CHECKIN_MAIL_FROM", "badges@example.org")

    ran = demo("badges", "send")

    assert ran.code == 1
    assert "the mail server takes nothing now" in ran.out


def test_status_counts_every_confirmed_participant_once(demo: Run) -> None:
    demo("badges", "send", "--limit", 3)

    lines = json.loads(demo("badges", "status", "--json").out)["delegations"]

    kinds = set(lines[0]) - {"delegation", "with_badge"}
    assert [sum(line[kind] for kind in kinds) - line["with_badge"] for line in lines] == [0] * len(
        lines
    )
    assert sum(line["sent"] for line in lines) == 3


@pytest.mark.parametrize("text", ["one", "", "1;2"])
def test_unknown_messages_are_named_by_number_or_all(demo: Run, text: str) -> None:
    ran = demo("badges", "send", "--retry-unknown", text)

    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "error: --retry-unknown takes numbers of messages (1,2,3), or all",
    )


def _inline_picture(path: Path, home: Path) -> bytes:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    content = picture.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def _opened(picture: bytes):
    import io

    from PIL import Image

    return Image.open(io.BytesIO(picture)).convert("L")
