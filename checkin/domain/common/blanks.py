"""What people write into a cell that has nothing to say: a dash, N/A, néant, لا يوجد."""

from __future__ import annotations

from checkin.domain.common.names import fold_name

_WORDS = frozenset(
    fold_name(word)
    for word in (
        *("n/a", "n.a.", "n.a", "néant", "aucun", "aucune", "rien", "non renseigné"),
        *("sans objet", "non communiqué", "none", "nil", "null", "not available"),
        *("لا يوجد", "لا توجد", "لا شيء", "غير متوفر", "غير متوفرة", "غير موجود", "بدون"),
    )
)
#: cells of nothing but these signs say nothing
_SIGNS = frozenset("-–—−_.…/\\?*ـ ·")
_LONGEST = 20


def is_blank(text: str) -> bool:
    """Say whether a text stands for an empty cell."""
    if not text or text.isspace():
        return True
    if len(text) > _LONGEST:
        return False
    return _SIGNS.issuperset(text.strip()) or fold_name(text) in _WORDS
