"""Bounces from a real mailbox and by the webhook: the right message is marked, once."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from checkin.db.models import Message
from checkin.domain.mail.bounce_mailbox import MailboxFault, MailboxUnavailable, mailbox_at
from checkin.domain.mail.bounces import read_bounce
from checkin.services.mail.mailbox.bounces import Report, read_reports, record_report
from checkin.services.mail.sender import bounce_mark
from tests.services.mail.imap_server import dovecot, imap_server
from tests.support import factories
from tests.support.factories import KEYS, NOW
from tests.support.servers.server_process import free_port

SAMPLES = Path(__file__).parents[2] / "domain" / "mail" / "bounces"
NAMES = ["aa11", "bb22", "cc33", "dd44", "ee55", "ff66"]


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


@pytest.fixture
def sent(database, event):
    """Six sent messages, with the ids that the samples speak of."""
    for name in NAMES:
        factories.a_participant(database, event, f"Personne {name}", email=f"{name}@example.org")
    for number, name in enumerate(NAMES, 1):
        values = {"state": "sent", "message_id": f"<{name}@example.org>"}
        wanted = Message.id == number
        factories.write(
            database, lambda s, w=wanted, v=values: s.execute(update(Message).where(w).values(v))
        )


def bounced(database):
    with database.read() as session:
        rows = session.scalars(select(Message).where(Message.state == "bounced"))
        return {message.message_id.partition("@")[0][1:] for message in rows}


def record(database, raw):
    bounce = read_bounce(raw)
    return factories.write(database, lambda s: record_report(s, KEYS, bounce, NOW))


def test_a_bounce_marks_the_message_that_it_names(database, sent):
    reports = [record(database, sample(n)) for n in ("postfix", "exchange", "gmail", "qmail")]

    assert reports == [Report.BOUNCED] * 4
    assert bounced(database) == {"aa11", "bb22", "cc33", "dd44"}


def test_a_repeated_bounce_report_changes_nothing(database, sent):
    assert [record(database, sample("gmail")) for _ in range(2)] == [
        Report.BOUNCED,
        Report.NOT_OURS,
    ]


def test_delay_reports_and_absence_replies_mark_no_message_as_bounced(database, sent):
    reports = [record(database, sample(name)) for name in ("delayed", "delivered", "absent")]

    assert (reports, bounced(database)) == ([Report.NO_BOUNCE] * 3, set())


def test_a_bounce_is_matched_by_its_recipient_address_if_the_report_names_no_message(
    database, sent
):
    right = b"bounces+6-%s@" % bounce_mark(KEYS, 6).encode()
    stripped = sample("postfix").replace(b"<aa11@example.org>", b"<gone@example.org>")

    report = record(database, stripped.replace(b"bounces+17-0123456789ab@", right))

    assert (report, bounced(database)) == (Report.BOUNCED, {"ff66"})


def test_a_bounce_to_a_forged_address_marks_no_message(database, sent):
    forged = sample("postfix").replace(b"<aa11@example.org>", b"<gone@example.org>")
    forged = forged.replace(b"bounces+17-", b"bounces+6-")

    assert (record(database, forged), bounced(database)) == (Report.NOT_OURS, set())


@pytest.fixture
def mailbox():
    if dovecot() is None:
        pytest.skip("Dovecot (dovecot-imapd) is not installed")
    # Sockets have short names: the folders of tests are too deep.
    with tempfile.TemporaryDirectory(prefix="imap") as home, imap_server(Path(home)) as mailbox:
        yield mailbox


def letter(subject: str) -> bytes:
    head = f"From: Samira <samira@example.org>\r\nTo: badges@example.org\r\nSubject: {subject}"
    return f"{head}\r\n\r\nBonjour, je viens avec mon frère.\r\n".encode()


def test_a_report_is_read_once_and_nothing_in_the_mailbox_is_changed(database, sent, mailbox):
    at = mailbox_at(mailbox.url)
    mailbox.put(*(sample(n) for n in ("postfix", "exchange", "gmail", "qmail")))
    mailbox.put(letter("Question"))
    first = read_reports(database, KEYS, at, datetime.now(UTC))
    again = read_reports(database, KEYS, at, datetime.now(UTC))
    mailbox.put(letter("Encore"), sample("postfix"))
    later = read_reports(database, KEYS, at, datetime.now(UTC))

    assert first == Counter({Report.BOUNCED: 4})
    assert again == Counter()
    assert later == Counter({Report.NOT_OURS: 1})
    assert mailbox.unseen() == 7
    assert bounced(database) == {"aa11", "bb22", "cc33", "dd44"}


def test_a_mailbox_whose_numbers_have_changed_is_read_from_its_beginning(database, sent, mailbox):
    at, now = mailbox_at(mailbox.url), datetime.now(UTC)
    mailbox.put(sample("postfix"))
    read_reports(database, KEYS, at, now)
    mailbox.renumber()
    mailbox.put(sample("exchange"))

    assert read_reports(database, KEYS, at, now) == Counter({Report.BOUNCED: 1, Report.NOT_OURS: 1})


def test_a_report_that_is_too_large_is_passed_over(database, sent, mailbox):
    at, now = mailbox_at(mailbox.url), datetime.now(UTC)
    mailbox.put(sample("postfix") + b"x" * (5 * 2**20), sample("exchange"))

    assert read_reports(database, KEYS, at, now) == Counter(
        {Report.BOUNCED: 1, Report.NO_BOUNCE: 1}
    )
    assert read_reports(database, KEYS, at, now) == Counter()


def test_a_refused_mailbox_password_is_reported_without_the_password(database, event, mailbox):
    at = mailbox_at(mailbox.url.replace("bounces-password", "geheim"))

    with pytest.raises(MailboxUnavailable) as fault:
        read_reports(database, KEYS, at, NOW)

    assert fault.value.fault is MailboxFault.SIGN_IN
    assert fault.value.detail == "the mailbox refused the user name or password"


def test_a_mailbox_without_its_folder_is_reported(database, event, mailbox):
    with pytest.raises(MailboxUnavailable) as fault:
        read_reports(database, KEYS, mailbox_at(f"{mailbox.url}/Rapports"), NOW)

    assert fault.value.fault is MailboxFault.NO_FOLDER


def test_an_unreachable_mailbox_is_reported(database, event):
    with pytest.raises(MailboxUnavailable, match="ConnectionRefusedError") as fault:
        read_reports(database, KEYS, mailbox_at(f"imap://a:b@127.0.0.1:{free_port()}"), NOW)

    assert fault.value.fault is MailboxFault.UNREACHABLE


def test_a_mail_server_may_post_bounces_with_the_secret_alone(app, database, sent):
    client = app.test_client()

    right = client.post(f"/mail/bounces/{KEYS.bounce_webhook}", data=sample("exchange"))
    wrong = client.post("/mail/bounces/" + "0" * 32, data=sample("gmail"))

    assert (right.get_json(), wrong.status_code) == ({"report": "bounced"}, 404)
    assert bounced(database) == {"bb22"}
