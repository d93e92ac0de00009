"""Search a folder for codes, tokens and names, however they are written."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from checkin.protocol.base64url import text_of
from checkin.protocol.codes import parse_code
from tests.support.leveldb import texts_in

#: how programs store text; keys of IndexedDB are big-endian, and V8 gives Latin letters a byte each
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")

#: what is searched for, by the words that a failing test prints
Secrets = Mapping[str, Collection[bytes]]


def forms_of(secret: str) -> set[bytes]:
    """Return the bytes that a text may be stored as; of a badge's code its token's, too."""
    token = parse_code(secret)
    if token is None:
        return _encoded(secret)
    texts = [
        secret,
        secret[1:-2],
        token.hex(),
        token.hex().upper(),
        text_of(token),
        base64.b64encode(token).decode(),
        base64.b32encode(token).decode().rstrip("="),
    ]
    return {token}.union(*map(_encoded, texts))


def _encoded(text: str) -> set[bytes]:
    latin = all(ord(letter) < 256 for letter in text)
    encodings = [*_ENCODINGS, "latin-1"] if latin else _ENCODINGS
    escaped = json.dumps(text)[1:-1].encode()
    return {escaped, *(text.encode(encoding) for encoding in encodings)}


def traces(folder: Path, secrets: Secrets) -> set[tuple[str, str]]:
    """Return which secrets lie in which files below a folder."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return {
        (name, str(file.relative_to(folder)))
        for file in files
        for text in texts_in(file)
        for name, forms in secrets.items()
        if any(form in text for form in forms)
    }
