"""The list of languages that Marhaba speaks; to add one, add a row here and its catalogues.

Whatever needs to know a language reads this list: settings, the API, commands, tables, pages, the
scanner and the tests. docs/CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        tag: what it is called in addresses, settings and tables.
        locale: by whose customs dates and numbers are written.
        direction: of its lines: "ltr" or "rtl".
        own_name: what its speakers call it.
        names: what people write for it in a list of participants, beside its tag.
        list_separator: what parts the columns of a CSV file, so that a spreadsheet program of this
            language opens it in columns: a semicolon where the comma is that of decimals.
    """

    tag: str
    locale: str
    direction: Literal["ltr", "rtl"]
    own_name: str
    names: tuple[str, ...]
    list_separator: Literal[",", ";"] = ";"

    @property
    def is_from_right(self) -> bool:
        """Say whether its lines begin at the right."""
        return self.direction == "rtl"

    @property
    def html_tag(self) -> str:
        """What browsers call it, with the country whose customs are meant."""
        return self.locale.replace("_", "-")


LANGUAGES = {
    language.tag: language
    for language in (
        Language("fr", "fr", "ltr", "Français", ("français", "french", "فرنسية", "الفرنسية")),
        Language("ar", "ar_MA", "rtl", "العربية", ("arabe", "arabic", "عربية", "العربية", "عربي")),
        Language(
            "en",
            "en_GB",
            "ltr",
            "English",
            ("anglais", "english", "انجليزية", "إنجليزية", "الإنجليزية"),
            list_separator=",",
        ),
    )
}
#: what an unknown language reads
DEFAULT_LANGUAGE = "fr"
#: that of the sentences in the code, which no catalogue translates
SOURCE_LANGUAGE = "en"

if TYPE_CHECKING:
    LanguageTag = str
else:
    LanguageTag = Literal[tuple(LANGUAGES)]


def spoken(tag: str | None) -> Language:
    """Return the language of a tag, or that of an unknown one."""
    return LANGUAGES.get(tag or DEFAULT_LANGUAGE, LANGUAGES[DEFAULT_LANGUAGE])
