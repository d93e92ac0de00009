"""The page of gates and devices, as several forms end on it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template, url_for

from checkin.services.events.events import categories_of
from checkin.services.events.visibility import visible_event
from checkin.services.gates.devices import devices_of, gates_of
from checkin.services.gates.gates import categories_of_gates
from checkin.web.site.outgoing import address_refusal
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database


def devices_page(slug: str, **more: object) -> str:
    """Render the page; `more` is what a form has to say."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        listed = devices_of(session, event.id, datetime.now(UTC))
        gates = gates_of(session, event.id)
        categories = categories_of(session, event)
        admitted = categories_of_gates(session, event)
    return render_template(
        "gates/devices.html",
        event=event,
        devices=listed,
        gates=gates,
        categories=categories,
        admitted=admitted,
        refusal=address_refusal(),
        back=url_for("organiser.devices", slug=slug),
        **more,
    )
