"""`badges send`: send the outbox, tell how it goes, stop cleanly."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import click

from checkin.cli.office import Office, event_option, in_office, json_option, now, say, say_json
from checkin.db.models import Event, Sending
from checkin.errors import InvalidRequest
from checkin.services.channels.telephone_sending import TelephoneOffice, send_to_telephones
from checkin.services.mail.claims import retry_unknown
from checkin.services.mail.going_on import go_on_with_all
from checkin.services.mail.outbox import (
    LOOK_AGAIN_S,
    Ended,
    PostOffice,
    Run,
    send_due,
    states,
    waiting,
)
from checkin.services.mail.outcomes import Outcome
from checkin.services.mail.sender import hold_badges, set_sending
from checkin.services.network.public_address import PublicAddress
from checkin.worker.work.post_office import (
    opened_post_office,
    opened_telephones,
    with_current_sender,
)

_WHY = {
    Ended.DAY_FULL: "the day's limit is reached (CHECKIN_MAIL_PER_DAY): run this again tomorrow",
    Ended.PAUSED: "paused: `badges resume` lets it go on",
    Ended.STOPPED: "stopped: `badges resume` lets it go on",
    Ended.ASKED: "stopped by you: run this again and it goes on where it was",
}


@click.command("send")
@click.option("--limit", type=click.IntRange(min=1), help="at most this many e-mails, no more")
@click.option("--stay", is_flag=True, help="go on with what becomes due, until Ctrl-C")
@click.option(
    "--retry-unknown",
    metavar="ID…|all",
    help="first queue these messages again whose fate is unknown: some may arrive twice",
)
@event_option
@json_option
@in_office
def send(
    office: Office,
    limit: int | None,
    stay: bool,
    retry_unknown: str | None,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Send the badges that wait in the outbox: by e-mail or into files, by WhatsApp, by SMS.

    Ctrl-C ends it after the message at hand; the next run goes on where this one was.
    """
    event = office.event(event_slug)
    office.keys  # noqa: B018 - no right key, no codes
    office.mail_sender()  # refused before anything is queued
    _warn_of_a_near_address(office.public_address())
    if retry_unknown is not None:
        _queue_unknown(office, event, retry_unknown)
    office.write(lambda session: hold_badges(session, event, now(), held=False))
    summary = _sent_until_the_end(office, event, limit, stay)
    with office.database.read() as session:
        totals = states(session, event)
    _report(summary, totals, as_json)
    if not as_json:
        _tell_of_files(office)
    if summary.run.ended is Ended.HALTED:
        sys.exit(1)


@click.command("pause")
@click.option("--now", "at_once", is_flag=True, help="hand not even the message at hand over")
@event_option
@in_office
def pause(office: Office, at_once: bool, event_slug: str | None) -> None:
    """Let no more of an event's messages leave, whoever is sending."""
    _turn(office, event_slug, Sending.STOPPED if at_once else Sending.PAUSED)
    say("paused: `badges resume` lets the messages leave again")


@click.command("resume")
@event_option
@in_office
def resume(office: Office, event_slug: str | None) -> None:
    """Let messages leave again, by `badges send`."""
    _turn(office, event_slug, Sending.RUNNING)
    say("messages may leave: run `badges send`, unless one is staying")


def _turn(office: Office, event_slug: str | None, sending: Sending) -> None:
    event = office.event(event_slug)
    office.write(lambda s: set_sending(s, event, sending, now=now(), operator_id=None))


def _warn_of_a_near_address(address: PublicAddress) -> None:
    if address.is_only_nearby:
        click.echo(
            f"warning: {address.url} works on this network only; whoever reads their e-mail at "
            "home cannot open its links",
            err=True,
        )


def _queue_unknown(office: Office, event: Event, text: str) -> None:
    ids = None if text == "all" else _numbers(text)
    count = office.write(lambda session: retry_unknown(session, event, ids, now=now()))
    click.echo(f"{count} unknown messages queued again", err=True)


def _numbers(text: str) -> list[int]:
    words = text.replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        raise InvalidRequest("--retry-unknown takes numbers of messages (1,2,3), or all")
    return [int(word) for word in words]


@dataclass
class _Summary:
    """What a run did, and what the server said of those that did not leave."""

    run: Run = field(default_factory=Run)
    faults: Counter[str] = field(default_factory=Counter)


def _sent_until_the_end(office: Office, event: Event, limit: int | None, stay: bool) -> _Summary:
    summary = _Summary()
    parts = (office.database, office.keys, office.settings, event, now)
    with (
        opened_post_office(*parts) as post,
        opened_telephones(post, office.settings) as phones,
        _until_signal() as carry_on,
    ):
        while True:
            _go_on_with_all(office, event)
            # The address may have changed since: another network, another setting.
            current = with_current_sender(post, office.settings)
            _one_run(office, current, summary, limit, carry_on)
            if limit is None:
                _send_to_telephones(phones, summary, carry_on)
            if not stay or summary.run.ended in (Ended.ASKED, Ended.LIMIT):
                return summary
            _rest(carry_on)


def _go_on_with_all(office: Office, event: Event) -> None:
    """Write to whom a channel has failed, or none has reached, by the next one."""
    while office.write(lambda session: go_on_with_all(session, event, now())):
        pass


def _send_to_telephones(
    phones: TelephoneOffice,
    summary: _Summary,
    carry_on: Callable[[], bool],
) -> None:
    """Send what waits for WhatsApp and SMS, also for whom the e-mails have failed just now."""

    def sent(outcome: Outcome) -> None:
        summary.run.fates[outcome.fate] += 1
        if outcome.fate != "sent":
            summary.faults[outcome.answer] += 1

    send_to_telephones(phones, sent=sent, carry_on=carry_on)


def _one_run(
    office: Office,
    post: PostOffice,
    summary: _Summary,
    limit: int | None,
    carry_on: Callable[[], bool],
) -> None:
    with office.database.read() as session:
        length = waiting(session, post.event, now())
    if limit is not None:
        limit -= summary.run.fates.total()
        length = min(length, limit)
    with progress_bar(length) as bar:

        def sent(outcome: Outcome) -> None:
            bar.update(1)
            if outcome.fate != "sent":
                summary.faults[outcome.answer] += 1

        run = send_due(post, sent=sent, carry_on=carry_on, limit=limit)
    run.fates += summary.run.fates
    summary.run = run


def progress_bar(length: int, label: str = "sending") -> click._termui_impl.ProgressBar[int]:
    """Return a bar with count, rate and time left; no more than twice a second on a terminal."""
    started = time.monotonic()
    done = 0

    def rate(_item: int | None) -> str:
        spent = time.monotonic() - started
        return f"{bar.pos / spent:.1f}/s" if spent and bar.pos > done else ""

    bar: click._termui_impl.ProgressBar[int] = click.progressbar(
        length=length,
        label=label,
        show_pos=True,
        show_eta=True,
        item_show_func=rate,
        file=sys.stderr,
    )
    return bar


@contextmanager
def _until_signal() -> Iterator[Callable[[], bool]]:
    """Yield a function that says False once Ctrl-C or a polite kill came."""
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if stopping:
            raise KeyboardInterrupt  # asked twice: at once, and the message at hand is unknown
        stopping.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield lambda: not stopping
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)


def _rest(carry_on: Callable[[], bool]) -> None:
    until = time.monotonic() + LOOK_AGAIN_S
    while carry_on() and time.monotonic() < until:
        time.sleep(0.1)


def _tell_of_files(office: Office) -> None:
    with office.database.read() as session:
        settings = office.settings.mail(session)
    if not settings.is_sent:
        say(f"no mail server is set (page “E-mail”): the messages are files in {settings.to}")


def _report(summary: _Summary, totals: Counter[str], as_json: bool) -> None:
    run = summary.run
    if as_json:
        body = {"attempted": dict(run.fates), "outbox": dict(totals), "ended": run.ended}
        say_json(body | ({"answer": run.answer} if run.answer else {}))
        return
    in_all = ", ".join(f"{count} {state}" for state, count in sorted(totals.items()))
    if not run.fates.total() and in_all:
        say("nothing was due")
    say(f"in all: {in_all}" if in_all else "nothing to send")
    for answer, count in summary.faults.most_common(10):
        say(f"  {count} × {answer}")
    if run.ended is Ended.HALTED:
        say(f"the mail server takes nothing now, so nothing more was tried: {run.answer}")
    elif run.ended in _WHY:
        say(_WHY[run.ended])
