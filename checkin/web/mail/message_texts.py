"""The page of an event's own message texts: edit them, preview the message, send it to oneself."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

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
from checkin.services.mail.post import send_now
from checkin.services.mail.previews import preview_html, preview_letter
from checkin.web.site.outgoing import mail_refusals, mail_sender, shown_sender
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
    """Show a language's sentences to edit, beside the whole message."""
    return _page(visit, code, {})


@bp.post("/events/<slug>/delivery/message/<code>")
@visited_by(STAFF)
def save(visit: EventVisit, code: str) -> Answer:
    """Save a language's sentences, or show what is wrong with them."""
    language, wanted = _language(code), {name: request.form.get(name, "") for name in EDITABLE}
    problems = {n: p for n, text in wanted.items() if text and (p := problem_of(n, text))}
    if problems:
        return _page(visit, code, wanted, problems), 400
    visit.write(lambda v: set_texts(v.session, v.event, language, wanted))
    flash(_("Saved."))
    return redirect(visit.address("message_texts.edit", code=code))


@bp.get("/events/<slug>/delivery/message/<code>/preview")
@visited_by(STAFF)
def preview(visit: EventVisit, code: str) -> Answer:
    """Show the HTML of the message as an invented participant gets it."""
    html = preview_html(visit.session, visit.event, _language(code), shown_sender())
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


@bp.post("/events/<slug>/delivery/message/<code>/send")
@visited_by(STAFF)
def send_to_me(visit: EventVisit, code: str) -> Answer:
    """Send the message with an invented badge to the operator's own address."""
    language, me = _language(code), visit.operator.email
    letter = preview_letter(visit.session, visit.event, language, mail_sender(), me)
    visit.session.close()  # a mail server may be slow
    fault = send_now(visit.server.database, letter, visit.server.settings.mail, visit.now)
    if fault is None:
        flash(_("Sent to %(address)s.", address=me))
    else:
        flash(_("Not sent: %(answer)s", answer=fault))
    return redirect(visit.address("message_texts.edit", code=code))


def _page(
    visit: EventVisit,
    code: str,
    wanted: dict[str, str],
    problems: dict[str, TextProblem] | None = None,
) -> str:
    language = _language(code)
    usual, own = usual_texts(language), own_texts(visit.session, visit.event, language)
    return visit.show(
        "mail/message_texts.html",
        code=language,
        direction=LANGUAGES[language].direction,
        values={**usual, **own, **wanted},
        usual=usual,
        problems={name: _problem_words(problem) for name, problem in (problems or {}).items()},
        placeholders=PLACEHOLDERS,
        refusals=mail_refusals(),
        back=visit.address("message_texts.edit", code=code),
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
