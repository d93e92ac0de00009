"""The message's own words: edit them, see the whole message, send one to oneself."""

from __future__ import annotations

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.errors import NotFound
from checkin.services.events.own_texts import (
    EDITABLE,
    PLACEHOLDERS,
    TextFault,
    TextProblem,
    own_texts,
    problem_of,
    set_texts,
    usual_texts,
)
from checkin.services.events.visibility import visible_event
from checkin.services.mail.post import send_now
from checkin.services.mail.previews import preview_html, preview_letter
from checkin.web.site.errors import register_page_errors
from checkin.web.site.outgoing import mail_refusals, mail_sender, shown_sender
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.languages import LANGUAGES

bp = APIBlueprint("message_texts", __name__, enable_openapi=False)
register_page_errors(bp)
#: Mail brings its styles inline; nothing else of it may act, and only our own page may frame it.
_PREVIEW_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@bp.get("/events/<slug>/delivery/message/<code>")
def edit(slug: str, code: str) -> ResponseReturnValue:
    """Show a language's sentences to edit, beside the whole message."""
    return _page(slug, code, {})


@bp.post("/events/<slug>/delivery/message/<code>")
def save(slug: str, code: str) -> ResponseReturnValue:
    """Keep a language's sentences, or say what is wrong with them."""
    language, wanted = _language(code), {name: request.form.get(name, "") for name in EDITABLE}
    problems = {n: p for n, text in wanted.items() if text and (p := problem_of(n, text))}
    if problems:
        return _page(slug, code, wanted, problems), 400
    operator = current_operator()

    def work(session: Session) -> None:
        set_texts(session, visible_event(session, operator, slug), language, wanted)

    in_transaction(database(), work)
    flash(_("Saved."))
    return redirect(url_for("message_texts.edit", slug=slug, code=code))


@bp.get("/events/<slug>/delivery/message/<code>/preview")
def preview(slug: str, code: str) -> ResponseReturnValue:
    """Show the HTML of the message as an invented participant gets it."""
    language = _language(code)
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        html = preview_html(session, event, language, shown_sender())
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


@bp.post("/events/<slug>/delivery/message/<code>/send")
def send_to_me(slug: str, code: str) -> ResponseReturnValue:
    """Send the message with an invented badge to the operator's own address."""
    language, operator = _language(code), current_operator()
    sender = mail_sender()
    with database().read() as session:
        event = visible_event(session, operator, slug)
        letter = preview_letter(session, event, language, sender, operator.email)
    fault = send_now(database(), letter, marhaba().settings.mail, datetime.now(UTC))
    if fault is None:
        flash(_("Sent to %(address)s.", address=operator.email))
    else:
        flash(_("Not sent: %(answer)s", answer=fault))
    return redirect(url_for("message_texts.edit", slug=slug, code=code))


def _page(
    slug: str, code: str, wanted: dict[str, str], problems: dict[str, TextProblem] | None = None
) -> str:
    language = _language(code)
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        values = {**usual_texts(language), **own_texts(session, event, language), **wanted}
    return render_template(
        "mail/message_texts.html",
        event=event,
        code=language,
        direction=LANGUAGES[language].direction,
        values=values,
        usual=usual_texts(language),
        problems={name: _problem_words(problem) for name, problem in (problems or {}).items()},
        placeholders=PLACEHOLDERS,
        refusals=mail_refusals(),
        back=url_for("message_texts.edit", slug=slug, code=code),
    )


def _problem_words(problem: TextProblem) -> str:
    return str(
        {
            TextFault.UNKNOWN_PLACEHOLDER: _(
                "%(word)s cannot be used here: write it in words, or use one of %(allowed)s.",
                word=problem.value,
                allowed=" ".join(problem.allowed),
            ),
            TextFault.LONE_BRACE: _(
                "A brace stands alone: write placeholders as {name}, and no other braces."
            ),
            TextFault.TOO_LONG: _(
                "Too long: shorten it to %(value)s characters at most.", value=problem.value
            ),
            TextFault.UNPRINTABLE: _(
                "A line break or an invisible character is in it: keep letters, digits, spaces and "
                "punctuation, on one line."
            ),
        }[problem.fault]
    )


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise NotFound(f"{code!r} is none of the message's languages")
    return code
