"""What the database has in the end, and the boards of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import func, select

from checkin.db.models import Admission, Job, JobState, Scan
from tests.modes.gates import Gates
from tests.modes.several_nodes import Node, SeveralNodes
from tests.support.databases.databases import opened
from tests.support.servers.nodes import Board

#: how long the boards of all nodes may take to show the same; it is far less
BOARD_S = 10.0


@contextmanager
def boards_at(nodes: Sequence[Node], token: str) -> Iterator[list[Board]]:
    """Open a board at each of these nodes, past the proxy."""
    with ExitStack() as closing:
        boards = [Board(node, token) for node in nodes]
        for board in boards:
            closing.callback(board.close)
        yield boards


def every_board_shows(boards: Sequence[Board], arrived: int) -> None:
    """Wait for the boards to show so many arrivals."""
    told = [board.told_of(arrived=arrived) for board in boards]
    assert [one.result(BOARD_S) for one in told] == [True] * len(boards)


def every_scan_is_counted_once(mode: SeveralNodes, gates: Gates, arrived: int) -> None:
    """Check that what gates were told is stored, each scan once, and nobody arrived twice."""
    with opened(mode.direct) as database, database.read() as session:
        stored = set(session.scalars(select(Scan.scan_id)))
        admitted = select(func.count(), func.count(Admission.participant_id.distinct()))
        people = session.execute(admitted).one()
    assert set(gates.answered) <= {str(one) for one in stored}
    assert tuple(people) == (arrived, arrived)


def attempts_of_jobs(mode: SeveralNodes, kind: str) -> list[tuple[JobState, int]]:
    """Return how the jobs of a kind are, and how often each was begun."""
    with opened(mode.direct) as database, database.read() as session:
        jobs = session.execute(select(Job.state, Job.attempts).where(Job.kind == kind))
        return [(state, attempts) for state, attempts in jobs]
