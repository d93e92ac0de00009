"""A sender in a process of its own, which the tests kill.

`python -m tests.services.mail.sender_process DATABASE_URL MAIL_URL MINUTES`: its clock is MINUTES
ahead of the tests' own. It prints a line when it begins and the reason why it ended.
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import timedelta

from checkin.db.engine import Database
from checkin.domain.mail.server import destination_of
from checkin.services.events.events import event_named
from checkin.services.mail.outbox import PostOffice, send_due
from checkin.services.mail.sender import Sender
from checkin.services.mail.transport import transport_to
from tests.support.factories import KEYS, NOW

SENDER = Sender("badges@example.org", "https://marhaba.example.org", per_day=10**6)


def main(database_url: str, mail_url: str, minutes: str) -> None:
    database, at = Database(database_url), NOW + timedelta(minutes=int(minutes))
    with database.read() as session:
        event = event_named(session, None)
    print("sending", flush=True)
    with closing(transport_to(destination_of(mail_url))) as transport:
        post = PostOffice(database, event, KEYS, transport, SENDER, clock=lambda: at)
        print(send_due(post).ended, flush=True)
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
