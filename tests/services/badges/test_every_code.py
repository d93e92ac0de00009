"""Every picture, PDF and page of every participant carries that participant's own code."""

from __future__ import annotations

import pytest
from PIL import Image
from sqlalchemy import select

from checkin.db.models import Badge, Event, Message
from checkin.services.badges.page import page_secret
from checkin.services.events.look import set_logo
from checkin.services.mail.claims import Claimed
from checkin.services.mail.letters import letter_for
from checkin.services.mail.sender import Sender
from tests.badges.reading import codes_in, pages, picture
from tests.badges.test_designs import LOGO
from tests.services.mail.test_delivery_crashes import queue
from tests.support.factories import KEYS, NOW, code_of, write

SENDER = Sender("badges@example.org", "https://marhaba.example.org")
_SCALE = 6


@pytest.fixture
def databases(sqlite_databases):
    """Codes come from the rows alone: SQLite is enough here."""
    return sqlite_databases


def codes_in_mail(database, event: Event, message: Message, badge: Badge) -> list[str]:
    """Return the codes of a message's inline picture and of its PDF."""
    claimed = Claimed(
        id=message.id,
        claimed_by="",
        participant_id=message.participant_id,
        badge_id=badge.id,
        address=message.address,
        message_id=message.message_id,
        attempts=1,
        created_at=NOW,
    )
    with database.read() as session:
        mail = letter_for(session, event, KEYS, claimed, SENDER).message
    found = {
        part.get_content_type(): part.get_content()
        for part in mail.walk()
        if not part.is_multipart()
    }
    [page] = pages(found["application/pdf"])
    return codes_in(picture(found["image/png"])) + codes_in(page)


def codes_on_page(html: str) -> list[str]:
    """Return the codes of the drawing on a badge's page."""
    image = Image.new("L", (33 * _SCALE, 33 * _SCALE), 255)
    for run in html.split('<path d="')[1].split('"', maxsplit=1)[0].split("M")[1:]:
        x, y = map(int, run.split("h")[0].split())
        width = int(run.split("h")[1].split("v")[0])
        box = (x * _SCALE, y * _SCALE, (x + width) * _SCALE, (y + 1) * _SCALE)
        image.paste(0, box)
    return codes_in(image)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("count", [5, pytest.param(1000, marks=pytest.mark.proof)])
@pytest.mark.parametrize("logo", [None, LOGO], ids=["plain", "logo"])
def test_mail_and_page_carry_each_participants_own_code(database, app, count, logo):
    event = queue(database, [f"person{number}" for number in range(count)])
    write(database, lambda s: set_logo(s, event, logo, now=NOW))
    browser = app.test_client()
    with database.read() as session:
        rows = session.execute(
            select(Message, Badge).join(Badge, Badge.id == Message.badge_id)
        ).all()

    wrong = []
    for message, badge in rows:
        code = code_of(event, badge.id)
        page = browser.get(f"/b/{page_secret(KEYS, badge.id)}").text
        if [*codes_in_mail(database, event, message, badge), *codes_on_page(page)] != [code] * 3:
            wrong.append(message.participant_id)

    assert (len(rows), wrong) == (count, [])
    assert len({code_of(event, badge.id) for _, badge in rows}) == count
