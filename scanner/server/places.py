"""Where a gate finds its event: the central server, or the hub of its hall.

The central server tells its gates of the event's hubs, with a certificate for each
(`checkin.protocol.hubs`). A gate prefers a hub that it reaches: whoever enters the hall is admitted
there, by one writer. Where the hub is gone it goes to the central server, and else stands alone.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from checkin.protocol.hubs import HubCertificate, verified_certificate

#: in a device's folder; it holds no secrets, and what was changed in it is not believed
HUBS = "hubs.json"
#: the name that a hub announces in its network, where it may have been given another address
_ANNOUNCED = "marhaba.local"
LOOK_EVERY_S = 10.0
#: a gate that stands alone looks more often
LOOK_ALONE_EVERY_S = 3.0
LEARN_EVERY_S = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """A hub at one of its addresses.

    Attributes:
        hub: by which it is known whatever its address is.
        authority: the file of the only certificate authority that is believed there.
        public_key: by which it signs its answers.
    """

    hub: int
    name: str
    address: str
    authority: Path
    public_key: str


class Link(Protocol):
    """The methods of `HttpLink` that choosing a place uses."""

    @property
    def place(self) -> Place | None:
        """Return the hub to which requests go; None: to the central server."""
        ...

    def go_to(self, place: Place | None) -> None:
        """Send requests there from now on."""
        ...

    def answers_at(self, place: Place | None) -> bool:
        """Say whether the server there knows this device."""
        ...


class Places:
    """The places of one device, and which of them it is at.

    Args:
        folder: where the certificates are kept, and the files of the hubs' authorities.
        event: returns the slug of the event; key: the key of its gate lists; "" while unknown.
        clock: returns the time by the server's clock.
    """

    def __init__(
        self,
        link: Link,
        folder: Path,
        event: Callable[[], str],
        key: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._link, self._folder = link, folder
        self._event, self._key, self._clock = event, key, clock

    @property
    def at_hub(self) -> str:
        """Return the name of the hub that answers this gate; "" at the central server."""
        return self._link.place.name if self._link.place else ""

    def learn(self, body: Mapping[str, Any]) -> None:
        """Keep the certificates of the event's hubs, as `GET /hubs` answers at the central server.

        A hub that is not among them any more is one no more: it was revoked.
        """
        told = body.get("hubs")
        if not isinstance(told, list):
            return
        kept = json.dumps([one for one in told if self._verified(one)], ensure_ascii=False)
        file = self._folder / HUBS
        with contextlib.suppress(OSError):  # a full disk keeps what it has
            if not file.exists() or file.read_text("utf-8") != kept:
                new = file.with_suffix(".new")
                new.write_text(kept, "utf-8")
                new.replace(file)
        place = self._link.place
        if place and place.hub not in {one.hub_id for one in self._certificates()}:
            self._link.go_to(None)

    def choose(self, *, is_online: bool) -> bool:
        """Go where this gate should be now, and say whether it has moved."""
        here = self._link.place
        if here is not None and is_online:
            return False
        for place in self._hubs():
            if place != here and self._link.answers_at(place):
                self._link.go_to(place)
                return True
        if here is not None and not is_online and self._link.answers_at(None):
            self._link.go_to(None)
            return True
        return False

    def forget(self) -> None:
        """Erase what is known of hubs, and go to the central server."""
        self._link.go_to(None)
        for file in (self._folder / HUBS, *self._folder.glob("hub-*.crt")):
            with contextlib.suppress(OSError):
                file.unlink()

    def _hubs(self) -> Iterator[Place]:
        for certificate in self._certificates():
            for address in _addresses(certificate):
                yield Place(
                    certificate.hub_id,
                    certificate.name,
                    address,
                    self._authority(certificate),
                    certificate.public_key,
                )

    def _certificates(self) -> list[HubCertificate]:
        try:
            told = json.loads((self._folder / HUBS).read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return [one for one in map(self._verified, told) if one] if isinstance(told, list) else []

    def _verified(self, told: Any) -> HubCertificate | None:
        key, event = self._key(), self._event()
        if not (key and event and isinstance(told, dict)):
            return None  # without the event's key nobody vouches for a hub
        return verified_certificate(
            key,
            told.get("document"),
            str(told.get("signature")),
            event=event,
            now=self._clock(),
        )

    def _authority(self, certificate: HubCertificate) -> Path:
        file = self._folder / f"hub-{certificate.hub_id}.crt"
        with contextlib.suppress(OSError):
            if not file.exists() or file.read_text("ascii") != certificate.authority:
                file.write_text(certificate.authority, "ascii")
        return file


def _addresses(certificate: HubCertificate) -> Iterator[str]:
    """Return a hub's addresses as it told them, and the name that it announces."""
    yield from certificate.addresses
    ports = {urlsplit(address).port or 443 for address in certificate.addresses}
    yield from (f"https://{_ANNOUNCED}:{port}" for port in sorted(ports))
