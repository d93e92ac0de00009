"""The fields of a participant: one row each, which every list, form, export and search reads.

`docs/CONTRIBUTING.md` says how to add one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Any

from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.names import clean_name, clean_text, clean_title, fold_name
from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.buses import bus_name
from checkin.domain.people.flags import flags_text
from checkin.words.catalogues import msgid, say
from checkin.words.languages import LANGUAGES
from checkin.words.problems import column_name

MAX_NOTE_LENGTH = 500


class AskedIn(Flag):
    """The forms that ask for a field."""

    NOWHERE = 0
    NEW = auto()
    EDIT = auto()
    #: what people fill in themselves, by their delegation's link; `Application` has a column for it
    LINK = auto()
    OPERATORS = NEW | EDIT
    ALL = OPERATORS | LINK


class ShownIn(Flag):
    """Where a field is shown, besides the forms."""

    NOWHERE = 0
    #: CSV, XLSX and JSON
    EXPORT = auto()
    #: the JSON of everything alone
    WHOLE_EXPORT = auto()
    #: what a device finds when it searches by name
    SEARCH = auto()
    #: the encrypted entry that opens with a badge in hand
    GATE_LIST = auto()
    #: whoever draws a badge is told it (`badges.spec.BadgeSpec`)
    BADGE = auto()
    #: under the name, on the participant's page
    PAGE = auto()


class Within(Enum):
    """The people among whom an equal value may mean the same person."""

    DELEGATION = auto()
    EVENT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """The input of a field in forms.

    Attributes:
        place: the position in forms; lists and exports use the order of the table.
        label: the label in English, if it is not the name of the field's column.
        hint: the text under the input, in English.
        type, dir: as HTML has them.
        autocomplete: as HTML has it, for forms about the person who fills them in.
    """

    asked_in: AskedIn = AskedIn.NOWHERE
    place: int = 0
    label: str = ""
    hint: str = ""
    type: str = "text"
    dir: str = "auto"
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The definition of a participant's field.

    Attributes:
        key: its name in lists, forms, exports and the API. What people call it stands under this
            key in `COLUMN_NAMES` of `checkin.words.problems`.
        headings: what its column is called in lists, in any language: "nom | name | …".
        reader: makes a value of what was written, or raises `InvalidValue`.
        column: where the participant's row keeps it; None for what it does not keep.
        same: among whom an equal value may mean the same person; None where it means nothing.
    """

    key: str
    headings: str
    reader: Callable[[str], object]
    column: str | None
    input: Input = Input()
    shown_in: ShownIn = ShownIn.NOWHERE
    same: Within | None = None

    @property
    def is_own(self) -> bool:
        """Whether the participant's row keeps the value itself, and not a number for it."""
        return self.column == self.key

    def label(self, language: str) -> str:
        """Return what stands over it in a form."""
        other = self.input.label
        return say("import", language, other) if other else column_name(self.key, language)

    def hint(self, language: str) -> str:
        """Return what stands under it in a form, "" for nothing."""
        return say("import", language, self.input.hint) if self.input.hint else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDetails:
    """A person's values of the own fields; None is not known.

    Attributes:
        name: in Latin letters; "" when only ``name_ar`` is known.
        email: lower case.
        phone: E.164.
        language: a tag of `checkin.words.languages`.
        flags: as `checkin.domain.people.flags.flags_text` writes them.
        no_mail: True for somebody to whom nothing is to be mailed.
    """

    name: str
    name_ar: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    note: str | None = None
    flags: str | None = None
    no_mail: bool | None = None

    def own(self) -> dict[str, Any]:
        """Return every value by its field's key."""
        return {key: getattr(self, key) for key in OWN}

    def contacts(self) -> list[tuple[str, str]]:
        """Return the contacts that are known, each with its field's key."""
        return [(key, known) for key in CONTACTS if (known := getattr(self, key))]


def _note(text: str) -> str:
    note = clean_text(text, MAX_NOTE_LENGTH)
    # Notes may begin with a dash or a plus ("+ 2 people"); writers of spreadsheets escape those.
    if note.startswith(("=", "@")):
        raise InvalidValue("formula", note)
    return note


_TAGS = {
    fold_name(word): language.tag
    for language in LANGUAGES.values()
    for word in (language.tag, *language.names)
}


def _language(text: str) -> str:
    language = _TAGS.get(fold_name(text))
    if language is None:
        raise InvalidValue("unknown_language", text, *(one.own_name for one in LANGUAGES.values()))
    return language


_ANSWERS = {
    word: answer
    for answer, words in {
        True: "oui o yes y نعم 1 x true vrai",
        False: "non n no لا 0 false faux",
    }.items()
    for word in map(fold_name, words.split())
}


def _answer(text: str) -> bool:
    answer = _ANSWERS.get(fold_name(text))
    if answer is None:
        raise InvalidValue("unknown_answer", text)
    return answer


_AT_GATES = ShownIn.SEARCH | ShownIn.GATE_LIST | ShownIn.BADGE

FIELDS = (
    Field(
        key="name",
        headings="nom | nom complet | noms | nom et prénom | nom prénom | noms et prénoms | "
        "prénom et nom | prénom nom | nom & prénom | participant | name | full name | names",
        reader=clean_name,
        column="name",
        input=Input(
            place=20,
            asked_in=AskedIn.ALL,
            hint=msgid("In Latin letters, in Arabic ones, or both"),
            autocomplete="name",
        ),
        shown_in=ShownIn.EXPORT | _AT_GATES,
        same=Within.DELEGATION,
    ),
    Field(
        key="name_ar",
        headings="nom en arabe | nom arabe | nom complet en arabe | nom ar | arabic name | "
        "name in arabic | name ar | name arabic | الاسم | الإسم | اسم | الاسم الكامل | "
        "الإسم الكامل | الاسم بالعربية | الاسم والنسب | الاسم و النسب | الاسم العائلي والشخصي | "
        "الاسم الشخصي والعائلي | المشارك",
        reader=clean_name,
        column="name_ar",
        input=Input(place=30, asked_in=AskedIn.ALL, label=msgid("Name in Arabic"), dir="rtl"),
        shown_in=ShownIn.EXPORT | _AT_GATES,
        same=Within.DELEGATION,
    ),
    Field(
        key="delegation",
        headings="délégation | délégations | province | province/préfecture | préfecture | "
        "delegation | الوفد | وفد | الإقليم | إقليم | العمالة | العمالة أو الإقليم",
        reader=clean_title,
        column="delegation_id",
        input=Input(place=10, asked_in=AskedIn.OPERATORS),
        shown_in=ShownIn.EXPORT | _AT_GATES | ShownIn.PAGE,
    ),
    Field(
        key="category",
        headings="catégorie | qualité | fonction | statut | category | role | الصفة | صفة | "
        "الفئة | فئة | المهمة",
        reader=clean_title,
        column="category_id",
        input=Input(place=40, asked_in=AskedIn.OPERATORS),
        shown_in=ShownIn.EXPORT | _AT_GATES | ShownIn.PAGE,
    ),
    Field(
        key="email",
        headings="e-mail | email | mail | courriel | adresse e-mail | adresse mail | "
        "adresse email | adresse électronique | e-mail address | email address | "
        "البريد الإلكتروني | البريد | البريد الالكتروني | الإيميل",
        reader=normalise_email,
        column="email",
        input=Input(
            place=60,
            asked_in=AskedIn.ALL,
            hint=msgid("The badge is sent there, if there is one"),
            type="email",
            dir="ltr",
            autocomplete="email",
        ),
        shown_in=ShownIn.EXPORT,
        same=Within.EVENT,
    ),
    Field(
        key="phone",
        headings="téléphone | tél | tel | gsm | portable | mobile | n° de téléphone | "
        "n° téléphone | numéro de téléphone | téléphone portable | n° tél | n° gsm | phone | "
        "phone number | mobile phone | mobile number | telephone number | الهاتف | هاتف | "
        "رقم الهاتف | الهاتف المحمول | الهاتف النقال | رقم الهاتف المحمول",
        reader=normalise_phone,
        column="phone",
        input=Input(
            place=50,
            asked_in=AskedIn.ALL,
            type="tel",
            dir="ltr",
            autocomplete="tel",
        ),
        shown_in=ShownIn.EXPORT,
        same=Within.EVENT,
    ),
    Field(
        key="language",
        headings="langue | langue préférée | language | preferred language | اللغة | لغة",
        reader=_language,
        column="language",
        input=Input(place=70, asked_in=AskedIn.OPERATORS, label=msgid("Language of the person")),
        shown_in=ShownIn.EXPORT | ShownIn.BADGE,
    ),
    Field(
        key="note",
        headings="note | notes | remarque | remarques | observation | observations | "
        "commentaire | commentaires | comment | comments | remark | ملاحظة | ملاحظات",
        reader=_note,
        column="note",
        input=Input(place=80, asked_in=AskedIn.OPERATORS),
        shown_in=ShownIn.WHOLE_EXPORT,
    ),
    Field(
        key="flags",
        headings="mention | mentions | signalement | signalements | à savoir | flag | flags | "
        "تنبيه | تنبيهات | علامة | إشارة",
        reader=flags_text,
        column="flags",
        input=Input(
            place=75,
            asked_in=AskedIn.OPERATORS,
            hint=msgid("Gates show them: VIP; Row 12. Several are parted by semicolons."),
        ),
        shown_in=ShownIn.WHOLE_EXPORT | ShownIn.PAGE,
    ),
    Field(
        key="no_mail",
        headings="pas d’e-mail | sans e-mail | aucun e-mail | ne pas écrire | no e-mail | "
        "no mail | do not mail | بدون بريد | دون بريد إلكتروني | لا يريد بريدا",
        reader=_answer,
        column="no_mail",
        input=Input(place=65, asked_in=AskedIn.OPERATORS, label=msgid("E-mails to this person")),
        shown_in=ShownIn.WHOLE_EXPORT,
    ),
    Field(
        key="bus",
        headings="autocar | autocars | bus | n° d’autocar | n° de l’autocar | n° de bus | "
        "numéro d’autocar | numéro du bus | bus number | bus name | "
        "الحافلة | حافلة | رقم الحافلة | اسم الحافلة",
        reader=bus_name,
        column=None,
        shown_in=ShownIn.EXPORT,
    ),
    Field(
        key="bus_leader",
        headings="chef de bus | chef du bus | chef d’autocar | chef de l’autocar | chef de car | "
        "responsable de bus | responsable du bus | responsable d’autocar | "
        "responsable de l’autocar | bus leader | leader of the bus | leads the bus | "
        "مسؤول الحافلة | المسؤول عن الحافلة | مسؤول عن الحافلة | رئيس الحافلة",
        reader=_answer,
        column=None,
    ),
    Field(
        key="allow_duplicate",
        headings="doublon accepté | doublon autorisé | allow duplicate | duplicate allowed | "
        "تكرار مقبول | التكرار مقبول",
        reader=_answer,
        column=None,
    ),
)

#: headings of lists that have a name in two columns
HALF_NAMES = {
    "last_name": "nom de famille | last name | family name | surname",
    "first_name": "prénom | prénoms | first name | given name | given names",
    "last_name_ar": "الاسم العائلي | الإسم العائلي | النسب | اللقب | اسم العائلة | "
    "nom de famille en arabe",
    "first_name_ar": "الاسم الشخصي | الإسم الشخصي | الاسم الأول | prénom en arabe | prénom arabe | "
    "prénom ar",
}


#: columns of a list that stand for a field, in their usual order
COLUMNS = tuple(field.key for field in FIELDS)
#: the key of the field that a column of the participant's row keeps
KEY_OF = {field.column: field.key for field in FIELDS if field.column}
#: keys of the fields whose values are the participant's own; the others are chosen of the event's
OWN = tuple(field.key for field in FIELDS if field.is_own)
#: keys of what reaches one person of the event; two people who share it may be one
CONTACTS = tuple(field.key for field in FIELDS if field.same is Within.EVENT)
#: keys of all by which people are told apart
TELLING = tuple(field.key for field in FIELDS if field.same)


def asked_in(form: AskedIn) -> list[Field]:
    """Return the fields that a form asks for, in its order."""
    asked = (field for field in FIELDS if form in field.input.asked_in)
    return sorted(asked, key=lambda field: field.input.place)


def shown_in(place: ShownIn) -> list[Field]:
    """Return the fields that are shown in a place."""
    return [field for field in FIELDS if place in field.shown_in]


def own_in(place: ShownIn) -> list[str]:
    """Return the keys of the own fields that are shown in a place."""
    return [field.key for field in shown_in(place) if field.is_own]


#: keys of what is kept of an application by a link; its language is that of the page
APPLIED = tuple(
    field.key for field in FIELDS if AskedIn.LINK in field.input.asked_in or field.key == "language"
)
