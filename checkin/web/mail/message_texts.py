"""The page of an event's own texts in its messages: edit, preview, and send one to oneself."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from badges.message import Occasion
from badges.texts import BADGE
from checkin.domain.mail.rules import Fate
from checkin.errors import NotFound
from checkin.services.events.own_texts import (
    EDITABLE,
    PLACEHOLDERS,
    TextProblem,
    own_texts,
    problem_of,
    set_texts,
    usual_texts,
)
from checkin.services.mail.post import outcome_of
from checkin.services.mail.previews import Previewed, preview_html, preview_letter
from checkin.web.mail.fault_words import outcome_sentence
from checkin.web.mail.message_words import kind_words, text_label, text_problem
from checkin.web.site.addressing.outgoing import (
    mail_destination,
    mail_refusals,
    mail_sender,
    shown_sender,
)
from checkin.web.site.shared_forms import FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.languages import LANGUAGES

bp = pages(__name__)

#: Mail brings its styles inline; nothing else of it may act, and only our own page may frame it.
_PREVIEW_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@bp.get("/events/<slug>/delivery/message/<code>")
@visited_by(STAFF)
def edit(visit: EventVisit, code: str) -> Answer:
    """Show a language's sentences of a kind of message to edit, beside the whole message."""
    return _page(visit, code, {})


@bp.post("/events/<slug>/delivery/message/<code>")
@visited_by(STAFF)
def save(visit: EventVisit, code: str) -> Answer:
    """Save a language's sentences of a kind of message, or show what is wrong with them."""
    language, kind = _language(code), _kind()
    wanted = {name: request.form.get(name, "") for name in EDITABLE[kind]}
    problems = {n: p for n, text in wanted.items() if text and (p := problem_of(n, text))}
    if problems:
        return _page(visit, code, wanted, problems), 400
    try:
        visit.write(lambda v: _set(v, kind, language, wanted))
    except FormOvertaken as fault:
        return _page(visit, code, fault.form.values, changed=changes_said(fault.form)), 409
    flash(_("Saved."))
    return redirect(_address(visit, code, kind))


def _set(visit: EventVisit, kind: str, language: str, wanted: Mapping[str, str]) -> None:
    # An emptied field means the usual text, which is what the form then shows.
    typed = {name: text or usual_texts(language)[name] for name, text in wanted.items()}
    refuse_overtaken(visit, typed, lambda v: _stored(v, kind, language))
    set_texts(visit.session, visit.event, language, wanted)


@bp.get("/events/<slug>/delivery/message/<code>/preview")
@visited_by(STAFF)
def preview(visit: EventVisit, code: str) -> Answer:
    """Show the HTML of the message as an invented participant gets it."""
    previewed = Previewed(_language(code), Occasion(kind=_kind()))
    return mail_page(preview_html(visit.session, visit.event, previewed, shown_sender()))


@bp.post("/events/<slug>/delivery/message/<code>/send")
@visited_by(STAFF)
def send_to_me(visit: EventVisit, code: str) -> Answer:
    """Send the message with an invented badge to the operator's own address."""
    kind = _kind()
    send_test(visit, Previewed(_language(code), Occasion(kind=kind)))
    return redirect(_address(visit, code, kind))


def send_test(visit: EventVisit, previewed: Previewed) -> None:
    """Send a previewed message to the operator's own address, and say how that went."""
    me = visit.operator.email
    letter = preview_letter(visit.session, visit.event, previewed, mail_sender(), me)
    destination = mail_destination()
    visit.session.close()  # a mail server may be slow
    server = visit.server
    outcome = outcome_of(server.database, letter, destination, visit.now)
    if outcome.fate is Fate.SENT:
        flash(_("Sent to %(address)s.", address=me))
    else:
        sentence = outcome_sentence(outcome, server.settings.mail(visit.session), recipient=me)
        flash(_("Not sent: %(answer)s", answer=sentence), "problem")


def mail_page(html: str) -> Response:
    """Return the HTML of a message as a page that can do nothing."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


def _address(visit: EventVisit, code: str, kind: str) -> str:
    return visit.address("message_texts.edit", code=code, kind=None if kind == BADGE else kind)


def _page(
    visit: EventVisit,
    code: str,
    wanted: Mapping[str, str],
    problems: Mapping[str, TextProblem] | None = None,
    *,
    changed: Mapping[str, str] | None = None,
) -> str:
    """Show the form.

    Args:
        changed: a sentence for each text that somebody else has changed since the form was shown.
    """
    language, kind = _language(code), _kind()
    stored = _stored(visit, kind, language)
    said = {name: text_problem(problem) for name, problem in (problems or {}).items()}
    return visit.show(
        "mail/message_texts.html",
        code=language,
        kind=kind,
        kinds=kind_words(),
        fields=[(name, text_label(kind, name)) for name in EDITABLE[kind]],
        direction=LANGUAGES[language].direction,
        values={**stored, **wanted},
        stored=stored,
        problems={**said, **(changed or {})},
        overtaken=changed is not None,
        placeholders=PLACEHOLDERS,
        refusals=mail_refusals(),
        back=_address(visit, language, kind),
    )


def _stored(visit: EventVisit, kind: str, language: str) -> dict[str, str]:
    """Return what the form shows: the event's own texts, and the usual ones where it has none."""
    texts = usual_texts(language) | own_texts(visit.session, visit.event, language)
    return {name: texts[name] for name in EDITABLE[kind]}


def _kind() -> str:
    kind = request.args.get("kind", BADGE)
    if kind not in EDITABLE:
        raise NotFound(f"{kind!r} is no kind of message")
    return kind


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise NotFound(f"{code!r} is none of the message's languages")
    return code
