"""The words of badges and messages in French, Arabic and English, and how each writes a date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from babel.dates import format_datetime

from badges.spec import BadgeError, BadgeSpec, Language

_LOCALES: dict[Language, str] = {"fr": "fr", "ar": "ar_MA", "en": "en"}
_MOMENTS: dict[Language, str] = {
    "fr": "EEEE d MMMM y 'à' HH:mm",
    "ar": "EEEE d MMMM y 'على' 'الساعة' HH:mm",
    "en": "EEEE d MMMM y 'at' HH:mm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One language's sentences. Placeholders in braces are filled by `fill`, never run.

    Sentences may use {name}, {event}, {delegation}, {number}, {when}, {venue}, {organiser},
    {contact} and {days}; `subject_neutral` and `greeting` are read on locked screens, so they
    name neither the event nor its organiser.
    """

    subject: str
    subject_neutral: str
    greeting: str
    intro: str
    replaces: str
    show: str
    print_out: str
    personal: str
    name_label: str
    category_label: str
    advice_label: str
    when_label: str
    where_label: str
    delegation_label: str
    code_label: str
    number_label: str
    picture: str
    privacy: str
    decline: str
    decline_link: str
    page_link: str
    apple_wallet: str
    google_wallet: str
    calendar_neutral: str
    sheet_title: str
    sheet_title_one: str
    cut: str
    colon: str = ": "


TEXTS: dict[Language, Texts] = {
    "fr": Texts(
        subject="Votre badge : {event}",
        subject_neutral="Votre badge d’entrée",
        greeting="Bonjour {name},",
        intro="Votre inscription est confirmée. Voici votre badge pour « {event} ».",
        replaces="Il remplace votre badge précédent, qui n’ouvre plus la porte : effacez-le.",
        show="À l’entrée, montrez ce code sur votre téléphone, luminosité au maximum.",
        print_out="Sans téléphone, imprimez le PDF joint sans changer l’échelle (100 %).",
        personal=(
            "Ce badge est personnel et ne sert qu’à une seule personne : ne le transférez pas."
        ),
        name_label="Nom",
        category_label="Catégorie",
        advice_label="À savoir",
        when_label="Date",
        where_label="Lieu",
        delegation_label="Délégation",
        code_label="Code, si la caméra ne lit pas",
        number_label="Numéro",
        picture="Code QR de votre badge",
        privacy=(
            "Vos données : {organiser} traite votre nom, vos coordonnées, "
            "votre délégation et vos passages à l’entrée, uniquement pour organiser cet événement "
            "et en tenir les comptes. Elles sont effacées {days} jours après l’événement et ne "
            "sont transmises à personne d’autre. Vous pouvez y accéder, les faire rectifier ou "
            "effacer, vous opposer à leur traitement ou retirer votre accord : "
            "écrivez à {contact}."
        ),
        decline="Vous ne venez pas ? Dites-le d’un clic : votre place ira à quelqu’un d’autre.",
        decline_link="Je ne viens pas",
        page_link="Ouvrir mon badge sur le téléphone",
        apple_wallet="Ajouter à Apple Wallet",
        google_wallet="Ajouter à Google Wallet (Google reçoit votre nom et ce code)",
        calendar_neutral="Rencontre",
        sheet_title="Badges : {event}",
        sheet_title_one="Badge {number} : {event}",
        cut="Découpez le long des repères. Ne pliez pas le code et gardez-le bien plat.",
        colon=" : ",
    ),
    "ar": Texts(
        subject="شارتكم: {event}",
        subject_neutral="شارة الدخول الخاصة بكم",
        greeting="السلام عليكم {name}،",
        intro="تم تأكيد تسجيلكم. هذه شارتكم لحضور «{event}».",
        replaces="وهي تحل محل شارتكم السابقة التي لم تعد تفتح الباب، فاحذفوها.",
        show="عند المدخل، أظهروا هذا الرمز على شاشة هاتفكم مع رفع الإضاءة إلى أقصاها.",
        print_out="إن لم يكن لديكم هاتف، فاطبعوا ملف PDF المرفق بحجمه الأصلي (100%).",
        personal="هذه الشارة شخصية ولا تصلح إلا لشخص واحد، فلا ترسلوها إلى غيركم.",
        name_label="الاسم",
        category_label="الصفة",
        advice_label="للعلم",
        when_label="التاريخ",
        where_label="المكان",
        delegation_label="الوفد",
        code_label="الرمز المكتوب، إن تعذرت قراءة الصورة",
        number_label="الرقم",
        picture="رمز QR لشارتكم",
        privacy=(
            "معطياتكم الشخصية: يُعالَج اسمكم وبيانات الاتصال بكم ووفدكم وأوقات دخولكم من طرف "
            "{organiser} لغرض تنظيم هذا الحدث وإحصاء الحضور فقط. تُمحى هذه المعطيات بعد {days} "
            "يومًا من الحدث ولا تُسلَّم إلى أي جهة أخرى. يمكنكم الاطلاع عليها أو تصحيحها أو محوها أو "
            "التعرض على معالجتها أو سحب موافقتكم بمراسلة {contact}."
        ),
        decline="إن تعذر عليكم الحضور فأخبرونا بنقرة واحدة، ليستفيد غيركم من مكانكم.",
        decline_link="لن أحضر",
        page_link="فتح شارتي على الهاتف",
        apple_wallet="أضيفوها إلى Apple Wallet",
        google_wallet="أضيفوها إلى Google Wallet (تتلقى Google اسمكم وهذا الرمز)",
        calendar_neutral="لقاء",
        sheet_title="شارات: {event}",
        sheet_title_one="شارة {number}: {event}",
        cut="قُصّوا الورقة على طول العلامات، ولا تطووا الرمز.",
    ),
    "en": Texts(
        subject="Your badge: {event}",
        subject_neutral="Your entry badge",
        greeting="Hello {name},",
        intro="Your registration is confirmed. This is your badge for “{event}”.",
        replaces="It replaces your earlier badge, which no longer opens the gate: delete that one.",
        show="At the entrance, show this code on your phone with the screen at full brightness.",
        print_out="Without a phone, print the attached PDF at its true size (100%).",
        personal="This badge is personal and lets one person in: please do not pass it on.",
        name_label="Name",
        category_label="Category",
        advice_label="Good to know",
        when_label="When",
        where_label="Where",
        delegation_label="Delegation",
        code_label="Code, if the camera cannot read",
        number_label="Number",
        picture="QR code of your badge",
        privacy=(
            "Your data: {organiser} uses your name, contact details, delegation and passages at "
            "the entrance only to run this event and to count its arrivals. They are erased {days} "
            "days after the event and given to nobody else. You may see, correct or erase them, "
            "object to their use or withdraw your consent: write to {contact}."
        ),
        decline="Not coming? Say so with one click, and somebody else gets your place.",
        decline_link="I am not coming",
        page_link="Open my badge on the phone",
        apple_wallet="Add to Apple Wallet",
        google_wallet="Add to Google Wallet (Google receives your name and this code)",
        calendar_neutral="Meeting",
        sheet_title="Badges: {event}",
        sheet_title_one="Badge {number}: {event}",
        cut="Cut along the marks. Keep the code flat; do not fold it.",
    ),
}


def reads_right_to_left(text: str) -> bool:
    """Say whether the first letter that has a direction is Arabic (or Hebrew)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


@lru_cache(maxsize=256)
def moment_text(at: datetime, language: Language) -> str:
    """Write a moment in words, on the clock that `at` carries: «samedi 14 juin 2025 à 15:00»."""
    return format_datetime(at, _MOMENTS[language], tzinfo=at.tzinfo, locale=_LOCALES[language])


def filling(spec: BadgeSpec, language: Language | None = None) -> dict[str, str]:
    """Return what the placeholders stand for on this badge, in the participant's language."""
    language = language or spec.language
    arabic = language == "ar"
    return {
        "name": (arabic and spec.name_ar) or spec.name,
        "event": (arabic and spec.event_name_ar) or spec.event_name,
        "delegation": (arabic and spec.delegation_ar) or spec.delegation,
        "venue": (arabic and spec.venue_ar) or spec.venue,
        "number": spec.number,
        "when": moment_text(spec.starts_at, language),
    }


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders_of(sentence: str) -> list[str]:
    """Return a sentence's placeholders with their braces, in order."""
    return [match.group() for match in _PLACEHOLDER.finditer(sentence)]


def fill(sentence: str, words: Mapping[str, str]) -> str:
    """Put words in a sentence's {placeholders}; anything else in braces is refused, never run.

    Raises:
        BadgeError: names the placeholder that is not known.
    """

    def word(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            known = ", ".join(f"{{{each}}}" for each in words)
            raise BadgeError(f"the placeholder {{{name}}} is not known: use one of {known}")
        return words[name]

    return _PLACEHOLDER.sub(word, sentence)
