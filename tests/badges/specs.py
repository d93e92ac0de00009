"""Badges of invented people for the tests of this room."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from badges.spec import SHAPES, BadgeSpec
from checkin.protocol.codes import format_code

NAMES = [
    ("Fatima Zahra El Idrissi", "فاطمة الزهراء الإدريسي"),
    ("Mohammed Aït Benhaddou", "محمد أيت بنحدو"),
    ("Khadija Bent Moulay Abdellah Alaoui M’daghri", "خديجة بنت مولاي عبد الله العلوي المدغري"),
    ("ⵜⵉⴼⵉⵏⴰⵖ Azerwal", "حَسَنُ أَزَرْوَالُ"),
]
COLOURS = ["#1b6e4b", "#1f4e9e", "#f2b705", "#a3262a", "#5b3a8e", "#0f7c8a"]


def a_code(seed: int) -> str:
    return format_code(hashlib.sha256(b"badge %d" % seed).digest()[:16])


def a_spec(seed: int = 0, **changes: Any) -> BadgeSpec:
    name, name_ar = NAMES[seed % len(NAMES)]
    spec = BadgeSpec(
        code=a_code(seed),
        number=f"KHE-{seed:04}",
        name=name,
        name_ar=name_ar,
        delegation="Khémisset",
        delegation_ar="الخميسات",
        category="Conseil national",
        category_ar="المجلس الوطني",
        category_colour=COLOURS[seed % len(COLOURS)],
        category_shape=SHAPES[seed % len(SHAPES)],
        event_name="Rencontre régionale",
        event_name_ar="اللقاء الجهوي",
        starts_at=datetime(2025, 6, 14, 15, 0, tzinfo=timezone(timedelta(hours=1))),
        venue="Complexe Ibn Rochd, Rabat",
        venue_ar="مركب ابن رشد، الرباط",
    )
    return replace(spec, **changes)
