"""The routes that take a body which is no form of our pages: from devices, hubs and programs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel

from checkin.protocol.codes import format_code
from checkin.protocol.walk_ins import public_text, seal_walk_in
from checkin.web.api.bodies.bus_bodies import AnnulManyRequest, BusRequest
from checkin.web.api.bodies.help_desk_bodies import ReplaceBadgeRequest, ShownRequest
from checkin.web.api.bodies.hub_bodies import (
    HubAnnulmentsRequest,
    HubLeaseRequest,
    HubPairRequest,
    HubReport,
    HubScansRequest,
    HubWalkInsRequest,
    MirrorPagesRequest,
)
from checkin.web.api.bodies.kiosk_bodies import HelpRequest, KioskRequest
from checkin.web.api.bodies.lease_bodies import LeaseRequest
from checkin.web.api.bodies.scan_bodies import AnnulRequest, BatchRequest, LiveScan
from checkin.web.api.bodies.schemas import (
    PairRequest,
    ReturnRequest,
    SearchQuery,
    WalkIn,
    WipedRequest,
)
from tests.fuzzing.target import Reader

TOKEN = bytes(range(16))
PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
ID = str(UUID(int=7, version=4))
_AT = "2025-06-14T12:00:00Z"


class Sender(StrEnum):
    """Whose token a request shows."""

    GATE = "gate"
    KIOSK = "kiosk"
    REVOKED = "revoked"
    HUB = "hub"
    REVOKED_HUB = "revoked hub"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Route:
    """A route and bodies that it takes.

    Attributes:
        path: at which it is asked; "": as its rule says.
        model: of its JSON.
    """

    by: Sender
    model: type[BaseModel]
    bodies: tuple[bytes, ...]
    path: str = ""


def as_json(*bodies: object) -> tuple[bytes, ...]:
    """Return bodies as JSON texts."""
    return tuple(json.dumps(body, ensure_ascii=False).encode() for body in bodies)


_SCAN = {
    "scan_id": ID,
    "code": format_code(TOKEN),
    "type": "entry",
    "scanned_at": _AT,
    "source": "camera",
    "force": True,
    "force_reason": "connue de l’équipe",
    "supervisor_pin": "1234",
    "device_time": "2025-06-14T12:00:01Z",
}
_DECIDED = {"decided": {"status": "error", "reason": "revoked"}, "lease_id": None}
_UPLOADED = {key: value for key, value in _SCAN.items() if key != "device_time"} | _DECIDED
_BROUGHT = {
    key: value for key, value in _UPLOADED.items() if key not in ("code", "supervisor_pin")
} | {"badge_ref": "0f" * 16, "corrected_at": _AT, "device": {"local_id": 3, "name": "Porte 2"}}
_WALK_IN = {
    "id": ID,
    "name": "Amina Alaoui",
    "name_ar": "أمينة",
    "delegation_id": 1,
    "category": "Militant",
    "email": "amina@example.org",
    "phone": "+212612000777",
    "language": "fr",
}
SEALED = {
    "id": ID,
    "delegation_id": 1,
    "sealed": seal_walk_in(public_text(PRIVATE), ID, {"name": "Amina"}),
}
_BROUGHT_WALK_IN = {key: value for key, value in _WALK_IN.items() if key != "id"} | {
    "walk_in_id": ID,
    "device": {"id": 1, "gate_id": 1},
    "at": _AT,
    "admitted_offline": True,
    "lease_id": None,
}
_REPORT = {
    "version": "1.0.0",
    "epoch": "a" * 32,
    "addresses": ["https://192.168.1.7:8443"],
    "counts": {"scans_waiting": 3, "walk_ins_waiting": 0},
    "gates": [{"device": 1, "name": "Porte 1", "gate_id": 1, "battery": 60, "last_seen_at": _AT}],
}
_HUB = {
    "pairing_code": "7K3M9QXA",
    "name": "mini-pc",
    "software": "marhaba-hub/1",
    "public_key": "A" * 43,
    "authority": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "addresses": ["https://192.168.1.7:8443"],
}
_RETURN = {
    "device_name": "Laptop 3",
    "software": "marhaba-scanner/1.0",
    "event": "rabat-2025",
    "gate": {"id": 1, "name": "Porte 1"},
    "held": 412,
}


def _route(by: Sender, model: type[BaseModel], *bodies: object, path: str = "") -> Route:
    return Route(by, model, as_json(*bodies), path)


_V1 = "/api/v1"
#: every one of the API, by its rule: `test_every_route_that_takes_a_body_is_tried` finds others
ROUTES: Mapping[str, Route] = {
    f"{_V1}/scans": _route(Sender.GATE, LiveScan, _SCAN),
    f"{_V1}/scans/batch": _route(
        Sender.GATE, BatchRequest, {"device_time": _AT, "scans": [_UPLOADED]}
    ),
    f"{_V1}/scans/<uuid:scan_id>/annul": _route(
        Sender.GATE, AnnulRequest, {"reason": "double"}, path=f"{_V1}/scans/{ID}/annul"
    ),
    f"{_V1}/buses/open": _route(
        Sender.GATE, BusRequest, {"code": format_code(TOKEN)}, {"bus_id": 1}
    ),
    f"{_V1}/buses/annul": _route(
        Sender.GATE, AnnulManyRequest, {"scan_ids": [ID], "reason": "descendus"}
    ),
    f"{_V1}/participants": _route(Sender.GATE, WalkIn, _WALK_IN, SEALED),
    f"{_V1}/participants/search": _route(
        Sender.GATE, SearchQuery, {"q": "amina"}, {"q": "أمينة"}, {"q": "#7"}
    ),
    f"{_V1}/participants/<int:participant_id>/badge": _route(
        Sender.GATE,
        ReplaceBadgeRequest,
        {"supervisor_pin": "1234"},
        {"tell": False},
        path=f"{_V1}/participants/1/badge",
    ),
    f"{_V1}/people-list/shown": _route(
        Sender.GATE, ShownRequest, {"shown": [{"participant_id": 1, "shown_at": _AT}]}
    ),
    f"{_V1}/leases": _route(Sender.GATE, LeaseRequest, {"device_time": _AT, "held": ID}),
    f"{_V1}/kiosk": _route(Sender.KIOSK, KioskRequest, {"on": True, "supervisor_pin": "1234"}),
    f"{_V1}/help": _route(Sender.GATE, HelpRequest, {}),
    f"{_V1}/devices/pair": _route(
        Sender.NOBODY,
        PairRequest,
        {"pairing_code": "7K3M9QXA", "device_name": "Porte 1", "software": "marhaba-web/1.0"},
    ),
    f"{_V1}/devices/return": _route(Sender.NOBODY, ReturnRequest, _RETURN),
    f"{_V1}/devices/wiped": _route(Sender.REVOKED, WipedRequest, {}),
    f"{_V1}/hubs/pair": _route(Sender.NOBODY, HubPairRequest, _HUB),
    f"{_V1}/hub/mirror/pages": _route(
        Sender.HUB, MirrorPagesRequest, {"table": "participant", "marks": ["a", "b"]}
    ),
    f"{_V1}/hub/scans": _route(Sender.HUB, HubScansRequest, {"hub_time": _AT, "scans": [_BROUGHT]}),
    f"{_V1}/hub/walk-ins": _route(Sender.HUB, HubWalkInsRequest, {"walk_ins": [_BROUGHT_WALK_IN]}),
    f"{_V1}/hub/annulments": _route(
        Sender.HUB,
        HubAnnulmentsRequest,
        {"annulments": [{"scan_id": ID, "at": _AT, "reason": "double"}]},
    ),
    f"{_V1}/hub/lease": _route(Sender.HUB, HubLeaseRequest, {"held": ID}),
    f"{_V1}/hub/report": _route(Sender.HUB, HubReport, _REPORT),
    f"{_V1}/hub/wiped": _route(Sender.REVOKED_HUB, WipedRequest, {}),
}
#: routes of pages that take bytes, and the target which tries what reads them
OF_PAGES: Mapping[str, str] = {"/mail/bounces/<secret>": "bounces"}
_RULES = tuple(ROUTES)
#: bodies of them all, each behind a byte that says of which route it is
SEEDS = tuple(
    bytes([number]) + body for number, route in enumerate(ROUTES.values()) for body in route.bodies
)
MODELS = tuple(dict.fromkeys(route.model for route in ROUTES.values()))
BODIES = tuple(body for route in ROUTES.values() for body in route.bodies)

Asked = Callable[[str, bytes], Any]


@contextmanager
def opened(heard: Callable[[str, Any], object] = lambda _rule, _answer: None) -> Iterator[Reader]:
    """Yield what sends an input to the whole server: its first byte says to which route.

    Args:
        heard: is told the rule of the route, and what it answered.
    """
    from checkin.app import create_app
    from checkin.settings import Settings
    from checkin.web.site.state import EXTENSION
    from tests.support import factories
    from tests.support.databases.databases import SqliteDatabases, opened

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SqliteDatabases(folder).fresh(folder) as url, opened(url) as database:
            key = factories.MASTER_KEY.hex()
            app = create_app(Settings(home=folder, database_url=url, master_key=key))
            asked = _senders(app, database)
            yield lambda data: heard(*_sent(asked, data))
            state = app.extensions[EXTENSION]
            state.background_tasks.wait()
            state.live.close()
            state.database.dispose()


def _sent(asked: Mapping[Sender, Asked], data: bytes) -> tuple[str, Any]:
    rule = _RULES[data[0] % len(_RULES)] if data else _RULES[0]
    route = ROUTES[rule]
    answer = asked[route.by](route.path or rule, data[1:])
    if answer.status_code >= 500:
        raise AssertionError(f"{rule} answered {answer.status_code}")
    return rule, answer


def _senders(app: Any, database: Any) -> Mapping[Sender, Asked]:
    """Enrol who shows a token, at an event with somebody to find and to let in."""
    from checkin.services.gates.devices import revoke_device
    from checkin.services.hubs.revocation import revoke_hub
    from tests.support import factories
    from tests.support.hub_client import HubApi

    event, now = factories.an_event(database), datetime.now(UTC)
    factories.a_participant(database, event, "Amina Alaoui")
    gate, kiosk, gone = (
        factories.a_new_device(database, event, name, may_search=True, help_desk=True)
        for name in ("Porte 1", "Porte 2", "Porte 3")
    )
    hub, hub_gone = (HubApi.of(app, database, event, name) for name in ("Salle A", "Salle B"))
    factories.write(database, lambda s: revoke_device(s, event, gone.id, now=now))
    factories.write(database, lambda s: revoke_hub(s, event, hub_gone.id, now=now))
    tokens = {
        Sender.GATE: gate.token,
        Sender.KIOSK: kiosk.token,
        Sender.REVOKED: gone.token,
        Sender.HUB: hub.token,
        Sender.REVOKED_HUB: hub_gone.token,
        Sender.NOBODY: "nobodys",
    }
    client = app.test_client()

    def asked_with(token: str) -> Asked:
        headers = {"Authorization": f"Bearer {token}"}
        return lambda path, body: client.post(
            path, data=body, headers=headers, content_type="application/json"
        )

    return {sender: asked_with(token) for sender, token in tokens.items()}
