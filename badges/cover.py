"""The cover page of a delegation's badges: how many of each category, and what to do with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from badges.spec import BadgeSpec
from badges.texts import moment_text
from badges.typesetting.lines import Line, latin_then_arabic, line_of
from badges.typesetting.shapes import outline

#: the layout's data for a cover
Cover = dict[str, Any]

_TOTAL = ("Badges", "الشارات")
_ADVICE = (
    (
        "Imprimez à l’échelle 100 %, sans ajuster à la page, sur un papier épais et mat. "
        "Le code doit rester noir sur blanc.",
        "Découpez le long des repères. Les badges sont dans l’ordre de l’inscription, "
        "de gauche à droite puis de haut en bas.",
        "Remettez chaque badge à la personne dont il porte le nom, contre émargement. "
        "Un badge perdu se signale aussitôt : un autre est imprimé et l’ancien est refusé.",
        "Ne photographiez pas ces pages : un code photographié ouvre la porte.",
    ),
    (
        "اطبعوا بالحجم الأصلي 100% دون ملاءمة مع الصفحة، على ورق سميك غير لامع. "
        "يجب أن يبقى الرمز أسود على أبيض.",
        "قُصّوا على طول العلامات. الشارات مرتبة حسب التسجيل، "
        "من اليسار إلى اليمين ثم من الأعلى إلى الأسفل.",
        "سلّموا كل شارة لصاحبها مقابل توقيع. بلّغوا فورا عن كل شارة ضائعة: تُطبع أخرى وتُرفض القديمة.",
        "لا تصوّروا هذه الصفحات، فالرمز المصوَّر يفتح الباب.",
    ),
)


def cover_of(specs: Sequence[BadgeSpec]) -> Cover:
    """Return the text of the cover of these badges: French columns, then Arabic ones.

    They may fill several files, of which the first gets it.
    """
    first = specs[0]
    whens = [line_of(moment_text(first.starts_at, of), weight="regular") for of in ("fr", "ar")]
    event = _columns(latin_then_arabic(first.event_name, first.event_name_ar))
    return {
        "event": [[*names, when] for names, when in zip(event, whens, strict=True)],
        "heading": _columns(latin_then_arabic(first.delegation, first.delegation_ar)),
        "counts": _counts(specs),
        "count": len(specs),
        "total": latin_then_arabic(*_TOTAL),
        "advice": [
            [line_of(sentence, weight="regular") for sentence in sentences] for sentences in _ADVICE
        ],
    }


def _columns(names: list[Line]) -> list[list[Line]]:
    return [[name] for name in names] if len(names) > 1 else [names, []]


def _counts(specs: Sequence[BadgeSpec]) -> list[dict[str, Any]]:
    looks = {spec.category: spec for spec in specs}
    return [
        {
            "names": latin_then_arabic(category, looks[category].category_ar),
            "colour": looks[category].category_colour,
            "shape": outline(looks[category].category_shape),
            "count": count,
        }
        for category, count in Counter(spec.category for spec in specs).most_common()
    ]
