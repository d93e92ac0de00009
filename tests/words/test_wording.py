"""The catalogues keep the terms and the rules by which French and Arabic are written here."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from checkin.words.catalogues import say
from checkin.words.extraction import DOMAINS
from checkin.words.isolates import isolated, isolated_once, without_isolates
from checkin.words.moments import as_read
from tests.words.test_translations import catalogue

#: words of each language that another word has replaced, and what is said in their place
REPLACED = {
    "en": {
        r"[Tt]elephone": "phone",
        r"[Ss]preadsheet": "file",
        r"\bsheet of delegations": "file",
        r"[Ss]econd factor": "two-step sign-in",
        r"\bcancelled": "canceled",
        r"\b[Aa]nnul(?:led|s)?\b": "undo",
        r"[Tt]aken back(?! until| now|:)": "undone",
        r"(?<!\()\blent\b": "offline places",
        r"works? no more": "no longer works",
        r"walk_in|no_badge|[a-z]+_[a-z]+ (?:is|was)": "words, and no code",
    },
    "fr": {
        r"[Tt]ableur": "fichier",
        r"\b[Ff]euille des": "fichier",
        r"[Ss]econd facteur": "validation en deux étapes",
        r"\b[Rr]épétition|RÉPÉTITION": "exercice",
        r"[Cc]ourriel|\bcourrier\b": "e-mail",
        r"[Gg]uichet|[Dd]ouchette": "accueil, lecteur à main",
        r"[Rr]evenez à l’accueil": "à la page principale",
        r"\b[Aa]dmis(?:es?)?\b|\b[Aa]dmettre|\b[Aa]dmission": "entrée, laisser entrer",
        r"ADMIS": "LAISSEZ ENTRER",
        r"[Dd]éjà entrée?\b|DÉJÀ ENTRÉ": "déjà utilisé",
        r"place prêtée|places prêtées|[Pp]rêts? aux": "places hors ligne",
        r"[Mm]is en file|En file\b|Pas en file": "en attente d’envoi",
        r"inscrit\(e\)|\(e\)": "inscription enregistrée",
        r"journal des actes": "journal d’activité",
        r"[Ââ]ge de la liste": "dernière mise à jour de la liste",
        r"(?<!code )(?<!codes )(?<!Code )(?<!Codes )\bPIN\b": "code PIN",
        r"[Ll]aissée? de côté|[Éé]carter": "ignorer",
        r"sans réseau|sans le réseau": "hors ligne",
        r"[Ss]ilencieu": "sans contact",
        r"\b[Rr]établ": "réinscrire",
        r"ne mène (?:alors )?plus nulle part": "ne fonctionne plus",
    },
    "ar": {
        "\u064b": "no tanwin of the accusative, anywhere",
        r"العامل الثاني|عاملا ثانيا": "التحقق بخطوتين",
        r"كلمة مرور|كلمات المرور": "كلمة السر",
        r"رقم سري": "رمز سري",
        r"مُعار|إعار": "أماكن الباب دون اتصال",
        r"توقيف": "إيقاف",
        r"الفعاليات|التظاهر": "الأحداث",
        r"سجل الأعمال": "سجل النشاط",
        r"رابط الربط|لرابط الربط": "رمز الربط",
        r"الوافدون|الغائبون": "الواصلون، لم يصلوا بعد",
        r"منحرف": "غير مضبوطة",
        r"السطور": "الأسطر",
        r"نموذج|الحقل": "استمارة، خانة",
        r"(?<!استيراد )جدول الوفود|كجدول": "ملف",
        r"^مقبول$": "دخول مسموح",
        r"سبق له|دخل من قبل": "استُعملت من قبل",
        r"بلا شبكة|بدون شبكة|غير المتصلة": "دون اتصال",
        r"منسق": "منسّق",
        r"تسجيل الخروج(?! أولا)": "الخروج من الحساب",
        r"سجّلوا الدخول": "ادخلوا إلى حسابكم",
        r"(?:إلغاء|أُلغيت|يُلغى|ألغوا) (?:ال)?(?:شارة|جهاز|جهاز)": "إبطال، سحب صلاحية",
        r"[اب]بيانات|البيانات|بياناتهم": "معطيات",
        r"ابدأوا|املأوا|اقرأوا": "ابدؤوا، املؤوا، اقرؤوا",
        r"نادوا على": "نادوا",
        r"رمز سري لهذا الباب|الرمز السري لهذا الباب": "مفتاح هذا الباب",
        r"مسح المتصفح|يمسح هذا المتصفح|مُسحت اللائحة": "محو",
    },
}
#: names of others' programs and pages, whose words are theirs
QUOTED = ("بيانات الاعتماد",)
#: a place for a number; names and numbers of rows count nothing
_NO_NUMBER = "name|event|number|gate|value"
PLACE = rf"(?<!السطر )(?:%\((?!{_NO_NUMBER})\w+\)s|\{{(?!{_NO_NUMBER})\w*\}})"
#: what is counted; units, which take no plural here, are not in it
COUNTED = {
    "en": r"(?:people|persons?|places?|seats?|rows?|columns?|characters|scans?|badges?|messages?|"
    r"entries|days|flags|requests?|conflicts?|devices?|arrivals?)\b",
    "fr": r"(?:personnes?|places?|lignes?|colonnes?|caractères?|scans?|badges?|messages?|entrées?|"
    r"jours?|mentions?|demandes?|conflits?|appareils?|arrivées?|inscriptions?|inscrits?)\b",
    "ar": r"(?:شخص|أشخاص|مقعد|مقاعد|سطر|أسطر|عمود|أعمدة|حرف|أحرف|دقيقة|دقائق|يوم|أيام|شارة|"
    r"شارات|رسالة|رسائل|تنبيه|تنبيهات|طلب|طلبات|جهاز|أجهزة|مسجل)",
}


def messages(language: str) -> list[tuple[str, Message]]:
    """Return every message with its domain; those of the source are any language's."""
    of = language if language != "en" else "fr"
    return [(domain, one) for domain in DOMAINS for one in catalogue(domain, of) if one.id]


def texts(message: Message, language: str) -> tuple[str, ...]:
    found = message.id if language == "en" else message.string
    return (found,) if isinstance(found, str) else tuple(found)


@pytest.mark.parametrize("language", list(REPLACED))
def test_no_sentence_uses_a_word_that_another_has_replaced(language):
    found = {
        (word, instead, text)
        for _domain, message in messages(language)
        for text in texts(message, language)
        for word, instead in REPLACED[language].items()
        if re.search(word, text) and not any(name in text for name in QUOTED)
    }

    assert found == set()


@pytest.mark.parametrize("language", list(COUNTED))
def test_a_number_beside_what_it_counts_has_every_plural_form(language):
    """Anywhere else a number stands after a colon: `Arrived: {count}`."""
    counted = re.compile(rf"{PLACE} {COUNTED[language]}")

    assert [
        text
        for _domain, message in messages(language)
        if isinstance(message.id, str)
        for text in texts(message, language)
        if counted.search(text)
    ] == []


def test_arabic_counts_eleven_and_a_hundred_by_the_right_form():
    """From 11 to 99 a masculine noun is in the accusative, from 100 on in the genitive."""
    wrong = [
        message.string
        for _domain, message in messages("ar")
        if isinstance(message.id, tuple)
        for hundred, eleven in [message.string[4:6]]
        if len(hundred) > len(eleven)
    ]

    assert wrong == []


def test_french_writes_a_decimal_comma():
    said = [text for _domain, one in messages("fr") for text in texts(one, "fr")]

    decimal = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.-]*\w)")
    assert [one for one in said if decimal.search(one) and "Safari 16.4" not in one] == []


def test_arabic_digits_and_marks_are_those_of_morocco():
    said = [
        (text, re.search("[\u0600-\u06ff]", text))
        for _domain, one in messages("ar")
        for text in texts(one, "ar")
    ]

    assert [text for text, _ in said if re.search("[\u0660-\u0669]", text)] == []
    loose = re.compile("[\u0621-\u064a] ?[,;?](?!…)")
    assert [text for text, is_arabic in said if is_arabic and loose.search(text)] == []


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("مثلا +33612345678.", "مثلا [+33612345678]."),
        ("أضيفوا --source 1.", "أضيفوا [--source 1]."),
        ("مثل #1b6e4b.", "مثل [#1b6e4b]."),
        ("مثل 2025-06-14 15:00.", "مثل [2025-06-14 15:00]."),
        (
            "اكتبوا nom@domaine.ma، أو https://a.example/b؛",
            "اكتبوا [nom@domaine.ma]، أو [https://a.example/b]؛",
        ),
        ("من 1 إلى 50 (100%)", "من 1 إلى 50 (100%)"),
        ("Windows: متصفحا Chrome وEdge", "[Windows]: متصفحا [Chrome] و[Edge]"),
        ("الباب {gate} ({count})", "الباب [{gate}] ([{count}])"),
        ("يمكن لـ«%(gate)s» %(percent)s %%", "يمكن لـ«[%(gate)s]» [%(percent)s] %%"),
        ("شغّلوا «\u2066%(command)s demo\u2069»", "شغّلوا «[%(command)s demo]»"),
        ("{column}: {advice}", "{column}: {advice}"),
        ("QR", "QR"),
        ("{name}", "{name}"),
    ],
)
def test_what_runs_from_the_left_is_isolated(written, compiled):
    shown = re.sub("[\u2066\u2068]", "[", isolated(written)).replace("\u2069", "]")

    assert shown == compiled
    assert without_isolates(isolated(written)) == without_isolates(written)


def test_a_filled_place_in_arabic_is_isolated_once():
    assert say("device", "ar", "Camera {number}", number=2) == "الكاميرا \u20682\u2069"
    assert isolated_once("\u2068\u2068Rabat\u2069\u2069، \u2068x\u2069") == (
        "\u2068Rabat\u2069، \u2068x\u2069"
    )
    several = "\u2068الباب\u2069 · \u2068Porte\u2069، \u2068x\u2069"
    assert isolated_once(f"إلى \u2068{several}\u2069") == f"إلى {several}"
    assert isolated_once(f"\u2068{several} Rabat\u2069") == f"\u2068{several} Rabat\u2069"


@pytest.mark.parametrize(
    ("language", "read"),
    [
        ("fr", "28 novembre 2026 à 14:00"),
        ("ar", "28 نونبر 2026، 14:00"),
        ("en", "28 November 2026, 14:00"),
    ],
)
def test_the_moment_of_a_field_is_told_as_people_write_it(language, read):
    assert as_read("2026-11-28T14:00", language) == read


@pytest.mark.parametrize("text", ["2026-06-31T14:00", "noon", "2026-11-28", ""])
def test_what_is_no_moment_is_told_as_it_was_written(text):
    assert as_read(text, "fr") == text
