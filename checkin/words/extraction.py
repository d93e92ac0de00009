"""Bring every sentence of the code into the catalogues: `python -m checkin.words.extraction`.

A sentence that is new stands there without a translation, one that is gone is taken out, and a
language that has no catalogue yet gets an empty one. Only a checkout can do that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from checkin.words.compiled import TRANSLATIONS
from checkin.words.languages import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[2]
#: what the sentences of a folder are about: all of a file belong to one domain
FOLDERS = {
    "checkin/web": "pages",
    "templates": "pages",
    "scanner": "device",
    "checkin/domain/scanning": "device",
    "checkin/domain/gates": "device",
    "badges": "letters",
    "checkin/services/mail": "letters",
    "checkin/services/backups": "pages",
    "checkin/services/channels": "letters",
    "checkin/words": "import",
    "checkin/domain/people": "import",
    "checkin/cli": "import",
}
DOMAINS = tuple(dict.fromkeys(FOLDERS.values()))
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS = {
    **{"_": None, "gettext": None, "ngettext": (1, 2), "msgid": None},
    **{"say": (3,), "translated": (3,), "say_number": (3, 4)},
    **{"pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)},
    **{"said_in_context": ((3, "c"), 4)},
}


def template(domain: str) -> Catalog:
    """Return the sentences that the code says in a domain, in English, and where."""
    found = Catalog()
    for folder in (one for one, of in FOLDERS.items() if of == domain):
        for file, line, sentence, context in _sentences(folder):
            found.add(sentence, locations=[(f"{folder}/{file}", line)], context=context)
    return found


def _sentences(folder: str) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    # Without a filter of its own Babel leaves out templates/_partials.
    for file, line, sentence, _comments, context in extract_from_dir(
        ROOT / folder, _METHODS, keywords=_KEYWORDS, directory_filter=lambda _folder: True
    ):
        yield file, line, sentence, context


def renew(domain: str, tag: str) -> None:
    """Write a domain's catalogue of a language anew, with every translation that it has."""
    file = TRANSLATIONS / tag / "LC_MESSAGES" / f"{domain}.po"
    catalogue = _written(file, tag, domain) if file.exists() else _empty(tag, domain)
    catalogue.update(template(domain), no_fuzzy_matching=True, update_creation_date=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as renewed:
        write_po(renewed, catalogue, width=100, ignore_obsolete=True, include_lineno=False)


def _written(file: Path, tag: str, domain: str) -> Catalog:
    with file.open("rb") as written:
        return read_po(written, tag, domain)


def _empty(tag: str, domain: str) -> Catalog:
    header = f"# Marhaba, {LANGUAGES[tag].own_name}."
    return Catalog(tag, domain, header, "Marhaba", creation_date=datetime.now(UTC), fuzzy=False)


def main() -> None:
    """Renew every catalogue of every language."""
    for tag in LANGUAGES:
        for domain in DOMAINS if tag != SOURCE_LANGUAGE else ():
            renew(domain, tag)


if __name__ == "__main__":
    main()
