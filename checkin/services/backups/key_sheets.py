"""A page to print that holds the sealed master key as a QR and as text, in all languages."""

from __future__ import annotations

import html
from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from badges.link_qr import link_qr_address
from checkin.words.catalogues import msgid, translated
from checkin.words.languages import LANGUAGES

_TITLE = msgid("Marhaba: the master key of a server, sealed")
_WHAT = msgid(
    "Keep this sheet locked away, and the passphrase elsewhere. Together they open the master key; "
    "without it no backup opens a gate. Of {day}."
)
_HOW = msgid(
    "To use it, write the text above into a file of its own and give it with the passphrase to the "
    "command that docs/operating.md names under “Put a backup back”."
)
_STYLE = (
    "body{font:12pt/1.5 sans-serif;max-width:17cm;margin:1.5cm auto}"
    "img{width:9cm;height:9cm}pre{white-space:pre-wrap;word-break:break-all;font-size:10pt}"
    "section{border-top:1px solid;padding-top:.5em}"
)
_STYLE_SHA256 = b64encode(sha256(_STYLE.encode()).digest()).decode()
#: under which a browser shows the page as it is meant, where the page comes from a server
POLICY = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    f"frame-ancestors 'none'; style-src 'sha256-{_STYLE_SHA256}'"
)


def key_sheet(sealed: str, made_at: datetime) -> str:
    """Return the page as HTML that needs nothing else.

    Args:
        sealed: the sealed key as JSON.
        made_at: when the backup was made.
    """
    sections = "".join(_section(tag, made_at) for tag in LANGUAGES)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(_TITLE)}</title>'
        f'<style>{_STYLE}</style><img alt="QR" src="{link_qr_address(sealed)}">'
        f'<pre dir="ltr">{html.escape(sealed)}</pre>{sections}</html>'
    )


def _section(tag: str, made_at: datetime) -> str:
    direction = LANGUAGES[tag].direction
    title, what, how = (translated("pages", tag, one) for one in (_TITLE, _WHAT, _HOW))
    said = what.format(day=f"{made_at:%Y-%m-%d}")
    words = "".join(f"<p>{html.escape(one)}</p>" for one in (said, how))
    return f'<section lang="{tag}" dir="{direction}"><h1>{html.escape(title)}</h1>{words}</section>'
