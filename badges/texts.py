"""The words of badges and messages in each language, and how it writes a date.

Their translations are in the catalogue `letters`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, lru_cache

from babel.dates import format_datetime

from badges.spec import BadgeError, BadgeSpec
from checkin.words.catalogues import msgid, said_in_context, translated
from checkin.words.languages import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One language's sentences. Placeholders in braces are filled by `fill`, never run.

    Sentences may use {name}, {event}, {delegation}, {number}, {when}, {venue}, {organiser},
    {contact} and {days}; neutral subjects and `greeting` are read on locked screens, so they
    name neither the event nor its organiser.
    """

    subject: str
    subject_neutral: str
    greeting: str
    intro: str
    confirmed_subject: str
    confirmed_subject_neutral: str
    confirmed_intro: str
    moved_subject: str
    moved_subject_neutral: str
    moved_intro: str
    replaced_subject: str
    replaced_subject_neutral: str
    replaced_intro: str
    changed_subject: str
    changed_subject_neutral: str
    changed_intro: str
    canceled_subject: str
    canceled_subject_neutral: str
    canceled_intro: str
    reserve_subject: str
    reserve_subject_neutral: str
    reserve_intro: str
    found_subject: str
    found_subject_neutral: str
    found_intro: str
    replaces: str
    show: str
    print_out: str
    personal: str
    name_label: str
    category_label: str
    advice_label: str
    when_label: str
    where_label: str
    before_label: str
    delegation_label: str
    code_label: str
    number_label: str
    picture: str
    privacy: str
    decline: str
    decline_link: str
    page_link: str
    no_mail_link: str
    apple_wallet: str
    google_wallet: str
    calendar_neutral: str
    sheet_title: str
    sheet_title_one: str
    cut: str
    colon: str

    def of(self, kind: str, name: str) -> str:
        """Return the `subject`, `subject_neutral` or `intro` of a kind of message."""
        text: str = getattr(self, text_name(kind, name))
        return text


#: the message that the plain `subject`, `subject_neutral` and `intro` belong to
BADGE = "badge"
#: the other kinds that have these three sentences of their own
OTHER_KINDS = ("confirmed", "moved", "replaced", "changed", "canceled", "reserve", "found")


def text_name(kind: str, name: str) -> str:
    """Return the name in `Texts` of a kind's `subject`, `subject_neutral` or `intro`."""
    return name if kind == BADGE else f"{kind}_{name}"


_SENTENCES = Texts(
    subject=msgid("Your badge: {event}"),
    subject_neutral=msgid("Your entry badge"),
    greeting=msgid("Hello {name},"),
    intro=msgid("Your registration is confirmed. This is your badge for “{event}”."),
    confirmed_subject=msgid("You have a place: {event}"),
    confirmed_subject_neutral=msgid("You have a place"),
    confirmed_intro=msgid(
        "You now have a place: your registration is confirmed. This is your badge for “{event}”."
    ),
    moved_subject=msgid("Your delegation has changed: {event}"),
    moved_subject_neutral=msgid("Your delegation has changed"),
    moved_intro=msgid(
        "You are now registered with the delegation {delegation}. The code of your badge is the "
        "same: this is how the badge looks now."
    ),
    replaced_subject=msgid("Your new badge: {event}"),
    replaced_subject_neutral=msgid("Your new badge"),
    replaced_intro=msgid("Your badge was replaced. This is the new one for “{event}”."),
    changed_subject=msgid("Changed: {event}"),
    changed_subject_neutral=msgid("Day, hour or place changed"),
    changed_intro=msgid(
        "The day, the hour or the place of “{event}” has changed. What is valid now stands below."
    ),
    canceled_subject=msgid("Your registration is canceled: {event}"),
    canceled_subject_neutral=msgid("Your registration is canceled"),
    canceled_intro=msgid(
        "Your registration for “{event}” is canceled, and your badge is no longer valid. If that "
        "is a mistake, write to {contact}."
    ),
    reserve_subject=msgid("You are on the reserve list: {event}"),
    reserve_subject_neutral=msgid("You are on the reserve list"),
    reserve_intro=msgid(
        "You are on the reserve list for “{event}”: all places of the delegation {delegation} are "
        "taken. If a place becomes free for you, we send you your badge. Until then you cannot be "
        "let in."
    ),
    found_subject=msgid("The badge you asked for: {event}"),
    found_subject_neutral=msgid("The badge you asked for"),
    found_intro=msgid(
        "Somebody asked for your badge for “{event}” with your e-mail or your phone number. "
        "Here it is: only you receive it. If it was not you, there is nothing to do."
    ),
    replaces=msgid("It replaces your earlier badge, which is no longer valid: delete that one."),
    show=msgid("At the entrance, show this code on your phone with the screen at full brightness."),
    print_out=msgid("Without a phone, print the attached PDF at its true size (100%)."),
    personal=msgid("This badge is personal and lets one person in: please do not pass it on."),
    name_label=msgid("Name"),
    category_label=msgid("Category"),
    advice_label=msgid("Good to know"),
    when_label=msgid("When"),
    where_label=msgid("Where"),
    before_label=msgid("before"),
    delegation_label=msgid("Delegation"),
    code_label=msgid("Code, if the camera cannot scan"),
    number_label=msgid("Number"),
    picture=msgid("QR code of your badge"),
    privacy=msgid(
        "Your data: {organiser} uses your name, contact details, delegation, passages at the "
        "entrance and when your badge's page was opened only to run this event and to count its "
        "arrivals. They are erased after the event (days until then: {days}) and given to nobody "
        "else. You may see, correct or erase them, object to their use or withdraw your consent: "
        "write to {contact}."
    ),
    decline=msgid("Not coming? Say so with one click, and somebody else gets your place."),
    decline_link=msgid("I am not coming"),
    page_link=msgid("Open my badge on the phone"),
    no_mail_link=msgid("No more e-mails about this event"),
    apple_wallet=msgid("Add to Apple Wallet"),
    google_wallet=msgid("Add to Google Wallet (Google receives your name and this code)"),
    calendar_neutral=msgid("Meeting"),
    sheet_title=msgid("Badges: {event}"),
    sheet_title_one=msgid("Badge {number}: {event}"),
    cut=msgid("Cut along the marks. Keep the code flat; do not fold it."),
    colon=msgid(": "),
)


@cache
def texts_in(language: str) -> Texts:
    """Return the sentences of a language; an unknown one reads the default."""
    said = {
        name: translated("letters", language, text) for name, text in asdict(_SENTENCES).items()
    }
    return Texts(**said)


def reads_right_to_left(text: str) -> bool:
    """Say whether the first letter with a direction is Arabic (or Hebrew)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


@lru_cache(maxsize=256)
def moment_text(at: datetime, language: str) -> str:
    """Write a moment in words, on the clock that `at` carries: «samedi 14 juin 2025 à 15:00»."""
    # a pattern of Unicode's, with the language's words in it: https://unicode.org/reports/tr35
    pattern = said_in_context("letters", language, "pattern", "EEEE d MMMM y 'at' HH:mm")
    return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=spoken(language).locale)


def filling(spec: BadgeSpec, language: str | None = None) -> dict[str, str]:
    """Return the values of the placeholders for this badge, in the participant's language."""
    language = language or spec.language
    arabic = language == "ar"
    return {
        "name": (arabic and spec.name_ar) or spec.name,
        "event": (arabic and spec.event_name_ar) or spec.event_name,
        "delegation": (arabic and spec.delegation_ar) or spec.delegation,
        "venue": (arabic and spec.venue_ar) or spec.venue,
        "number": spec.number,
        "when": moment_text(spec.starts_at, language),
    }


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders_of(sentence: str) -> list[str]:
    """Return a sentence's placeholders with their braces, in order."""
    return [match.group() for match in _PLACEHOLDER.finditer(sentence)]


def fill(sentence: str, words: Mapping[str, str]) -> str:
    """Put words in a sentence's {placeholders}; anything else in braces is refused, never run.

    Raises:
        BadgeError: names the placeholder that is not known.
    """

    def word(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            known = ", ".join(f"{{{each}}}" for each in words)
            raise BadgeError(f"the placeholder {{{name}}} is not known: use one of {known}")
        return words[name]

    return _PLACEHOLDER.sub(word, sentence)
