"""Secrets of links open with their own key alone, and no changed one opens at all."""

from __future__ import annotations

import re
from pathlib import Path

from checkin.services.common.secret_links import SECRET_LENGTH, content_of_link, link_secret

KEY = bytes(range(32))
CONTENT = bytes(range(100, 116))
FOLDERS = ("checkin", "scanner", "badges", "script", "deploy")
ROOT = Path(__file__).parents[3]
_WEAK = re.compile(r"\bmodes\.(?!CBC)\w+|TripleDES|ARC4|Blowfish|md5|sha1\b|SHA1\b")
#: what formats of others ask for: TOTP of authenticator apps, the manifest of an Apple pass
OF_OTHERS = {("checkin/domain/accounts/totp.py", "sha1"), ("badges/wallet/apple.py", "sha1")}


def test_a_secret_gives_its_content_back_and_has_one_form():
    secret = link_secret(KEY, CONTENT)

    assert content_of_link(KEY, secret) == CONTENT
    assert re.fullmatch(rf"[a-z2-7]{{{SECRET_LENGTH}}}", secret)


def test_another_key_opens_nothing():
    assert content_of_link(b"x" * 32, link_secret(KEY, CONTENT)) is None


def test_a_secret_that_is_changed_or_cut_opens_nothing():
    secret = link_secret(KEY, CONTENT)
    changed = [
        f"{secret[:at]}{'b' if secret[at] == 'a' else 'a'}{secret[at + 1 :]}" for at in range(38)
    ]
    cut = [secret[:length] for length in range(SECRET_LENGTH) if length != 26]
    others = [secret + "a", "é" * SECRET_LENGTH, "!" * SECRET_LENGTH, secret + "=" * 8]

    assert {content_of_link(KEY, one) for one in [*changed, *cut, *others]} == {None}


def test_a_link_that_version_1_0_made_is_still_read():
    assert content_of_link(KEY, "spmbcifwec5u27unx6v6np4q3q") == CONTENT


def test_no_code_uses_a_weak_cipher_mode_or_hash():
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]

    found = {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in _WEAK.findall(file.read_text("utf-8"))
    }

    assert len(files) > 200
    assert found == OF_OTHERS
