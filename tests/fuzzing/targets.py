"""The readers of strangers' bytes: seeds for each, and which of its refusals are right."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from contextlib import nullcontext, suppress
from functools import cache
from pathlib import Path

from badges.look import LookError, checked_logo
from badges.plain_svg import plain_svg
from checkin.domain.mail.bounces import read_bounce
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import InvalidRequest
from checkin.protocol.base64url import text_of
from checkin.protocol.codes import format_code, looks_like_ours, normalise_code, parse_code
from checkin.protocol.compact_entries import (
    NO_NAMES,
    compact_bus,
    compact_entry,
    whole_bus,
    whole_entry,
)
from checkin.protocol.gate_list import SealedEntry, Tombstone, sign_list, signed_bytes
from checkin.protocol.list_segments import extent_of, record_in
from checkin.protocol.walk_ins import open_walk_in
from checkin.services.spreadsheets.reading import read_table
from checkin.services.uploads.tables import _quotas
from checkin.web.api.contract import parsed_as
from scanner.offline.list_checks import Held, objection, received
from tests.badges.test_look import a_png
from tests.fuzzing import routes
from tests.fuzzing.routes import ID, PRIVATE, SEALED, TOKEN, as_json
from tests.fuzzing.target import Reader, Target
from tests.scanner.offline.lists import KEY, a_list, content
from tests.services.spreadsheets.workbooks import workbook

_VECTORS = Path(__file__).parents[1] / "vectors"
_REPORTS = Path(__file__).parents[1] / "domain" / "mail" / "bounces"


def _codes(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    token = parse_code(text)
    if token is not None and parse_code(format_code(token)) != token:
        raise AssertionError("a code does not stay the same")
    normalise_code(text)
    looks_like_ours(text)


def _list(data: bytes) -> None:
    with suppress(UnreadableFile):
        read_table(data, "list", delegation_required=False)


def _sheet(data: bytes) -> None:
    with suppress(UnreadableFile):
        _quotas(data, "sheet")


_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = (_SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml")


@cache
def _workbook_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(
        io.BytesIO(workbook(["Nom", "Âge"], ["Omar", 4], ["Zoë", "=1+1"]))
    ) as file:
        return {name: file.read(name) for name in file.namelist()}


def _seeds_of_parts() -> tuple[bytes, ...]:
    parts = _workbook_parts()
    return tuple(bytes([at]) + parts[name] for at, name in enumerate(_PARTS) if name in parts)


def _workbook_part(data: bytes) -> None:
    """Read a workbook one part of which is the input; its first byte says which."""
    name = _PARTS[data[0] % len(_PARTS)] if data else _SHEET
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for part, whole in _workbook_parts().items():
            archive.writestr(part, data[1:] if part == name else whole)
    _list(file.getvalue())


def _svg(data: bytes) -> None:
    with suppress(ValueError):
        plain_svg(data.decode("utf-8", "replace"))


def _logo(data: bytes) -> None:
    with suppress(LookError):
        checked_logo(data)


def _bodies(data: bytes) -> None:
    for model in routes.MODELS:
        with suppress(InvalidRequest):
            parsed_as(model, data)


def _gate_list(data: bytes) -> None:
    """Read a gate list, as it came and as a server would have signed it."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return
    objection(Held(event="rabat"), received(body))
    with suppress(KeyError, TypeError, ValueError, AttributeError, OverflowError):
        tombs = [Tombstone(t["tag"], t["reason"]) for t in body["tombstones"]]
        entries = [SealedEntry(e["tag"], e["sealed"]) for e in body["entries"]]
        body["signature"] = sign_list(KEY, signed_bytes(body["head"], tombs, entries))
    objection(Held(event="rabat"), received(body))


def _segment(data: bytes) -> None:
    """Read a segment, and its bytes as what a compact entry tells."""
    with suppress(ValueError):
        extent = extent_of(data)
        assert record_in(data, text_of(bytes.fromhex(extent.first))) is not None
    with suppress(KeyError, IndexError, TypeError, ValueError, RecursionError):
        row = json.loads(data)
        for whole in (whole_entry, whole_bus):
            with suppress(KeyError, IndexError, TypeError, ValueError):
                whole(row, NO_NAMES)


def _walk_in(data: bytes) -> None:
    open_walk_in(PRIVATE, ID, data.decode("utf-8", "replace"))


_DRAWINGS = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><g opacity="0.5" '
    b'style="fill:red"><path d="M0 0L9 9C1 2 3 4 5 6z" stroke-dasharray="1 2" '
    b'transform="rotate(9)"/></g></svg>',
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" '
    b'height="9"><defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient>'
    b'<radialGradient id="b" xlink:href="#a"/><clipPath id="c"><circle r="4"/></clipPath></defs>'
    b'<rect width="9" height="9" fill="url(#b)" clip-path="url(#c)"/><text x="1" y="5">A</text>'
    b"</svg>",
)
_CSV = (
    "Nom;Prénom;Délégation;E-mail\nTazi;Omar;Rabat;o@example.org\n".encode(),
    "الاسم,الوفد\nأمينة,الرباط\n".encode("utf-16"),
    'sep=,\nNom,Places\n"Zoë, la",12\n'.encode("cp1252"),
)


def _jpeg() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((16, 16), 50).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _target(name: str, seeds: tuple[bytes, ...], read: Reader, share: int, **more) -> Target:
    return Target(name, seeds, lambda: nullcontext(read), share, **more)


_LIST = a_list([(format_code(TOKEN), content())], [format_code(bytes(16))])
_SEGMENTS = json.loads((_VECTORS / "segments.json").read_text("utf-8"))
_PEOPLE = [compact_entry(one) for one in _SEGMENTS["contents"]]
_SEGMENT_SEEDS = (
    base64.b64decode(_SEGMENTS["segment"]),
    *as_json(*_PEOPLE, compact_bus(_SEGMENTS["bus"])),
)
TARGETS = {
    target.name: target
    for target in (
        _target("codes", (format_code(TOKEN).encode(), b" mz0h-qf9j O1l \n"), _codes, 240),
        _target("csv", _CSV, _list, 140),
        _target("quotas", _CSV, _sheet, 50),
        _target("xlsx", (workbook(["Nom"], ["Omar"]),), _list, 60),
        _target("xlsx-parts", _seeds_of_parts(), _workbook_part, 60),
        _target("json", routes.BODIES, _bodies, 180),
        Target("api", routes.SEEDS, routes.opened, 30),
        _target("bounces", tuple(f.read_bytes() for f in _REPORTS.glob("*.eml")), read_bounce, 90),
        _target("svg", _DRAWINGS, _svg, 80),
        _target("drawn-svg", _DRAWINGS, _logo, 6),
        _target("pictures", (a_png((9, 9)), _jpeg()), _logo, 14),
        _target("gate-lists", as_json(_LIST, _SEGMENTS["list"]), _gate_list, 20),
        _target("segments", _SEGMENT_SEEDS, _segment, 10),
        _target("walk-ins", (SEALED["sealed"].encode(),), _walk_in, 20),
    )
}
