"""The messages of an event to many: write one, see whom it reaches and how it looks, send it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from checkin.db.models import (
    Announcement,
    AnnouncementAbout,
    AnnouncementState,
    MessageState,
    Sending,
)
from checkin.domain.messages.audience import Audience
from checkin.domain.messages.kinds import MessageKind
from checkin.errors import Conflict, InvalidRequest, NotFound
from checkin.services.events.own_texts import PLACEHOLDERS
from checkin.services.mail.previews import Previewed, preview_html, preview_subject
from checkin.services.mail.sender import set_sending
from checkin.services.messages.announcements import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Written,
    announcement_of,
    announcements_of,
    drop_announcement,
    problems_of,
    rewrite_announcement,
    senders_of,
    subjects_of,
    texts_written,
    write_announcement,
)
from checkin.services.messages.previews import (
    kinds_in,
    previewed_announcement,
    spec_of_person,
)
from checkin.services.messages.recipients import (
    Reach,
    reach_of,
    reach_of_audience,
    some_recipients,
)
from checkin.services.messages.sending import (
    begin,
    cancel_announcement,
    messages_by_state,
    progress_of_announcement,
)
from checkin.services.people.registering.unchecked import is_withheld_from
from checkin.services.people.search import participant_by_id
from checkin.web.jobs.asking import ask_for
from checkin.web.mail.message_texts import mail_page, send_test
from checkin.web.mail.message_words import kinds_of_messages
from checkin.web.mail.sending_state import sending_now
from checkin.web.messages.announcement_form import (
    AnnouncementForm,
    choices_of,
    fresh_form,
    sent_audience,
    sent_form,
)
from checkin.web.messages.announcement_words import about_words, state_words
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import mail_refusals, mail_sender, shown_sender
from checkin.web.site.json import json_response
from checkin.web.site.languages import number as in_words
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.languages import LANGUAGES
from checkin.worker.work.announcements import ANNOUNCEMENT_LIST

bp = pages(__name__)

#: so many recipients are offered to look at the message as
_SHOWN_AS = 20


@bp.get("/events/<slug>/messages")
@visited_by(STAFF)
def index(visit: EventVisit) -> Answer:
    """List the messages to many, with how far each of them is."""
    session = visit.session
    found = announcements_of(session, visit.event)
    return visit.show(
        "messages/index.html",
        announcements=found,
        subjects=subjects_of(session, visit.event, found),
        counts=messages_by_state(session, [one.id for one in found]),
        senders=senders_of(session, found),
        about=about_words(),
        states=state_words(),
    )


@bp.get("/events/<slug>/messages/new")
@visited_by(STAFF)
def new(visit: EventVisit) -> Answer:
    """Show the form of a new message."""
    return _form(visit, fresh_form(visit.event))


@bp.post("/events/<slug>/messages/new")
@visited_by(STAFF)
def create(visit: EventVisit) -> Answer:
    """Keep a message as a draft, or show what is wrong with it."""
    form = sent_form()
    if problems := problems_of(visit.event, form.texts):
        return _form(visit, AnnouncementForm(form.audience, form.texts, problems)), 400
    number = visit.write(
        lambda v: write_announcement(v.session, v.event, form.audience, form.texts, **v.who).id
    )
    return _to(visit, number)


@bp.get("/events/<slug>/messages/count")
@visited_by(STAFF)
def count(visit: EventVisit) -> Answer:
    """Return how many participants an audience has, as JSON with a sentence."""
    audience = sent_audience(request.args.to_dict(flat=False))
    reach = reach_of_audience(visit.session, visit.event, audience)
    return json_response({"people": reach.people, "sentence": _reach_sentence(reach)})


@bp.get("/events/<slug>/messages/<int:number>")
@visited_by(REGISTRARS)
def show(visit: EventVisit, number: int) -> Answer:
    """Show a message, whom it reaches, and how far its sending is."""
    session, event = visit.session, visit.event
    announcement = _announcement(visit, number)
    kinds, reach = kinds_in(session, announcement), reach_of(session, announcement)
    previewed = _previewed(visit, announcement, _kind(kinds), _language(visit))
    return visit.show(
        "messages/show.html",
        announcement=announcement,
        texts=texts_written(session, announcement),
        title=about_words()[announcement.about],
        state=state_words()[announcement.state],
        reach=reach,
        sentence=_reach_sentence(reach),
        kinds=[(kind, kinds_of_messages()[kind]) for kind in kinds],
        kind=previewed.occasion.kind,
        code=previewed.language,
        subject=preview_subject(session, event, previewed, shown_sender()),
        people=some_recipients(session, announcement, visit.own_delegation, _SHOWN_AS),
        shown_as=request.args.get("as", type=row_number),
        progress=progress_of_announcement(session, announcement, visit.now),
        now=sending_now(visit),
        is_over=visit.now >= event.ends_at,
        refusals=mail_refusals(),
        back=this_address(),
    )


@bp.get("/events/<slug>/messages/<int:number>/edit")
@visited_by(STAFF)
def edit(visit: EventVisit, number: int) -> Answer:
    """Show the form of a draft."""
    draft = _draft(visit, number)
    audience = Audience.of(draft.audience or {})
    return _form(visit, AnnouncementForm(audience, texts_written(visit.session, draft)))


@bp.post("/events/<slug>/messages/<int:number>/edit")
@visited_by(STAFF)
def save(visit: EventVisit, number: int) -> Answer:
    """Change a draft, or show what is wrong with it."""
    form = sent_form()
    if problems := problems_of(visit.event, form.texts):
        return _form(visit, AnnouncementForm(form.audience, form.texts, problems)), 400
    visit.write(
        lambda v: rewrite_announcement(v.session, v.event, number, form.audience, form.texts)
    )
    return _to(visit, number)


@bp.get("/events/<slug>/messages/<int:number>/preview")
@visited_by(REGISTRARS)
def preview(visit: EventVisit, number: int) -> Answer:
    """Show the HTML of a message as a recipient gets it."""
    announcement = _announcement(visit, number)
    kind = _kind(kinds_in(visit.session, announcement))
    previewed = _previewed(visit, announcement, kind, _language(visit))
    return mail_page(preview_html(visit.session, visit.event, previewed, shown_sender()))


@bp.post("/events/<slug>/messages/<int:number>/test")
@visited_by(REGISTRARS)
def send_to_me(visit: EventVisit, number: int) -> Answer:
    """Send the message to the operator's own address."""
    announcement = _announcement(visit, number)
    kind = _kind(kinds_in(visit.session, announcement))
    send_test(visit, _previewed(visit, announcement, kind, _language(visit)))
    return _to(visit, number)


@bp.post("/events/<slug>/messages/<int:number>/send")
@visited_by(REGISTRARS)
def send(visit: EventVisit, number: int) -> Answer:
    """Have a message sent to everybody whom it reaches and who has not had it yet."""
    mail_sender()  # refused at once, where the address is one that nobody else understands
    endpoint = request.endpoint or ""
    if not visit.write(lambda v: _begin(v, number, endpoint)):
        flash(_("It is being sent already, or somebody has decided otherwise."))
    visit.server.wake_worker()
    return _to(visit, number)


@bp.post("/events/<slug>/messages/<int:number>/drop")
@visited_by(REGISTRARS)
def drop(visit: EventVisit, number: int) -> Answer:
    """Tell nobody."""
    if visit.write(lambda v: _drop(v, number)):
        flash(_("Nobody is told."))
    if visit.own_delegation is not None:
        return redirect(visit.address("delegations.show", delegation_id=visit.own_delegation), 303)
    return redirect(visit.address("announcements.index"), 303)


@bp.post("/events/<slug>/messages/<int:number>/cancel")
@visited_by(REGISTRARS)
def cancel(visit: EventVisit, number: int) -> Answer:
    """End the sending of a message: what has not left does not leave any more."""
    taken_out = visit.write(lambda v: _cancel(v, number))
    if taken_out is not None:
        flash(
            ngettext(
                "%(shown)s message did not leave, and will not.",
                "%(shown)s messages did not leave, and will not.",
                taken_out,
                shown=in_words(taken_out),
            )
        )
    return _to(visit, number)


@bp.post("/events/<slug>/messages/<int:number>/switch")
@visited_by(STAFF)
def switch(visit: EventVisit, number: int) -> Answer:
    """Pause or resume the sending of all the event's messages."""
    asked = request.form.get("sending", "")
    if asked not in (Sending.RUNNING, Sending.PAUSED):
        raise InvalidRequest("sending is running or paused")
    visit.write(lambda v: set_sending(v.session, v.event, Sending(asked), **v.who))
    return _to(visit, number)


@bp.get("/events/<slug>/messages/<int:number>/progress")
@visited_by(REGISTRARS)
def progress(visit: EventVisit, number: int) -> Answer:
    """Return how far the sending of a message is, as JSON."""
    announcement = _announcement(visit, number)
    found = progress_of_announcement(visit.session, announcement, visit.now)
    now = sending_now(visit)
    counts = {str(state): found.counts[state] for state in MessageState}
    pace = {"rate": found.rate, "left_s": found.left_s if now.is_leaving else None}
    total = found.counts.total()
    done = total - found.left
    body = now.body() | {"state": announcement.state, "done": done, "total": total}
    return json_response({"counts": counts, **pace, **body})


@bp.post("/events/<slug>/messages/<int:number>/people.csv")
@visited_by(REGISTRARS)
def people_csv(visit: EventVisit, number: int) -> Answer:
    """Write those whom no e-mail reaches as a spreadsheet, to call or to text them."""
    found = _announcement(visit, number)
    return ask_for(visit, ANNOUNCEMENT_LIST, announcement=found.id, language=visit.language)


def _announcement(visit: EventVisit, number: int) -> Announcement:
    return announcement_of(visit.session, visit.event, number, visit.own_delegation)


def _draft(visit: EventVisit, number: int) -> Announcement:
    draft = _announcement(visit, number)
    if draft.about != AnnouncementAbout.WRITTEN:
        raise NotFound("this message has no text of its own")
    if draft.state != AnnouncementState.DRAFT:
        raise Conflict("this message was sent or dropped meanwhile: write another one")
    return draft


def _begin(visit: EventVisit, number: int, endpoint: str) -> bool:
    number = _announcement(visit, number).id
    return begin(visit.session, visit.keys, visit.event, number, endpoint=endpoint, **visit.who)


def _drop(visit: EventVisit, number: int) -> bool:
    number = _announcement(visit, number).id
    return drop_announcement(visit.session, visit.event, number, **visit.who)


def _cancel(visit: EventVisit, number: int) -> int | None:
    number = _announcement(visit, number).id
    return cancel_announcement(visit.session, visit.event, number, **visit.who)


def _previewed(
    visit: EventVisit, announcement: Announcement, kind: MessageKind, language: str
) -> Previewed:
    asked = request.args.get("as", type=row_number)
    person = None
    if asked is not None:
        found = participant_by_id(visit.session, visit.event, asked, visit.own_delegation)
        withheld = is_withheld_from(found, visit.own_delegation, visit.now)
        person = spec_of_person(visit.session, visit.event, visit.keys, found.id, withheld=withheld)
    return previewed_announcement(
        visit.session, visit.event, announcement, kind=kind, language=language, person=person
    )


def _kind(kinds: Any) -> MessageKind:
    """Return which of an announcement's kinds of messages the address asks for."""
    asked = request.args.get("kind", "")
    return MessageKind(asked) if asked in kinds else kinds[0] if kinds else MessageKind.RESERVE


def _language(visit: EventVisit) -> str:
    asked = request.args.get("code", "")
    return asked if asked in LANGUAGES else visit.event.language


def _form(visit: EventVisit, form: AnnouncementForm) -> str:
    reach = reach_of_audience(visit.session, visit.event, form.audience)
    return visit.show(
        "messages/form.html",
        form=form,
        texts={tag: form.texts.get(tag, Written("", "")) for tag in LANGUAGES},
        problems=form.problem_words(),
        choices=choices_of(visit.session, visit.event),
        sentence=_reach_sentence(reach),
        placeholders=PLACEHOLDERS,
        longest_subject=LONGEST_SUBJECT,
        longest_text=LONGEST_TEXT,
        written_languages=_main_first(visit),
    )


def _main_first(visit: EventVisit) -> list[Any]:
    main = LANGUAGES[visit.event.language]
    return [main, *(one for one in LANGUAGES.values() if one is not main)]


def _reach_sentence(reach: Reach) -> str:
    return str(
        _(
            "People concerned: %(people)s. Reached by e-mail: %(mailed)s. To be told otherwise: "
            "%(otherwise)s.",
            people=in_words(reach.people),
            mailed=in_words(reach.mailed),
            otherwise=in_words(reach.otherwise),
        )
    )


def _to(visit: EventVisit, number: int) -> Answer:
    kept = {name: request.args.get(name) for name in ("kind", "code", "as")}
    return redirect(visit.address("announcements.show", number=number, **kept), 303)
