"""Events with one of everything, to ask every route about."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import insert, select, text
from werkzeug.routing import Rule

from checkin.db.models import Conflict, Duplicate, Flag, Operator, SheetDecision, SheetSource
from checkin.domain.integrations.read_tokens import LIFETIMES, Scope
from checkin.domain.integrations.sheets import Waits
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.network.destinations import written_address
from checkin.domain.people.importing.sheets import SheetChoices
from checkin.domain.scanning.verdict import Status
from checkin.services.gates.help_calls import call_help
from checkin.services.hubs.pairing import HubSelf, open_hub_pairing, pair_hub
from checkin.services.integrations.read_tokens import add_token
from checkin.services.integrations.sheets import set_sheet
from checkin.services.integrations.webhooks import WebhookDetails, add_webhook
from checkin.services.network.outgoing import Destination
from checkin.services.people.importing.import_runs import begin_run
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.asked_jobs import ask
from tests.support.factories import write
from tests.support.hub_client import ADDRESS, an_authority

#: of those who are told when people with a flag arrive
PAGE = "accueil"
#: the routes whose answers go on until whoever listens leaves
STREAMS = {"board.live", "flagged.live", "api.lists.stream_counts"}


@dataclass(frozen=True)
class House:
    """An event with one of everything, and the numbers by which routes name them."""

    slug: str
    numbers: dict[str, int]

    def path(self, rule: Rule, **other: object) -> str:
        values = {
            "slug": self.slug,
            "code": "fr",
            "secret": "nobodys",
            "filename": "icon.svg",
            "step": "rehearsal",
            "form": "csv",
            "page": PAGE,
            "marks": "nobodys",
            "kind": "canceled",
            "scan_id": uuid4(),
            "operator_id": 999,
            "session_id": 999,
            "passkey_id": 999,
            **self.numbers,
            **other,
        }
        return rule.build({name: values[name] for name in rule.arguments})[1]


def a_webhook(database, event, name: str) -> int:
    """Add a webhook that may not be called, and return its id."""
    destination = Destination(written_address("https://127.0.0.1/"), ())
    details = WebhookDetails(name, destination, frozenset(WebhookKind))
    return write(
        database,
        lambda s: (
            add_webhook(s, event, details, factories.KEYS, operator_id=None, now=factories.NOW)[
                0
            ].id
        ),
    )


def a_read_token(database, event, name: str) -> int:
    """Make a token that may read everything, and return its id."""
    month = LIFETIMES["month"]
    return write(
        database,
        lambda s: (
            add_token(s, event, name, tuple(Scope), month, operator_id=None, now=factories.NOW)[
                0
            ].id
        ),
    )


def a_hub(database, event, name: str) -> int:
    """Pair a hub, and return its id."""
    code = write(database, lambda s: open_hub_pairing(s, s.merge(event), name, now=factories.NOW))
    told = HubSelf(name, "marhaba-hub/1", "A" * 43, an_authority(), [ADDRESS])
    return pair_hub(database, code=code, told=told, now=factories.NOW).hub.id


def a_sheet(database, event, operator_id: int, gone: int) -> None:
    """Set a sheet at an address that may not be called, from which somebody has gone."""
    destination = Destination(written_address("https://127.0.0.1/"), ())

    def work(session):
        who = {"operator_id": operator_id, "now": factories.NOW}
        set_sheet(session, event, factories.KEYS, destination, 15, **who)
        source = session.scalars(select(SheetSource).where(SheetSource.event_id == event.id)).one()
        source.choices = SheetChoices().as_json()
        session.add(
            SheetDecision(
                source_id=source.id,
                event_id=event.id,
                kind=Waits.GONE,
                mark=bytes(32),
                participant_id=gone,
                is_acceptable=True,
                found_at=factories.NOW,
            )
        )

    write(database, work)


def a_house(database, slug: str, name: str) -> House:
    """Make an event whose things are all called `name`."""
    event = factories.an_event(database, slug)
    write(
        database,
        lambda s: s.execute(
            text(
                "UPDATE event SET name = :n, name_ar = :n, venue = :n, organiser = :n WHERE id = :i"
            ),
            {"n": name, "i": event.id},
        ),
    )
    delegation = factories.a_delegation(database, event, name, quota=20)
    category = factories.a_category(database, event, name)
    person = factories.a_participant(
        database, event, name, delegation=delegation, category=category, name_ar=name
    )
    bus = factories.a_bus(database, delegation, name)
    device = factories.a_device(database, event, name)
    code = factories.code_of(event, person.badge_id)
    factories.scan(database, device, code)
    factories.scan(database, device, code, decided=Decided(Status.OK, None))
    twin = factories.a_participant(
        database, event, f"{name} bis", delegation=delegation, category=category
    )
    write(
        database,
        lambda s: s.execute(
            insert(Duplicate).values(
                participant_id=person.participant_id,
                event_id=event.id,
                twin_id=twin.participant_id,
                same="name",
                created_at=factories.NOW,
            )
        ),
    )
    with database.read() as session:
        chief = session.scalars(select(Operator.id).order_by(Operator.id)).first()
        conflict = session.scalars(select(Conflict).order_by(Conflict.id.desc())).first()
        gate = session.scalar(text("SELECT gate_id FROM device WHERE id = :i"), {"i": device.id})
    factories.a_flag(database, event, name, page=PAGE)
    with database.read() as session:
        flag = session.scalars(select(Flag.id).where(Flag.event_id == event.id)).one()
    call = write(database, lambda s: call_help(s, device, now=factories.NOW).id)
    job_id = ask(database, "badge_sheets", event_id=event.id, operator_id=chief, design="card")
    webhook = a_webhook(database, event, name)
    a_sheet(database, event, chief, twin.participant_id)
    numbers = {
        "delegation_id": delegation.id,
        "participant_id": person.participant_id,
        "other_id": twin.participant_id,
        "bus_id": bus.id,
        "device_id": device.id,
        "gate_id": gate,
        "category_id": category.id,
        "conflict_id": conflict.id,
        "job_id": job_id,
        "flag_id": flag,
        "call_id": call,
        "run_id": write(database, lambda s: begin_run(s, event, None, None, factories.NOW)),
        "webhook_id": webhook,
        "token_id": a_read_token(database, event, name),
        "hub_id": a_hub(database, event, name),
        "number": 1,
    }
    return House(slug, numbers)
