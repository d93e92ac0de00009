"""How the sending of an event's messages goes, as the delivery page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from checkin.db.models import Job, JobState, Sending
from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.server import MailServer
from checkin.services.jobs.queue import FINAL
from checkin.services.jobs.workers import is_any_alive
from checkin.services.mail.sender import holds_badges, is_being_sent, sending_of
from checkin.services.mail.sending_job import newest_sending
from checkin.services.mail.waiting import Wait, WaitsFor, wait_of
from checkin.web.jobs.job_words import problem_sentence
from checkin.web.mail.fault_words import fault_sentence
from checkin.web.site.addressing.outgoing import shown_sender
from checkin.web.site.languages import local_moment, number
from checkin.web.site.visits import EventVisit


@dataclass(frozen=True, slots=True)
class SendingNow:
    """How the sending goes.

    Attributes:
        job: the job that sends, or the last one that did; None without any.
        sending: the event's switch.
        is_sent: whether a process sends: the job's, or a command on the server.
        is_leaving: whether it waits for nothing.
        sentence: what happens now, or what is waited for.
        has_worker: whether a worker could do the job.
        is_to_files: whether there is no mail server, so that messages become files.
        holds_badges: whether badges stay while other messages leave.
        server: the mail server as it is set now; None without one.
        sender: the address that messages come from.
    """

    job: Job | None
    sending: Sending
    is_sent: bool
    is_leaving: bool
    sentence: str
    has_worker: bool
    is_to_files: bool
    holds_badges: bool
    server: MailServer | None
    sender: str

    @property
    def is_going(self) -> bool:
        """Whether the job waits to be begun, or runs."""
        return self.job is not None and self.job.state not in FINAL

    @property
    def problem(self) -> str:
        """Why the last job failed; "" if it did not."""
        problem = self.job.problem if self.job else None
        return problem_sentence(problem) if problem else ""

    @property
    def advice(self) -> str:
        """What to do where the mail server took nothing; "" where nobody knows."""
        problem = self.job.problem if self.job else None
        fault = problem["values"].get("fault") if problem else None
        if not fault:
            return ""
        return fault_sentence(MailFault(fault), self.server, sender=self.sender)

    def body(self) -> dict[str, Any]:
        """Return what the page's script asks for again and again."""
        job = self.job
        return {
            "sending": self.sending,
            "sender": self.is_sent,
            "state": job.state if job else "",
            "done": job.done if job else 0,
            "total": job.total if job else 0,
            "sentence": self.sentence,
        }


def sending_now(visit: EventVisit) -> SendingNow:
    """Return how the sending of the visit's event goes."""
    session, event, now = visit.session, visit.event, visit.now
    job, is_sent = newest_sending(session, event.id), is_being_sent(session, event.id, now)
    sender, server = shown_sender(), visit.server.settings.mail(session).server
    wait = wait_of(session, event, now, sender.per_day)
    has_worker = is_any_alive(session, now)
    is_going = has_worker and job is not None and job.state not in FINAL
    return SendingNow(
        job=job,
        sending=sending_of(session, event.id),
        is_sent=is_sent,
        is_leaving=is_sent and wait is None,
        sentence=_sentence(job, wait, event.timezone, is_sent=is_sent or is_going),
        has_worker=has_worker,
        is_to_files=server is None,
        holds_badges=holds_badges(session, event.id),
        server=server,
        sender=sender.address,
    )


def _sentence(job: Job | None, wait: Wait | None, timezone: str, *, is_sent: bool) -> str:
    if job is not None and job.state == JobState.RUNNING and job.cancel_asked_at is not None:
        return str(_("The sending is being ended."))
    if wait is not None and (is_sent or wait.reason is WaitsFor.SWITCH):
        return _wait_sentence(wait, timezone)
    if not is_sent:
        return str(_("Nothing is being sent now."))
    if job is not None and job.state == JobState.QUEUED:
        return str(_("The sending begins in a moment."))
    return str(_("Messages are leaving."))


def _wait_sentence(wait: Wait, timezone: str) -> str:
    count, moment = number(wait.messages), local_moment(wait.until, timezone)
    sentences: dict[WaitsFor, str] = {
        WaitsFor.SWITCH: _("Paused: nothing leaves until an organiser resumes."),
        WaitsFor.DAY_LIMIT: _(
            "The limit of messages in 24 hours is reached. The next one leaves by itself: "
            "%(moment)s.",
            moment=moment,
        ),
        WaitsFor.NEXT_TRY: _(
            "Refused for now by mail servers: %(count)s. Tried again by itself: %(moment)s.",
            count=count,
            moment=moment,
        ),
        WaitsFor.OTHER_SENDER: _(
            "In the hands of another sender, or of one that was interrupted: %(count)s. That is "
            "settled by itself within ten minutes.",
            count=count,
        ),
    }
    return sentences[wait.reason]
