"""The files of the scan page, which a browser keeps for use without the network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from checkin.protocol.version import VERSION
from checkin.web.site.languages import offset_s
from checkin.web.site.static import template_folder
from checkin.words.compiled import catalogue_files

_PATTERNS = (
    "icon.svg",
    "css/marhaba.css",
    "css/scan.css",
    "js/old-browser.js",
    "js/shared/*.js",
    "js/offline/**/*.js",
    "js/server/*.js",
    "js/scan/**/*.js",
    "vendor/vazirmatn/*.woff2",
    "vendor/zxing-wasm/es/**/*.js",
    "vendor/zxing-wasm/*.wasm",
)
_NOT_KEPT = "js/scan/camera/page-worker.js"
#: what the pages' own text comes from
_TEMPLATES = ("gates/scan.html", "_partials/**/*.html")
_PROGRAM = ("domain/common/name_tables.py", "domain/scanning/*.py", "web/gates/scan_*.py")


@lru_cache
def scan_page_files(static: Path) -> tuple[str, ...]:
    """Return the names of the scan page's files under the static folder."""
    found = [file for pattern in _PATTERNS for file in sorted(static.glob(pattern))]
    names = [file.relative_to(static).as_posix() for file in found]
    return tuple(name for name in names if name != _NOT_KEPT)


def fingerprint(static: Path, timezones: Iterable[str]) -> str:
    """Return a hash that changes whenever the scan page or its time zones change."""
    offsets = sorted(f"{timezone} {offset_s(timezone)}" for timezone in timezones)
    return hashlib.sha256("\n".join([VERSION, _of_files(static), *offsets]).encode()).hexdigest()[
        :16
    ]


@lru_cache
def _of_files(static: Path) -> str:
    package = static.parent
    templates = template_folder(package)
    files = [static / name for name in (*scan_page_files(static), _NOT_KEPT)]
    files += [file for pattern in _TEMPLATES for file in sorted(templates.glob(pattern))]
    files += catalogue_files()
    files += [file for pattern in _PROGRAM for file in sorted(package.glob(pattern))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
