"""The timeline on a participant's page: its words, who sees what, and its pages."""

from __future__ import annotations

import re

import pytest

from checkin.db.models import MessageState, Role
from checkin.domain.messages.kinds import MessageKind
from checkin.services.common.activity import note
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import RegistrationSource
from checkin.services.people.timeline import PAGE_SIZE, TimelineItem
from checkin.web.badges.timeline_words import _LOOKS, lines_of
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW, minutes, write

_LINE = re.compile(r'<p class="happened-words">(.*?)</p>', re.DOTALL)


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, delegation=delegation, email="amina@example.org"
    )


@pytest.fixture
def page(amina):
    return f"/events/rabat-2025/participants/{amina.participant_id}"


@pytest.fixture
def refused(app, database, event, amina):
    """Amina came in, and was refused a second time."""
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    code = factories.code_of(event, amina.badge_id)
    assert [gate.verdict(code)[0] for _ in range(2)] == ["ok", "error"]


def words(text: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", line).strip() for line in _LINE.findall(text)]


def test_a_persons_page_tells_what_happened_the_latest_first(organiser, page, refused):
    shown = organiser.read(page)

    assert words(shown) == [
        "Entrée refusée",
        "Entrée",
        "E-mail en attente d’envoi",
        "Inscription par le formulaire",
    ]
    assert [text in shown for text in ("Porte 1", "Laptop", "amina@example.org")] == [True] * 3


def test_times_are_those_of_the_events_place(organiser, database, event, page, amina):
    at = NOW + minutes(7)
    number = amina.participant_id
    write(database, lambda s: block(s, event, number, reason="menaces", now=at))

    assert "14 juin 2025 15:37" in organiser.read(page)


def test_a_coordinator_sees_nothing_of_the_gates(coordinator, page, refused):
    shown = coordinator.read(page)

    assert words(shown) == ["E-mail en attente d’envoi", "Inscription par le formulaire"]
    assert [text in shown for text in ("Porte 1", "Laptop")] == [False, False]


def test_a_supervisor_sees_the_gates(signed_in, page, refused):
    assert "Entrée refusée" in words(signed_in(Role.SUPERVISOR).read(page))


def test_it_is_told_in_arabic(organiser, page, refused):
    shown = words(organiser.read(f"{page}?lang=ar"))

    assert "رُفض الدخول" in shown
    assert "تسجيل عبر الاستمارة" in shown


def test_a_reason_is_shown_as_text_and_never_as_markup(organiser, database, event, page, amina):
    write(
        database,
        lambda s: note(
            s,
            event.id,
            "badge.revoke",
            NOW,
            operator_id=1,
            participant_id=amina.participant_id,
            reason="<b>perdu</b>",
        ),
    )

    assert "&lt;b&gt;perdu&lt;/b&gt;" in organiser.read(page)


def test_a_long_timeline_has_pages(organiser, database, event, page, amina):
    def work(session):
        for count in range(PAGE_SIZE + 3):
            at, number = NOW + minutes(count), amina.participant_id
            note(session, event.id, "participant.unblock", at, participant_id=number)

    write(database, work)

    first, second = organiser.read(page), organiser.read(f"{page}?timeline=2")

    assert (len(words(first)), len(words(second))) == (PAGE_SIZE, 5)
    assert ("timeline=2#timeline" in first, "timeline=1#timeline" in second) == (True, True)
    for beyond in ("0", "-3", "99", "99999999999999999999", "x"):
        assert organiser.open(f"{page}?timeline={beyond}").status_code == 200


def test_every_kind_has_words_in_every_language_and_an_unknown_one_those_of_the_log(app):
    states = [{"state": state} for state in MessageState]
    sources = [{"source": source} for source in (*RegistrationSource, "api")]
    details = {"message": states, "registered": sources}
    kinds = {
        kind: [told | {"before": "A", "after": "B"} for told in details.get(kind, [{}])]
        for kind in _LOOKS
    }
    items = [
        TimelineItem(at=NOW, what=kind, about=told) for kind, each in kinds.items() for told in each
    ]
    plain = [one.what for one in items]
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            said = [line.words for line in lines_of(items, language)]
        assert [word for word, kind in zip(said, plain, strict=True) if word == kind] == []
    with app.test_request_context("/?lang=fr"):
        [merged] = lines_of([TimelineItem(at=NOW, what="gate.add")], "fr")
    assert (merged.words, merged.sign) == ("porte ajoutée", "·")


def test_an_e_mail_says_what_it_is_about_in_every_language(app):
    items = [
        TimelineItem(at=NOW, what="message", about={"state": MessageState.SENT, "kind": kind})
        for kind in MessageKind
    ]
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            facts = [line.facts for line in lines_of(items, language)]
        assert len(set(facts)) == len(MessageKind)
        assert all(map(all, facts))


def test_every_tone_comes_with_a_sign(app):
    assert {kind for kind, (sign, _tone) in _LOOKS.items() if not sign.strip()} == set()
    assert {tone for _sign, tone in _LOOKS.values()} == {"", "ok", "warn", "bad"}
