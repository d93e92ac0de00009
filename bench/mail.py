"""Messages a second through the outbox, against a bare smtplib loop to the same server.

`python -m bench.mail [MESSAGES]`: the loop sends the outbox's own first message again and again,
so that the difference is composing, drawing and book-keeping.
"""

from __future__ import annotations

import smtplib
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from checkin.db.engine import Database
from checkin.db.migrate import upgrade
from checkin.domain.mail.server import destination_of
from checkin.services.mail.outbox import PostOffice, send_due
from checkin.services.mail.sender import Sender
from checkin.services.mail.transport import transport_to
from tests.services.mail.mail_server import MailServer, mail_server
from tests.services.mail.test_delivery_crashes import queue
from tests.support.factories import KEYS, NOW

SENDER = Sender("badges@example.org", "https://marhaba.example.org", per_day=10**6)


def through_the_outbox(home: Path, smtp: MailServer, count: int) -> tuple[float, float]:
    """Return wall and processor seconds."""
    database = Database(f"sqlite:///{home / 'bench.db'}")
    upgrade(database)
    event = queue(database, [f"person{number}" for number in range(count)])
    wall, processor = time.perf_counter(), time.process_time()
    with closing(transport_to(destination_of(smtp.url))) as transport:
        send_due(PostOffice(database, event, KEYS, transport, SENDER, clock=lambda: NOW))
    spent = time.perf_counter() - wall, time.process_time() - processor
    database.dispose()
    return spent


def bare_loop(smtp: MailServer, content: bytes, count: int) -> tuple[float, float]:
    host, port = smtp.url.removeprefix("smtp://").split(":")
    wall, processor = time.perf_counter(), time.process_time()
    with smtplib.SMTP(host, int(port)) as server:
        for number in range(count):
            server.sendmail("badges@example.org", f"person{number}@example.org", content)
    return time.perf_counter() - wall, time.process_time() - processor


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder) / "taken") as smtp:
        ours = through_the_outbox(Path(folder), smtp, count)
        content = next(smtp.folder.iterdir()).read_bytes()
        bare = bare_loop(smtp, content, count)
        taken = len(list(smtp.folder.iterdir()))
    assert taken == 2 * count, taken
    print(f"{count} messages of {len(content) / 1000:.0f} kB, one connection, one server process")
    for name, (wall, processor) in (("outbox", ours), ("bare smtplib", bare)):
        print(
            f"{name:13} {count / wall:7.1f}/s   {1000 * processor / count:6.1f} ms processor each"
        )
    print(f"outbox / bare: {bare[0] / ours[0]:.2f} of its rate")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
