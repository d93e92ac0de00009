"""A badge's page at its secret address: shown to its holder, gone when revoked."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import update

from checkin.db.models import Badge, Category, Participant
from checkin.services.badges.issue import reissue_badge, revoke_badge
from checkin.services.badges.page import OPENING, page_secret
from checkin.services.common.keys import Keys
from checkin.services.people.registering.registration import cancel
from checkin.web.site.state import EXTENSION
from tests.badges.reading import codes_in
from tests.support import factories
from tests.support.factories import KEYS, NOW, code_of, write

GONE = (
    "Il n’y a pas, ou plus, de badge à cette adresse",
    "لا توجد شارة في هذا العنوان",
    "There is no badge at this address",
)


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, delegation=delegation, name_ar="أمينة العلوي", language="ar"
    )


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.fixture
def address(amina):
    return f"/b/{page_secret(KEYS, amina.badge_id)}"


def is_gone(response):
    return response.status_code == 410 and all(sentence in response.text for sentence in GONE)


def test_the_page_shows_the_badge_in_the_participants_language(browser, event, amina, address):
    page = browser.get(address)

    assert page.status_code == 200
    assert '<html lang="ar-MA" dir="rtl">' in page.text
    assert "أمينة العلوي" in page.text
    assert "Amina Alaoui" in page.text
    code = code_of(event, amina.badge_id)
    assert "-".join([code[:5], *(code[at : at + 6] for at in range(5, 29, 6))]) in page.text


def test_the_badge_page_can_be_shown_in_another_language(browser, address):
    page = browser.get(address + "?lang=fr").text

    assert '<html lang="fr" dir="ltr">' in page
    assert "samedi 14 juin 2025 à 15:00" in page


def test_the_drawn_code_is_the_badges_own(browser, event, amina, address):
    page = browser.get(address).text
    path = page.split('<path d="')[1].split('"')[0]
    image = Image.new("L", (33 * 8, 33 * 8), 255)
    for run in path.split("M")[1:]:
        x, y = run.split("h")[0].split()
        for column in range(int(run.split("h")[1].split("v")[0])):
            left, top = (int(x) + column) * 8, int(y) * 8
            image.paste(0, (left, top, left + 8, top + 8))

    assert codes_in(image) == [code_of(event, amina.badge_id)]


def test_the_picture_to_keep_carries_the_code(browser, event, amina, address):
    answer = browser.get(address + "/badge.png")

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="badge.png"'
    assert codes_in(Image.open(BytesIO(answer.data))) == [code_of(event, amina.badge_id)]


def test_the_calendar_file_says_when_and_where_and_hides_a_sensitive_name(browser, address):
    answer = browser.get(address + "/calendar.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.text.split("\r\n")
    assert "DTSTART:20250614T140000Z" in lines
    assert "DTEND:20250614T180000Z" in lines
    assert "LOCATION:Complexe Ibn Rochd" in lines
    assert "الجهوي" not in answer.text
    assert "régionale" not in answer.text


@pytest.mark.parametrize("file", ["", "/badge.png", "/calendar.ics"])
def test_the_badge_page_is_not_cached_by_others_or_indexed(browser, address, file):
    answer = browser.get(address + file)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("file", ["", "/badge.png", "/calendar.ics"])
def test_the_page_of_a_revoked_badge_says_so_in_three_languages(
    browser, database, event, amina, address, file
):
    write(
        database,
        lambda s: revoke_badge(s, event, amina.participant_id, reason="leaked", now=NOW),
    )

    assert is_gone(browser.get(address + file))


def test_a_reissued_badge_has_a_new_address_and_the_old_page_is_gone(
    browser, database, event, amina, address
):
    new = write(
        database,
        lambda s: reissue_badge(s, event, amina.participant_id, keys=KEYS, reason="lost", now=NOW),
    )

    assert is_gone(browser.get(address))
    assert browser.get(f"/b/{page_secret(KEYS, new.badge_id)}").status_code == 200


def test_a_canceled_participants_badge_is_gone(browser, database, event, amina, address):
    write(database, lambda s: cancel(s, event, amina.participant_id, now=NOW))

    assert is_gone(browser.get(address))


def test_a_wrong_secret_gets_the_same_answer_as_a_revoked_badge(
    browser, database, event, amina, address
):
    write(
        database,
        lambda s: revoke_badge(s, event, amina.participant_id, reason="leaked", now=NOW),
    )
    dead = browser.get(address)
    wrong = [
        "/b/" + "a" * 26,
        "/b/" + "a" * 39,
        "/b/" + page_secret(Keys(b"x" * 32), amina.badge_id),
        address[:-1],
        address.upper().replace("/B/", "/b/"),
        address + "a",
        "/b/é",
        "/b/%00",
        f"/b/{amina.badge_id}",
    ]

    answers = [browser.get(path) for path in wrong]

    assert {(a.status_code, a.text) for a in answers} == {(410, dead.text)}
    assert {tuple(a.headers.keys()) for a in answers} == {tuple(dead.headers.keys())}


def test_guessing_badge_addresses_is_limited_and_opening_valid_ones_is_not(browser, address):
    opened = [browser.get(address).status_code for _ in range(70)]
    tried = [browser.get(f"/b/{number:026}").status_code for number in range(301)]
    again = browser.get(address).status_code

    assert set(opened) == {200}
    assert (set(tried[:300]), tried[300]) == ({410}, 429)
    assert again == 200  # a hall's telephones share one address with whoever guesses


def test_on_the_reserve_list_the_page_says_that_no_gate_opens_yet(browser, database, event):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    waiting = factories.a_participant(database, event, "Bahia", delegation=full)

    page = browser.get(f"/b/{page_secret(KEYS, waiting.badge_id)}").text

    assert "Vous êtes sur la liste d" in page


def test_the_page_loads_nothing_from_others_and_leads_to_the_place(browser, address):
    page = browser.get(address).text

    loaded = re.findall(r'(?:src|data|srcset)="([^"]+)"|<link[^>]+href="([^"]+)"', page)
    assert [one for pair in loaded for one in pair if one.startswith(("http", "//"))] == []
    assert "https://www.openstreetmap.org/search?query=Complexe%20Ibn%20Rochd" in page
    assert "geo:0,0?q=Complexe%20Ibn%20Rochd" in page


def test_a_point_on_the_map_is_led_to(browser, database, address):
    factories.lay_down(database, map_point="34.0009,-6.8466")

    page = browser.get(address).text

    there = "mlat=34.0009&amp;mlon=-6.8466#map=17/34.0009/-6.8466"
    assert f"https://www.openstreetmap.org/?{there}" in page
    assert "geo:34.0009,-6.8466?q=34.0009,-6.8466(Complexe%20Ibn%20Rochd)" in page


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("contact@parti.example.org", 'href="mailto:contact@parti.example.org"'),
        ("06 12 34 56 78", 'href="tel:+212612345678"'),
        ("Secrétariat, rue 3", "<bdi>Secrétariat, rue 3</bdi>"),
    ],
)
def test_the_page_says_whom_to_ask(browser, database, address, written, link):
    factories.lay_down(database, contact=written)

    assert link in browser.get(address).text


def test_the_page_shows_the_categorys_colour_and_shape(browser, database, event, amina, address):
    write(
        database,
        lambda s: s.query(Category).update({"colour": "#8a1c5a", "shape": "square"}),
    )

    page = browser.get(address).text

    assert page.count('fill="#8a1c5a"') == 2
    assert 'points="0.070,0.070 0.930,0.070 0.930,0.930 0.070,0.930"' in page


def test_i_am_not_coming_asks_before_it_cancels_and_is_gone_when_it_is_too_late(
    browser, database, event, amina, address
):
    assert "/n/" not in browser.get(address).text  # the event of June 2025 is over

    factories.postponed(database, event)
    [link] = re.findall(r'href="(/n/[^"]+)"', browser.get(address).text)

    assert "lang=ar" in link
    assert browser.get(link).status_code == 200
    assert browser.get(address).status_code == 200  # nothing has changed yet
    browser.post(link)
    assert is_gone(browser.get(address))


def test_the_page_offers_its_languages(browser, address):
    page = browser.get(address).text

    assert re.findall(r'hreflang="(\w+)"', page) == ["fr", "ar", "en"]


def test_html_in_a_name_is_shown_as_written(browser, database, event):
    hostile = factories.a_participant(database, event, "<script>alert(1)</script>")

    page = browser.get(f"/b/{page_secret(KEYS, hostile.badge_id)}").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_a_secret_says_nothing_of_the_badge_and_comes_back_whole(amina):
    secret = page_secret(KEYS, amina.badge_id)

    assert (len(secret), secret.isascii(), secret.isalnum(), secret.lower()) == (
        39,
        True,
        True,
        secret,
    )
    assert secret != page_secret(Keys(b"x" * 32), amina.badge_id)


def test_a_participant_says_that_they_want_no_more_e_mails_and_takes_it_back(
    browser, database, event, delegation
):
    zineb = factories.a_participant(
        database, event, "Zineb Tazi", delegation=delegation, email="zineb@example.org"
    )
    there = f"/b/{page_secret(KEYS, zineb.badge_id)}"

    def wants_no_mail():
        with database.read() as session:
            return session.get_one(Participant, zineb.participant_id).no_mail

    wishes = []
    for wish in ("no", "no", "yes"):
        assert browser.post(f"{there}/mail", data={"mail": wish}).status_code == 303
        wishes.append((wants_no_mail(), f'value="{wish}"' in browser.get(there).text))

    assert wishes == [(True, False), (True, False), (False, False)]
    assert factories.noted(database, "participant") == [
        "participant.register",
        "participant.mail_wish",
        "participant.mail_wish",
    ]


def test_without_an_address_the_page_asks_nothing_about_e_mails(browser, address):
    assert f'action="{address}/mail"' not in browser.get(address).text
    assert browser.post(f"/b/{'a' * 26}/mail", data={"mail": "no"}).status_code == 410


def openings(app, database, amina):
    app.extensions[EXTENSION].background_tasks.wait()
    with database.read() as session:
        badge = session.get_one(Badge, amina.badge_id)
        return badge.opened_at, badge.last_opened_at


def test_the_first_and_the_last_opening_are_recorded_at_most_once_an_hour(
    app, browser, database, amina, address
):
    never = openings(app, database, amina)
    browser.get(address)
    first = openings(app, database, amina)
    browser.get(address)  # within the hour
    again = openings(app, database, amina)
    long_ago = first[0] - OPENING
    write(
        database,
        lambda s: s.execute(update(Badge).values(opened_at=long_ago, last_opened_at=long_ago)),
    )
    browser.get(address)
    later = openings(app, database, amina)

    assert (never, again) == ((None, None), first)
    assert first[0] == first[1] is not None
    assert (later[0], later[1] >= first[1]) == (long_ago, True)


def test_neither_its_picture_nor_a_wrong_address_is_an_opening(
    app, browser, database, amina, address
):
    browser.get(address + "/badge.png")
    browser.get("/b/" + "a" * 26)

    assert openings(app, database, amina) == (None, None)


def test_an_opening_bumps_no_gate_list_and_gates_scan_on(app, browser, database, amina, address):
    with database.read() as session:
        before = session.get_one(Badge, amina.badge_id).list_version

    browser.get(address)

    openings(app, database, amina)
    with database.read() as session:
        assert session.get_one(Badge, amina.badge_id).list_version == before
