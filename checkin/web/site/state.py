"""The parts of a running server, which every request can reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from checkin.db.engine import Database
from checkin.services.backups.epochs import RecentEpoch
from checkin.services.badges.wallets import NO_WALLETS, Wallets
from checkin.services.board.board import CountsByMinute
from checkin.services.board.live import LiveHub
from checkin.services.common.keys import Keys
from checkin.services.common.readiness import RecentReadiness
from checkin.services.gates.authentication import KnownDevices, LastSeen
from checkin.services.gates.gate_list import SealedEntries
from checkin.services.gates.list_segments import KnownSegments
from checkin.services.gates.people_list import PeoplePages
from checkin.services.gates.recent_lists import RecentLists
from checkin.services.hubs.arrivals import SettledNumbers
from checkin.services.hubs.mirror import MirrorMarks
from checkin.services.limits.limits import Limits
from checkin.services.network.certificates.authority import Authority
from checkin.settings import Settings
from checkin.web.site.addressing.known_address import KnownAddress
from checkin.web.site.background import BackgroundTasks

EXTENSION = "marhaba"
#: what can be watched of an event: the contract's counts, all that a board shows, and the arrivals
#: of people whose flags name a page
COUNTS, BOARD, FLAGGED = "counts", "board", "flagged"
#: the device API's own application, beside the pages'
API = "marhaba_api"


@dataclass(frozen=True)
class Marhaba:
    """The server's parts, made once by `checkin.app.create_app`.

    Attributes:
        wake_worker: called after a job was committed, where no other process listens for jobs.
        authority: the authority that devices have to trust, if the server uses its own certificate.
        central_url: of the central server, if this is a hub; "" where it is none.
    """

    settings: Settings
    database: Database
    keys: Keys
    live: LiveHub
    minute_counts: CountsByMinute
    limits: Limits
    public_url: KnownAddress
    readiness: RecentReadiness
    epoch: RecentEpoch
    wake_worker: Callable[[], object]
    wallets: Wallets = NO_WALLETS
    authority: Authority | None = None
    central_url: str = ""
    devices: KnownDevices = field(default_factory=KnownDevices)
    last_seen: LastSeen = field(default_factory=LastSeen)
    sealed: SealedEntries = field(default_factory=SealedEntries)
    segments: KnownSegments = field(default_factory=KnownSegments)
    recent_lists: RecentLists = field(default_factory=RecentLists)
    people_pages: PeoplePages = field(default_factory=PeoplePages)
    mirror_marks: MirrorMarks = field(default_factory=MirrorMarks)
    settled_numbers: SettledNumbers = field(default_factory=SettledNumbers)
    background_tasks: BackgroundTasks = field(default_factory=BackgroundTasks)


def marhaba() -> Marhaba:
    """Return the parts of the server that answers this request."""
    state: Marhaba = current_app.extensions[EXTENSION]
    return state


def database() -> Database:
    """Return the server's database."""
    return marhaba().database
