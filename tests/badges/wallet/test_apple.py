"""The pass for Apple Wallet: complete, signed, and without the name of a sensitive event."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from badges.spec import BadgeError
from badges.wallet.apple import PassSigner, apple_pass, pass_signer
from badges.wallet.ticket import Ticket
from checkin.words.languages import LANGUAGES
from tests.badges.specs import a_spec
from tests.badges.test_designs import LOGO
from tests.badges.wallet.keys import (
    OURS,
    PASS_TYPE,
    TEAM,
    WWDR,
    a_certificate,
    a_key,
    a_name,
    a_pem,
    apple_files,
)

NOW = datetime.now(UTC)
TICKET = Ticket(
    spec=a_spec(1, language="ar"),
    serial="20250601080000-1-412",
    badge="0a1b2c",
    ends_at=datetime(2025, 6, 14, 18, tzinfo=UTC),
    sensitive=False,
    organiser="Association Ibn Rochd",
    logo=LOGO,
)
SENSITIVE = replace(TICKET, sensitive=True)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)" = "((?:[^"\\]|\\.)*)";\n')


@pytest.fixture(scope="module")
def signer() -> PassSigner:
    files = apple_files()
    return pass_signer(files.certificate, files.key, files.wwdr, NOW)


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def strings_in(files: dict[str, bytes], language: str) -> dict[str, str]:
    text = files[f"{language}.lproj/pass.strings"].decode("utf-16")
    assert _STRING.sub("", text) == ""
    return {key: re.sub(r"\\(.)", r"\1", value) for key, value in _STRING.findall(text)}


def shown(files: dict[str, bytes], language: str) -> dict[str, list[tuple[str, str]]]:
    """Return what a telephone of this language shows: (label, value) by place."""
    strings, body = strings_in(files, language), json.loads(files["pass.json"])
    return {
        place: [(strings[field["label"]], strings[field["value"]]) for field in fields]
        for place, fields in body["eventTicket"].items()
    }


def all_words(files: dict[str, bytes]) -> str:
    languages = [files[f"{of}.lproj/pass.strings"].decode("utf-16") for of in LANGUAGES]
    return files["pass.json"].decode() + "".join(languages)


def verified(folder: Path, signature: bytes, content: bytes, trusted: bytes) -> bool:
    """Ask openssl whether the signature is the content's, by a certificate of that authority."""
    for name, held in (("signature", signature), ("content", content), ("trusted", trusted)):
        (folder / name).write_bytes(held)
    done = subprocess.run(
        [
            *("openssl", "smime", "-verify", "-inform", "DER", "-in", "signature"),
            *("-content", "content", "-CAfile", "trusted", "-purpose", "any", "-out", "signed"),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_the_signature_is_the_manifests_by_the_organisations_certificate(signer, tmp_path) -> None:
    files = opened(apple_pass(TICKET, signer))
    manifest, signature = files["manifest.json"], files["signature"]
    other = a_certificate(WWDR, a_key("other"), by=a_key("other"))

    trusted = apple_files().wwdr
    assert verified(tmp_path, signature, manifest, trusted)
    assert not verified(tmp_path, signature, manifest + b" ", trusted)
    assert not verified(tmp_path, signature, manifest, other)


def test_the_signature_carries_both_certificates_and_the_time(signer, tmp_path) -> None:
    (tmp_path / "signature").write_bytes(opened(apple_pass(TICKET, signer))["signature"])

    said = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "signature"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    names = ("signingTime", "Wallet test authority", PASS_TYPE, "eContent: <ABSENT>")
    assert [name for name in names if name not in said] == []


def test_the_manifest_holds_the_sha1_of_every_other_file(signer) -> None:
    files = opened(apple_pass(TICKET, signer))

    manifest = json.loads(files.pop("manifest.json"))
    files.pop("signature")

    assert manifest == {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}


def test_pass_json_has_what_the_format_requires(signer) -> None:
    body = json.loads(opened(apple_pass(TICKET, signer))["pass.json"])

    barcode = body.pop("barcode")
    fields = body.pop("eventTicket")
    assert body == {
        "formatVersion": 1,
        "passTypeIdentifier": PASS_TYPE,
        "teamIdentifier": TEAM,
        "serialNumber": "20250601080000-1-412",
        "organizationName": "Association Ibn Rochd",
        "description": "description",
        "logoText": "event",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(255, 255, 255)",
        "backgroundColor": "rgb(31, 78, 158)",
        "expirationDate": "2025-06-14T18:00:00+00:00",
        "relevantDate": "2025-06-14T15:00:00+01:00",
        "sharingProhibited": True,
        "barcodes": [barcode],
    }
    assert barcode == {
        "format": "PKBarcodeFormatQR",
        "message": TICKET.spec.code,
        "messageEncoding": "iso-8859-1",
        "altText": TICKET.spec.grouped_code,
    }
    keys = [field["key"] for place in fields.values() for field in place]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("language", "name", "delegation", "when"),
    [
        ("fr", ("Nom", "Mohammed Aït Benhaddou"), ("Délégation", "Khémisset"), "samedi 14 juin"),
        ("ar", ("الاسم", "محمد أيت بنحدو"), ("الوفد", "الخميسات"), "السبت 14 يونيو"),
        ("en", ("Name", "Mohammed Aït Benhaddou"), ("Delegation", "Khémisset"), "Saturday 14 June"),
    ],
)
def test_a_pass_is_shown_in_the_telephone_s_language(
    signer, language, name, delegation, when
) -> None:
    found = shown(opened(apple_pass(TICKET, signer)), language)

    assert found["primaryFields"] == [name]
    assert found["secondaryFields"][0] == delegation
    assert when in found["auxiliaryFields"][0][1]


def test_a_pass_of_a_sensitive_event_has_neither_its_name_nor_its_time_for_locked_screens(
    signer,
) -> None:
    plain, files = opened(apple_pass(TICKET, signer)), opened(apple_pass(SENSITIVE, signer))
    revealing = ("Rencontre régionale", "اللقاء الجهوي", 'Ibn Rochd"', "Conseil", "المجلس")

    assert [word for word in revealing if word in all_words(files)] == []
    assert "relevantDate" not in json.loads(files["pass.json"])
    assert "Rencontre régionale" in all_words(plain)
    assert files["logo.png"] != plain["logo.png"]


def test_a_pass_has_an_icon_and_a_logo_for_every_screen_resolution(signer) -> None:
    files = opened(apple_pass(TICKET, signer))

    sizes = {
        name: Image.open(BytesIO(content)).size
        for name, content in files.items()
        if name.endswith(".png")
    }
    assert sizes == {
        "icon.png": (29, 29),
        "icon@2x.png": (58, 58),
        "icon@3x.png": (87, 87),
        "logo.png": (160, 50),
        "logo@2x.png": (320, 100),
        "logo@3x.png": (480, 150),
    }


def test_quotes_and_backslashes_in_a_name_are_escaped_in_the_strings_file(signer) -> None:
    hostile = 'A"; "event" = "\\'

    found = shown(opened(apple_pass(replace(TICKET, spec=a_spec(name=hostile)), signer)), "fr")

    assert found["primaryFields"] == [("Nom", hostile)]


def test_two_passes_of_a_badge_differ_only_in_the_time_of_their_signature(signer) -> None:
    first, second = (opened(apple_pass(TICKET, signer)) for _ in range(2))

    assert {**first, "signature": b""} == {**second, "signature": b""}


def _bad(**changes: Any) -> dict[str, bytes]:
    files = apple_files()
    given = {"certificate": files.certificate, "key": files.key, "intermediate": files.wwdr}
    return given | changes


@pytest.mark.parametrize(
    ("sentence", "changes"),
    [
        ("certificate file holds no certificate", {"certificate": b"nothing"}),
        ("certificate file holds no certificate", {"certificate": b"-----BEGIN CERTIFICATE-----"}),
        ("key file holds no key", {"key": b"nothing"}),
        ("key is not the certificate's", {"key": a_pem(a_key("other"))}),
        (
            "WWDR certificate did not issue",
            {"intermediate": a_certificate(WWDR, a_key("other"), by=a_key("other"))},
        ),
        (
            "valid until 2024-01-01",
            _bad() | vars(apple_files(until=datetime(2024, 1, 1, tzinfo=UTC))),
        ),
        ("not one for passes", {"certificate": apple_files(a_name(COMMON_NAME="x")).certificate}),
    ],
)
def test_files_that_cannot_sign_passes_are_refused_with_the_reason(sentence, changes) -> None:
    given = _bad(**changes)
    given.pop("wwdr", None)

    with pytest.raises(BadgeError, match=sentence):
        pass_signer(**given, now=NOW)


def test_an_expired_certificate_signs_no_pass() -> None:
    files = apple_files(OURS, until=NOW + timedelta(days=2))

    signer = pass_signer(files.certificate, files.key, files.wwdr, NOW)

    assert (signer.is_valid(NOW), signer.is_valid(NOW + timedelta(days=3))) == (True, False)
