"""The volunteers' instruction page: what each colour means, the keys, and how to solve problems.

`python -m badges.volunteer_card FILE.pdf` prints it; `docs/volunteer-card.pdf` is that file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typst

from badges.fonts import FONTS

_PAGE = Path(__file__).with_name("volunteer_card.typ")
# The window's own colours.
_COLOURS = {
    "admitted": "#0F7A3A",
    "already": "#A84B00",
    "refused": "#B3161B",
    "pending": "#1A4FC4",
}
_LATIN_KEYS = ("Z", "E", "T", "F", "W", "O", "C", "S", "L")

_FRENCH: dict[str, Any] = {
    "lang": "fr",
    "rtl": False,
    "title": "À la porte : l’essentiel",
    "steps": [
        "La personne tient son badge devant la caméra, à 30–60 cm, bien à plat.",
        "Attendez la couleur et le son. Ne laissez jamais entrer avant la couleur.",
        "Pas de lecture ? Rapprocher, incliner pour ôter le reflet, doigts hors des coins.",
    ],
    "faces": [
        ("admitted", "VERT · ADMIS", "Laissez entrer, avec le sourire. S’efface tout seul."),
        ("already", "ORANGE · DÉJÀ ENTRÉ", "Lisez l’heure et la porte affichées. Vers l’accueil."),
        ("refused", "ROUGE · REFUSÉ", "Restez aimable : la raison est écrite. Vers l’accueil."),
        ("pending", "BLEU · À CONFIRMER", "Réseau coupé. Laissez entrer : c’est enregistré."),
    ],
    "keys_title": "Les touches (? les montre toutes)",
    "space": "Espace",
    "keys": [
        "fermer le rouge ou l’orange",
        "annuler la dernière entrée",
        "entrée ou sortie",
        "taper le code sous le QR",
        "chercher un nom",
        "inscrire sans badge",
        "dérogation (superviseur)",
        "choisir la caméra",
        "son",
        "langue",
    ],
    "trouble": [
        "Caméra noire : rebranchez-la, elle revient seule. Réseau coupé : continuez à scanner ; "
        "les scans gardés partent d’eux-mêmes au retour.",
        "« NON enregistré » : ne laissez pas entrer, appelez l’organisateur. Ne prêtez pas cet "
        "ordinateur et ne photographiez pas l’écran : les noms sont confidentiels.",
    ],
}
_ARABIC: dict[str, Any] = {
    "lang": "ar",
    "rtl": True,
    "title": "عند الباب: الأهم",
    "steps": [
        "يضع الشخص شارته أمام الكاميرا على بعد 30 إلى 60 سنتيمترا، وهي مستوية.",
        "انتظروا اللون والصوت. لا تُدخلوا أحدا قبل ظهور اللون.",
        "لم تُقرأ؟ قربوها، أميلوها لتجنب الانعكاس، وأبعدوا الأصابع عن الزوايا.",
    ],
    "faces": [
        ("admitted", "أخضر · مقبول", "أدخلوه مع ابتسامة. يختفي اللون وحده."),
        ("already", "برتقالي · دخل من قبل", "اقرؤوا الساعة والباب على الشاشة. إلى الاستقبال."),
        ("refused", "أحمر · مرفوض", "بلطف: السبب مكتوب على الشاشة. إلى الاستقبال."),
        ("pending", "أزرق · في انتظار التأكيد", "الشبكة مقطوعة. أدخلوه: العملية محفوظة."),
    ],
    "keys_title": "المفاتيح (؟ يعرضها كلها)",
    "space": "مسافة",
    "keys": [
        "إغلاق الأحمر أو البرتقالي",
        "إلغاء آخر دخول",
        "دخول أو خروج",
        "كتابة الرمز المطبوع تحت المربع",
        "البحث عن اسم",
        "تسجيل شخص دون شارة",
        "استثناء (المشرف)",
        "اختيار الكاميرا",
        "الصوت",
        "اللغة",
    ],
    "trouble": [
        "الكاميرا سوداء: أعيدوا توصيلها وستعود وحدها. الشبكة مقطوعة: واصلوا المسح، فالعمليات "
        "المحفوظة تُرسل تلقائيا عند عودتها.",
        "«لم تُحفظ العملية»: لا تُدخلوا الشخص ونادوا على المنظم. لا تعيروا هذا الحاسوب ولا تصوروا "
        "الشاشة: الأسماء سرية.",
    ],
}


def volunteer_card_pdf() -> bytes:
    """Return the page as PDF, the same bytes each time."""
    data = {"title": "Marhaba", "parts": [_part(_FRENCH), _part(_ARABIC)]}
    pdf: bytes = typst.compile(
        str(_PAGE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=0,
    )
    return pdf


def _part(texts: dict[str, Any]) -> dict[str, Any]:
    names = (texts["space"], *_LATIN_KEYS)
    return texts | {
        "faces": [
            {"mark": mark, "colour": _COLOURS[mark], "word": word, "todo": todo}
            for mark, word, todo in texts["faces"]
        ],
        "keys": [
            {"key": key, "meaning": meaning, "latin": key in _LATIN_KEYS}
            for key, meaning in zip(names, texts["keys"], strict=True)
        ],
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(volunteer_card_pdf())
