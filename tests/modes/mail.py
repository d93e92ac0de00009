"""A participant's mail, opened on a telephone."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from email.message import EmailMessage

from playwright.sync_api import BrowserContext

from tests.modes.camera import Picture, shown

_LINKED = re.compile(r'(?:href|src)="([^"]+)"')
_WRITTEN = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class OpenedMail:
    """What a person sees of a message.

    Attributes:
        badge: the badge, as the telephone's screen shows it.
        links: every address that the message leads to, in any of its parts.
    """

    message: EmailMessage
    badge: Picture
    links: list[str]


def open_mail(message: EmailMessage, telephone: BrowserContext) -> OpenedMail:
    """Show a message as mail programs do: HTML, with the pictures that came along."""
    page = telephone.new_page()
    page.set_content(_with_pictures(message))
    badge = page.locator("img[width]").first
    badge.evaluate("picture => picture.decode()")
    opened = OpenedMail(message, shown(badge), _links(message))
    page.close()
    return opened


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None, f"the message has no {kind} part"
    return str(part.get_content())


def _with_pictures(message: EmailMessage) -> str:
    document = _body(message, "html")
    for part in message.walk():
        if part.get_content_maintype() == "image":
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            address = f"data:{part.get_content_type()};base64,{data}"
            document = document.replace(f"cid:{part['Content-ID'].strip('<>')}", address)
    assert "cid:" not in document
    return document


def _links(message: EmailMessage) -> list[str]:
    linked = [html.unescape(one) for one in _LINKED.findall(_body(message, "html"))]
    written = [_body(message, "plain")] + [
        part.get_payload(decode=True).decode()
        for part in message.walk()
        if part.get_content_type() == "text/calendar"
    ]
    found = [one for one in linked if not one.startswith("cid:")]
    return found + [one for text in written for one in _WRITTEN.findall(text)]
