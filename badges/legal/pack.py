"""The legal pack as PDF on A4: each line in French at the left and in Arabic at the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date

from badges.documents import document_pdf
from badges.legal import sentences as said
from badges.legal.facts import Both, Count, LegalFacts
from badges.texts import moment_text, reads_right_to_left
from checkin.words.languages import spoken

_PAGE = Path(__file__).with_name("pack.typ")
#: what one line of a section is, as `pack.typ` sets it
Row = dict[str, Any]


def legal_pack_pdf(facts: LegalFacts) -> bytes:
    """Return the pack; the same facts give the same bytes."""
    return document_pdf(_PAGE, _data(facts))


def _data(facts: LegalFacts) -> dict[str, Any]:
    draft = said.AUTHORISATION if facts.is_sensitive else said.DECLARATION
    return {
        "title": _pair(said.TITLE),
        "head": _head(facts),
        "contents": _pair(said.CONTENTS),
        "parts": [
            _section(said.REGISTER, _register(facts)),
            _section(said.ACCESS, _access(facts)),
            _section(said.CONSENT, _consent(facts), begins_page=False),
            _poster(facts),
            # Nothing is to be asked for any more once the data are erased.
            *([] if facts.erasure else [_section(draft, _draft(facts))]),
            _section(said.RECEIPT, _receipt(facts), begins_page=facts.erasure is not None),
        ],
    }


def _section(title: Both, rows: Iterable[Row], *, begins_page: bool = True) -> dict[str, Any]:
    return {
        "kind": "section",
        "title": _pair(title),
        "rows": list(rows),
        "begins_page": begins_page,
    }


def _head(facts: LegalFacts) -> list[Row]:
    rows = [*_identity(facts), _fact(said.PRINTED, _moment(facts.printed_at))]
    if not facts.missing:
        return [*rows, _paragraph(said.COMPLETE)]
    names = [said.MISSING[code] for code in facts.missing]
    return [*rows, _row("warning", said.TO_COMPLETE, _listed(names))]


def _identity(facts: LegalFacts) -> list[Row]:
    return [
        _fact(said.EVENT, facts.event),
        _fact(said.VENUE, facts.venue),
        _fact(said.STARTS, _moment(facts.starts_at)),
        _fact(said.ENDS, _moment(facts.ends_at)),
        *_controller(facts),
    ]


def _controller(facts: LegalFacts) -> list[Row]:
    known = (
        (said.ORGANISER, facts.organiser),
        (said.ADDRESS, facts.address),
        (said.CONTACT, facts.contact),
        (said.NUMBER, facts.cndp_number),
    )
    return [_fact(label, _same(value or said.BLANK)) for label, value in known]


def _register(facts: LegalFacts) -> Iterable[Row]:
    yield _fact(said.PURPOSE_LABEL, said.PURPOSE)
    yield _fact(said.BASIS_LABEL, said.BASIS)
    yield _paragraph(said.SENSITIVE if facts.is_sensitive else said.NOT_SENSITIVE)
    yield _fact(said.RETENTION_LABEL, _retention(facts))
    yield _fact(said.SECURITY_LABEL, said.SECURITY)
    yield _fact(said.RIGHTS_LABEL, said.RIGHTS)
    if facts.erasure:
        yield _paragraph(said.ERASED)
        return
    yield from _counts(said.PEOPLE, facts.categories, facts.informed.people)
    yield from _counts(said.FIELDS, facts.fields)
    yield from _counts(said.PASSAGES, _named(said.RECORDED, facts.passages))


def _retention(facts: LegalFacts) -> Both:
    return _filled(said.RETENTION, date=_day(facts.erased_by), days=facts.retention_days)


def _access(facts: LegalFacts) -> Iterable[Row]:
    yield from _counts(None, _named(said.ROLES, facts.roles))
    yield _subtitle(said.RECIPIENTS_TITLE)
    yield from map(_paragraph, _recipients(facts))


def _recipients(facts: LegalFacts) -> list[Both]:
    return [_filled(said.RECIPIENTS[key], name=name) for key, name in facts.recipients] or [
        said.NO_RECIPIENTS
    ]


def _consent(facts: LegalFacts) -> Iterable[Row]:
    if not facts.erasure:
        yield from _counts(
            said.SOURCES_TITLE, _named(said.SOURCES, facts.sources), facts.informed.people
        )
        yield from _counts(said.INFORMED_TITLE, _informed(facts))
        yield _paragraph(said.TO_INFORM)
    yield _subtitle(said.SHOWN_TEXT)
    yield _paragraph(facts.notice)
    for one in facts.agreed_texts:
        language = spoken(one.language)
        yield _subtitle(
            _filled(
                said.AGREED_TEXT,
                date=_day(one.first_used_at),
                language=language.own_name,
                count=one.agreed,
            )
        )
        yield {"kind": "quote", "text": one.text, "rtl": reads_right_to_left(one.text)}


def _informed(facts: LegalFacts) -> list[Count]:
    told = facts.informed
    return [
        Count(said.AGREED, told.agreed),
        Count(said.MAILED, told.mailed),
        Count(said.NEITHER, told.neither),
        Count(said.APPLICATIONS, facts.applications),
    ]


def _draft(facts: LegalFacts) -> Iterable[Row]:
    yield _paragraph(said.DRAFT)
    if facts.is_sensitive:
        yield _paragraph(said.EXEMPTION)
    answers = (
        *((row["label"], row["value"]) for row in _controller(facts)),
        *((_pair(label), _pair(value)) for label, value in _answers(facts)),
    )
    for number, (label, value) in enumerate(answers, 1):
        yield {"kind": "fact", "label": [f"{number}. {one}" for one in label], "value": value}


def _answers(facts: LegalFacts) -> Iterable[tuple[Both, Both]]:
    recorded = [*(one.name for one in facts.fields), *said.RECORDED.values()]
    concerned = _listed([one.name for one in facts.categories])
    yield said.DENOMINATION, _filled(said.DENOMINATION_TEXT, event=facts.event)
    yield said.PURPOSE_LABEL, said.PURPOSE
    yield said.BASIS_LABEL, said.BASIS
    yield said.CONCERNED, _filled(said.CONCERNED_TEXT, names=concerned, count=facts.informed.people)
    yield said.COLLECTED, _listed(recorded)
    yield said.SOURCE, _listed(list(said.SOURCES.values()))
    yield said.RECEIVERS, _listed(_recipients(facts), " ")
    yield said.RETENTION_LABEL, _retention(facts)
    yield said.SECURITY_LABEL, said.SECURITY
    yield said.RIGHTS_LABEL, said.RIGHTS
    yield said.ATTACHED, said.ATTACHED_TEXT
    yield said.SIGNED, _same(said.BLANK)


def _receipt(facts: LegalFacts) -> Iterable[Row]:
    erasure = facts.erasure
    if erasure is None:
        yield _paragraph(_filled(said.NOT_YET, date=_day(facts.erased_by)))
        return
    yield _fact(said.PURGED_AT, _moment(erasure.at))
    yield from _counts(said.ROWS, erasure.lines)
    yield from _counts(None, [Count(said.DEVICES_LEFT, erasure.devices)])
    yield _paragraph(said.KEPT)


def _poster(facts: LegalFacts) -> dict[str, Any]:
    number = facts.cndp_number
    return {
        "kind": "poster",
        "title": _pair(said.POSTER),
        "event": _pair(facts.event),
        "text": _pair(facts.notice),
        "number": _pair(_filled(said.POSTER_NUMBER, number=number)) if number else None,
    }


def _counts(title: Both | None, counts: Sequence[Count], total: int | None = None) -> Iterable[Row]:
    if title:
        yield _subtitle(title)
    for one in counts:
        yield _count("count", one.name, one.count)
    if total is not None:
        yield _count("total", said.ALL, total)


def _named(names: Mapping[str, Both], counts: Sequence[tuple[str, int]]) -> list[Count]:
    return [Count(names[key], count) for key, count in counts]


def _count(kind: str, name: Both, count: int) -> Row:
    return {"kind": kind, "label": _pair(name), "count": count}


def _fact(label: Both, value: Both) -> Row:
    return _row("fact", label, value)


def _row(kind: str, label: Both, value: Both) -> Row:
    return {"kind": kind, "label": _pair(label), "value": _pair(value)}


def _paragraph(text: Both) -> Row:
    return {"kind": "paragraph", "value": _pair(text)}


def _subtitle(text: Both) -> Row:
    return {"kind": "subtitle", "value": _pair(text)}


def _pair(text: Both) -> list[str]:
    return [text.fr, text.ar]


def _same(value: str) -> Both:
    return Both(value, f"\u2068{value}\u2069")


def _listed(names: Sequence[Both], between: str = "") -> Both:
    fr, ar = (between, between) if between else (", ", "، ")
    return Both(fr.join(one.fr for one in names), ar.join(one.ar for one in names))


def _moment(at: datetime) -> Both:
    return Both(moment_text(at, "fr"), moment_text(at, "ar"))


def _day(at: datetime) -> Both:
    return Both(*(format_date(at, "long", locale=spoken(of).locale) for of in ("fr", "ar")))


def _filled(sentence: Both, **values: Both | str | int) -> Both:
    """Put values into a sentence; a pair of texts goes into the sentence of its language."""

    def of(language: str) -> dict[str, Any]:
        return {
            name: getattr(value, language) if isinstance(value, Both) else value
            for name, value in values.items()
        }

    return Both(sentence.fr.format(**of("fr")), sentence.ar.format(**of("ar")))
