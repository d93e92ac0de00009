from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest

from badges.calendar import CalendarEntry, calendar_file
from badges.message import Links, Notice, Occasion, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeError, BadgeSpec
from badges.texts import OTHER_KINDS, Texts, fill, filling, texts_in
from tests.badges.reading import codes_in, pages, picture
from tests.badges.specs import a_spec

NOTICE = Notice(
    organiser="Association Ibn Rochd",
    organiser_ar="جمعية ابن رشد",
    contact="donnees@example.org",
    kept_days=30,
)


def a_message(spec: BadgeSpec | None = None, **changes: Any) -> EmailMessage:
    given: dict[str, Any] = {
        "sender": "Secrétariat <badges@example.org>",
        "recipient": "fatima@example.org",
        "message_id": "<0001.badge@example.org>",
        "sent_at": datetime(2025, 6, 1, 8, 30, tzinfo=UTC),
        "notice": NOTICE,
        "pdf": b"%PDF-",
        "png": b"\x89PNG",
    }
    return compose(spec or a_spec(), **(given | changes))


def own(subject: str) -> Texts:
    return replace(texts_in("fr"), subject=subject)


def received(message: EmailMessage) -> EmailMessage:
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert [part.defects for part in parsed.walk()] == [[]] * len(list(parsed.walk()))
    return parsed


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def parts(message: EmailMessage) -> list[tuple[str, str | None]]:
    return [(part.get_content_type(), part.get_filename()) for part in message.walk()]


def test_the_received_message_contains_the_code_of_its_participant() -> None:
    spec = a_spec(language="ar")
    pdf, png = single_badge_pdf(spec), phone_badge_png(spec)

    message = received(a_message(spec, pdf=pdf, png=png))

    by_type = {
        part.get_content_type(): bytes(part.get_content())
        for part in message.walk()
        if part.get_content_maintype() in ("image", "application")
    }
    assert codes_in(picture(by_type["image/png"])) == [spec.code]
    (page,) = pages(by_type["application/pdf"])
    assert codes_in(page) == [spec.code]


def test_a_message_has_text_html_with_the_picture_and_the_pdf() -> None:
    assert parts(received(a_message())) == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("multipart/related", None),
        ("text/html", None),
        ("image/png", "badge-KHE-0000.png"),
        ("application/pdf", "badge-KHE-0000.pdf"),
    ]


def test_the_html_shows_the_picture_by_its_content_id() -> None:
    message = received(a_message())

    (png,) = [part for part in message.walk() if part.get_content_type() == "image/png"]

    assert f'src="cid:{png["Content-ID"].strip("<>")}"' in body(message, "html")


@pytest.mark.parametrize(
    ("language", "subject", "neutral"),
    [
        ("fr", "Votre badge\u00a0: Rencontre régionale", "Votre badge d’entrée"),
        ("ar", "شارتكم: اللقاء الجهوي", "شارة الدخول الخاصة بكم"),
        ("en", "Your badge: Rencontre régionale", "Your entry badge"),
    ],
)
def test_the_subject_is_in_the_participants_language(
    language: str, subject: str, neutral: str
) -> None:
    spec = a_spec(language=language)

    plain, sensitive = received(a_message(spec)), received(a_message(spec, sensitive=True))

    assert (plain["Subject"], sensitive["Subject"]) == (subject, neutral)


def test_the_headers_are_the_ones_given() -> None:
    message = received(a_message())

    assert {name: message[name] for name in message if not name.startswith("MIME")} == {
        "Message-ID": "<0001.badge@example.org>",
        "Date": "Sun, 01 Jun 2025 08:30:00 +0000",
        "From": "Secrétariat <badges@example.org>",
        "To": "fatima@example.org",
        "Subject": "Votre badge\u00a0: Rencontre régionale",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "Content-Type": message["Content-Type"],
    }


def test_the_headers_of_a_sensitive_message_name_nobody() -> None:
    message = received(a_message(sensitive=True, sender="Parti X <badges@example.org>"))

    outside = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]

    assert message["From"] == "badges@example.org"
    assert [line for line in outside if "Rencontre" in line or "Parti" in line] == []


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_preview_on_a_locked_screen_is_a_greeting_without_the_event(language: str) -> None:
    first_line = body(received(a_message(a_spec(language=language))), "plain").splitlines()[0]

    name = "فاطمة الزهراء الإدريسي" if language == "ar" else "Fatima Zahra El Idrissi"
    assert name in first_line
    assert "Rencontre" not in first_line
    assert "اللقاء" not in first_line


def test_arabic_reads_from_right_to_left() -> None:
    html = body(received(a_message(a_spec(language="ar"))), "html")

    assert '<html lang="ar" dir="rtl">' in html


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    ("language", "organiser"),
    [("fr", "Association Ibn Rochd"), ("ar", "جمعية ابن رشد"), ("en", "Association Ibn Rochd")],
)
def test_every_body_has_the_privacy_notice(kind: str, language: str, organiser: str) -> None:
    text = body(received(a_message(a_spec(language=language))), kind)

    assert [part for part in (organiser, "30", "donnees@example.org") if part not in text] == []


def test_names_are_escaped_in_html_and_whole_in_text() -> None:
    message = received(a_message(a_spec(name="<script>alert('x')</script> & {days}")))

    html, text = body(message, "html"), body(message, "plain")

    assert "<script>" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; {days}" in html
    assert "<script>alert('x')</script> & {days}" in text


@pytest.mark.parametrize(
    ("complaint", "changes"),
    [
        ("recipient holds U\\+000D", {"recipient": "a@example.org\r\nBcc: all@example.org"}),
        ("recipient .* is not one e-mail address", {"recipient": "a@example.org, b@example.org"}),
        ("recipient .* is not one e-mail address", {"recipient": "nobody"}),
        ("recipient .* is not one e-mail address", {"recipient": "فاطمة@example.org"}),
        ("sender holds U\\+000A", {"sender": "A\nB <a@example.org>"}),
        ("recipient .* is not one e-mail address", {"recipient": "<>"}),
        ("subject holds U\\+000A", {"texts": own("Badge\nBcc: all@example.org")}),
        ("subject is empty", {"texts": own(" ")}),
        ("subject has 300 characters: shorten it to 200", {"texts": own("A" * 300)}),
        ("the placeholder {secret} is not known", {"texts": own("{secret}")}),
        ("the placeholder {name.__class__} is not known", {"texts": own("{name.__class__}")}),
        ("message_id .* is not of the form", {"message_id": "<a@b>\r\nX: y"}),
        ("sent_at has no time zone", {"sent_at": datetime(2025, 6, 1)}),  # noqa: DTZ001 the case
    ],
)
def test_invalid_values_never_reach_a_header(complaint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadgeError, match=complaint):
        a_message(**changes)


def test_placeholders_of_an_event_s_own_subject_are_filled() -> None:
    message = received(a_message(texts=own("{number}: {delegation}")))

    assert message["Subject"] == "KHE-0000: Khémisset"


def test_placeholders_are_filled_once_and_never_executed() -> None:
    assert fill("{name}!", {"name": "{name} {0}"}) == "{name} {0}!"


def test_the_same_message_gives_the_same_bytes() -> None:
    assert a_message().as_bytes() == a_message().as_bytes()


def test_lines_are_short_enough_for_every_mail_server() -> None:
    lines = a_message(a_spec(language="ar")).as_bytes().split(b"\r\n")

    assert max(map(len, lines)) <= 998


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_every_body_has_a_link_to_decline_the_invitation(kind: str) -> None:
    link = "https://marhaba.example.org/n/secret?lang=fr"

    without, with_link = a_message(), a_message(links=Links(decline=link))

    assert (link in body(received(with_link), kind), "/n/" in body(received(without), kind)) == (
        True,
        False,
    )


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Ouvrir mon badge sur le téléphone"),
        ("ar", "فتح شارتي على الهاتف"),
        ("en", "Open my badge on the phone"),
    ],
)
def test_every_body_links_to_the_badge_s_page(kind: str, language: str, words: str) -> None:
    page = "https://example.org/marhaba/b/abcdefghijklmnopqrstuvwxyz"

    without = body(received(a_message(a_spec(language=language))), kind)
    shown = body(received(a_message(a_spec(language=language), links=Links(page=page))), kind)

    assert (page in shown, words in shown) == (True, True)
    assert (words in without, "/b/" in without) == (False, False)


ENTRY = CalendarEntry(
    uid="1@marhaba",
    stamp=datetime(2025, 6, 1, 8, tzinfo=UTC),
    starts_at=datetime(2025, 6, 14, 14, tzinfo=UTC),
    ends_at=datetime(2025, 6, 14, 18, tzinfo=UTC),
    summary="Réunion",
    location="Rabat",
)


@pytest.mark.parametrize("entry", [ENTRY, replace(ENTRY, is_canceled=True)])
def test_a_calendar_file_is_attached_under_an_ascii_name(entry: CalendarEntry) -> None:
    message = received(a_message(calendar=entry))

    *_, calendar = message.walk()
    assert (calendar.get_content_type(), calendar.get_filename()) == (
        "text/calendar",
        "badge-KHE-0000.ics",
    )
    method = "CANCEL" if entry.is_canceled else "PUBLISH"
    assert (calendar.get_param("charset"), calendar.get_param("method")) == ("utf-8", method)
    assert calendar.get_payload(decode=True) == calendar_file(entry)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_message_of_a_reissued_badge_says_that_the_earlier_one_is_invalid(
    language: str,
) -> None:
    said = " ".join(texts_in(language).replaces.split())

    first, second = (a_message(a_spec(language=language), replaces=it) for it in (False, True))

    told = [
        said in " ".join(unescape(body(it, kind)).split())
        for it in (first, second)
        for kind in ("plain", "html")
    ]
    assert told == [False, False, True, True]


WRITTEN = Occasion(
    kind="written",
    subject="Pour {name}",
    text="Bonjour {name},\n\nLe plan : https://example.org/plan?a=1&b=2.\nÀ bientôt <b>!",
)


def a_notice(**changes: Any) -> EmailMessage:
    return received(a_message(**({"pdf": None, "png": None, "occasion": WRITTEN} | changes)))


def test_what_organisers_have_written_is_sent_as_text_and_its_addresses_become_links() -> None:
    message = a_notice()

    name = a_spec().name
    assert message["Subject"] == f"Pour {name}"
    plain = body(message, "plain").replace("\r\n", "\n")
    said = f"Bonjour {name},\n\nLe plan : https://example.org/plan?a=1&b=2.\nÀ bientôt <b>!\n\n--"
    assert plain.startswith(said)
    html = body(message, "html")
    assert 'href="https://example.org/plan?a=1&amp;b=2"' in html
    assert "À bientôt &lt;b&gt;!" in html
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/alternative", "text/plain", "text/html"),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n", "\u2028"])
def test_a_subject_with_a_line_end_is_refused(line_end: str) -> None:
    forged = Occasion(kind="written", subject=f"Bonjour{line_end}Bcc: all@example.org", text="x")

    with pytest.raises(BadgeError):
        a_notice(occasion=forged)


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_each_kind_has_its_sentences_and_a_subject_that_names_no_event_where_that_is_sensitive(
    kind: str, language: str
) -> None:
    spec = a_spec(language=language)
    event = filling(spec)["event"]
    open_one, sensitive = (
        a_notice(spec=spec, occasion=Occasion(kind=kind), sensitive=hidden)
        for hidden in (False, True)
    )

    assert (event in str(open_one["Subject"]), event in str(sensitive["Subject"])) == (True, False)
    intro = fill(texts_in(language).of(kind, "intro"), filling(spec) | {"contact": NOTICE.contact})
    assert intro in body(open_one, "plain")
    assert intro in unescape(body(open_one, "html"))


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_what_a_change_was_before_stands_beside_what_it_is_now(kind: str) -> None:
    before = {"when": "samedi 7 juin 2025 à 09:00"}
    message = a_notice(occasion=Occasion(kind="changed", before=before))

    shown = " ".join(unescape(body(message, kind)).split())
    assert shown.count(before["when"]) == 1
    assert filling(a_spec())["when"] in shown
