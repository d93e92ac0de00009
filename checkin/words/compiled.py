"""Compile the catalogues of translations where compiled files are missing or outdated.

A checkout holds what people write, a `.po` file for each language and domain, and nothing
compiled: `script/setup` compiles it, or else whoever starts first. A wheel holds the `.mo` files,
compiled when it was built, and nothing written, so that nothing is compiled there.

What is compiled of a language that runs from the right has isolates (`isolates.py`), which nobody
has to write.

Whether a compiled file is of the present text is told by its last bytes, a digest of both. Clocks
tell nothing: git gives files the time of the checkout, and copies and archives keep any other.
Whoever reads a `.mo` file as gettext does never looks at these bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import sys
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from checkin.errors import MarhabaError
from checkin.words.isolates import PATTERN, isolated
from checkin.words.languages import LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

TRANSLATIONS = Path(__file__).parents[1] / "translations"
_FILES = "*/LC_MESSAGES"
_DIGEST_BYTES = hashlib.sha256().digest_size
#: the way of compiling, a part of the digest: another way needs another number
_WAY = b"3"
#: Babel takes the quotes of a line for granted
_LINE = re.compile(rb'(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?)[ \t]+)?"([^"\\]|\\.)*")?')


class BrokenCatalogue(MarhabaError):
    """A catalogue whose language cannot be served; the sentence names the file and the reason."""

    code = "broken_catalogue"


def catalogues(domain: str, folder: Path = TRANSLATIONS) -> dict[str, bytes]:
    """Return the compiled catalogue of each language, always of what is written now.

    What had to be compiled is kept beside what is written. Where the folder cannot be written, it
    is compiled again at each start.

    Args:
        domain: the name of its files, such as "pages".

    Raises:
        BrokenCatalogue: one cannot be compiled, or there is none.
    """
    written = {_language(file): _current(file) for file in folder.glob(f"{_FILES}/{domain}.po")}
    found = written or {
        _language(file): _bytes_of(file) for file in folder.glob(f"{_FILES}/{domain}.mo")
    }
    if not found:
        raise BrokenCatalogue(f"there is no catalogue {domain} of any language in {folder}")
    return found


def compile_all(folder: Path = TRANSLATIONS) -> None:
    """Compile what is missing or of another text, of every domain that is written or compiled.

    Raises:
        BrokenCatalogue: one cannot be compiled, or there is none.
    """
    domains = {file.stem for file in catalogue_files(folder)}
    if not domains:
        raise BrokenCatalogue(f"there is no catalogue of any language in {folder}")
    for domain in sorted(domains):
        catalogues(domain, folder)


def catalogue_files(folder: Path = TRANSLATIONS) -> list[Path]:
    """Return the files in which the translations stand: as written, in a wheel as compiled."""
    return sorted(folder.glob(f"{_FILES}/*.po")) or sorted(folder.glob(f"{_FILES}/*.mo"))


def compile_into(target: Path, folder: Path = TRANSLATIONS) -> None:
    """Compile every written catalogue of `folder` into `target`, whatever lies in either.

    Raises:
        BrokenCatalogue: one cannot be compiled, or there is none.
    """
    written = sorted(folder.glob(f"{_FILES}/*.po"))
    if not written:
        raise BrokenCatalogue(f"there is no written catalogue in {folder}")
    for file in written:
        compiled = target / file.relative_to(folder).with_suffix(".mo")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(compiled, _compile(file, _bytes_of(file)))


def _language(file: Path) -> str:
    return file.parent.parent.name


def _current(written: Path) -> bytes:
    """Return a written catalogue compiled: as it is kept, or else anew, and then kept."""
    source, file = _bytes_of(written), written.with_suffix(".mo")
    with contextlib.suppress(OSError):
        kept = file.read_bytes()
        if kept == _with_digest(kept[:-_DIGEST_BYTES], source):
            return kept
    compiled = _compile(written, source)
    with contextlib.suppress(OSError):
        _write_atomically(file, compiled)
    return compiled


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise BrokenCatalogue(f"{file} cannot be read: {fault.strerror}") from fault


def _compile(written: Path, source: bytes) -> bytes:
    """Compile as `pybabel compile` does: entries that are marked as fuzzy are left out."""
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    try:
        write_mo(compiled, _with_isolates(_parsed(source, _language(written))))
        GNUTranslations(BytesIO(compiled.getvalue()))  # reads its rule for plurals, too
    except Exception as fault:  # Babel and gettext have no class for what they do not understand
        reason = " ".join(str(fault).split())
        raise BrokenCatalogue(f"{written} cannot be compiled: {reason}") from fault
    return _with_digest(compiled.getvalue(), source)


def _parsed(source: bytes, language: str) -> Catalog:
    from babel.messages.pofile import PoFileError, read_po

    for number, line in enumerate(source.split(b"\n"), 1):
        if not _LINE.fullmatch(line.strip()):
            raise ValueError(f"line {number} is neither an entry nor a comment")
    try:
        catalogue = read_po(BytesIO(source), language, abort_invalid=True)
    except PoFileError as fault:
        reason = str(fault).removesuffix(f" on {fault.lineno}")
        raise ValueError(f"line {fault.lineno + 1}: {reason}") from fault
    if catalogue.fuzzy:
        raise ValueError("it has no header, or one that is marked as fuzzy, which stands for all")
    if not any(message.id and message.string and not message.fuzzy for message in catalogue):
        raise ValueError("it translates nothing")
    return catalogue


def _with_isolates(catalogue: Catalog) -> Catalog:
    language = LANGUAGES.get(str(catalogue.locale))
    if language and language.is_from_right:
        for message in catalogue:
            said = message.string
            if not message.id or not said or message.context == PATTERN:
                continue
            message.string = isolated(said) if isinstance(said, str) else tuple(map(isolated, said))
    return catalogue


def _with_digest(compiled: bytes, source: bytes) -> bytes:
    digest = hashlib.sha256(_WAY + compiled)
    digest.update(hashlib.sha256(source).digest())
    return compiled + digest.digest()


def _write_atomically(file: Path, content: bytes) -> None:
    """Write a file of which others, who may read or write it now, always see a whole one."""
    beside = file.with_name(f".{secrets.token_hex(8)}.mo")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def main() -> None:
    """Compile what is missing or of another text; `script/setup` calls it."""
    try:
        compile_all()
    except BrokenCatalogue as fault:
        sys.exit(f"error: {fault}")


if __name__ == "__main__":
    main()
