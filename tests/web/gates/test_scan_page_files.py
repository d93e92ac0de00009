"""The files of the scan page: their size, its worker, and when there is a new version."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from checkin.web.gates import kept_files
from checkin.web.gates.kept_files import fingerprint, scan_page_files
from checkin.web.site.static import template_folder
from checkin.words.compiled import catalogue_files
from checkin.words.languages import LANGUAGES, SOURCE_LANGUAGE

STATIC = Path(__file__).parents[3] / "checkin" / "static"
GZIP = {"Accept-Encoding": "gzip"}


def fetched(app, address, **headers):
    """Return status, headers and bytes of an answer whose file is closed again."""
    with app.test_client().get(address, headers=headers) as reply:
        return reply.status_code, reply.headers, reply.data


def precache(app):
    """Return what the worker keeps."""
    reply = app.test_client().get("/scan/worker.js")
    assert reply.mimetype == "text/javascript"
    assert reply.headers["Service-Worker-Allowed"] == "/scan"
    head = reply.text.partition(";\n")[0]
    return json.loads(head.removeprefix("const PRECACHE = "))


@pytest.fixture
def databases(sqlite_databases):
    """Files are the same on every database."""
    return sqlite_databases


def test_the_page_weighs_less_than_750_kb_over_the_network(app, event):
    kept = precache(app)

    addresses = [*kept["files"], kept["pages"]["fr"]]
    replies = {address: fetched(app, address, **GZIP) for address in addresses}

    assert {status for status, _, _ in replies.values()} == {200}
    assert sum(len(body) for _, _, body in replies.values()) < 750 * 1024
    _, headers, wasm = replies["/static/vendor/zxing-wasm/zxing_reader.wasm"]
    assert headers["Content-Encoding"] == "gzip"
    whole = (STATIC / "vendor/zxing-wasm/zxing_reader.wasm").read_bytes()
    assert gzip.decompress(wasm) == whole


def test_whoever_takes_no_gzip_gets_the_file_and_whoever_has_it_gets_nothing(app):
    address = "/static/js/scan/station.js"

    _, plain, body = fetched(app, address)
    _, packed, _ = fetched(app, address, **GZIP)
    again = fetched(app, address, **GZIP, **{"If-None-Match": packed["ETag"]})

    assert body == (STATIC / "js/scan/station.js").read_bytes()
    assert ("Content-Encoding" in plain, packed["Content-Encoding"]) == (False, "gzip")
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    assert (again[0], again[2]) == (304, b"")


def test_every_module_that_the_page_loads_is_kept(app, event):
    files = {Path(name) for name in precache(app)["files"]}

    of_the_page = [name for name in scan_page_files(STATIC) if name.startswith("js/")]
    assert {Path(name).parts[1] for name in of_the_page} >= {"scan", "offline", "server", "shared"}
    for file in [STATIC / name for name in of_the_page]:
        imported = re.findall(r'from "(.+?)";', file.read_text())
        for path in imported:
            # the decoder is served beside the folder of static files
            beside = path.startswith("../static/")
            local = STATIC / path.removeprefix("../static/") if beside else file.parent / path
            loaded = Path("/static") / local.resolve().relative_to(STATIC)
            assert loaded in files, f"{file.name} loads {path}"


def test_every_place_where_the_page_takes_its_text_has_files():
    package = STATIC.parent
    places = [(template_folder(package), place) for place in kept_files._TEMPLATES]
    places += [(package, place) for place in kept_files._PROGRAM]

    assert [place for folder, place in places if not any(folder.glob(place))] == []
    assert {file.parent.parent.name for file in catalogue_files()} == {*LANGUAGES} - {
        SOURCE_LANGUAGE
    }


def test_a_change_of_any_file_of_the_program_or_of_the_events_clocks_makes_a_new_version(
    tmp_path, monkeypatch
):
    def version(timezone="Africa/Casablanca"):
        kept_files._of_files.cache_clear()
        kept_files.scan_page_files.cache_clear()
        return fingerprint(static, [timezone])

    static = tmp_path / "checkin" / "static"
    for name in (*scan_page_files(STATIC), "js/scan/camera/page-worker.js"):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_bytes((STATIC / name).read_bytes())

    before = version()
    other_clock = version("Asia/Tokyo")
    (static / "js/offline/admission.js").write_text("// changed")
    changed = version()
    (tmp_path / "templates" / "gates").mkdir(parents=True)
    (tmp_path / "templates" / "gates" / "scan.html").write_text("other words")
    reworded = version()
    (tmp_path / "checkin" / "domain" / "scanning").mkdir(parents=True)
    (tmp_path / "checkin" / "domain" / "scanning" / "reasons.py").write_text("other reasons")
    with_other_reasons = version()
    monkeypatch.setattr(kept_files, "VERSION", "99.0")
    of_another_release = version()
    kept_files._of_files.cache_clear()
    kept_files.scan_page_files.cache_clear()

    versions = [before, other_clock, changed, reworded, with_other_reasons, of_another_release]
    assert len(set(versions)) == len(versions)
    assert len(before) == 16
