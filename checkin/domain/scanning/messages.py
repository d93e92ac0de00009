"""What a verdict says to the volunteer, in French, Arabic and English.

The server and the scanner both speak from this table, so a verdict reads the same online and
offline.
"""

from __future__ import annotations

from checkin.domain.scanning.verdict import Direction, Reason, Status

LANGUAGES = ("fr", "ar", "en")
DEFAULT_LANGUAGE = "fr"

_ADMITTED = {"fr": "Bienvenue", "ar": "مرحبا", "en": "Welcome"}
_LEFT = {"fr": "Sortie enregistrée", "ar": "تم تسجيل الخروج", "en": "Exit recorded"}
PENDING = {
    "fr": "Noté hors ligne, à confirmer",
    "ar": "سُجّل دون اتصال، في انتظار التأكيد",
    "en": "Noted offline, to be confirmed",
}

_REFUSED: dict[Reason, dict[str, str]] = {
    Reason.INVALID: {
        "fr": "Badge inconnu : envoyer à l’accueil",
        "ar": "شارة غير معروفة: يُرجى التوجه إلى الاستقبال",
        "en": "Unknown badge: send to the help desk",
    },
    Reason.WRONG_EVENT: {
        "fr": "Badge d’un autre événement",
        "ar": "شارة لحدث آخر",
        "en": "Badge of another event",
    },
    Reason.REVOKED: {
        "fr": "Badge annulé : envoyer à l’accueil",
        "ar": "شارة ملغاة: يُرجى التوجه إلى الاستقبال",
        "en": "Badge revoked: send to the help desk",
    },
    Reason.CANCELED: {
        "fr": "Inscription annulée",
        "ar": "التسجيل ملغى",
        "en": "Registration canceled",
    },
    Reason.BLOCKED: {
        "fr": "Entrée bloquée : appeler un superviseur",
        "ar": "الدخول ممنوع: نادوا على المشرف",
        "en": "Entry blocked: call a supervisor",
    },
    Reason.WRONG_GATE: {
        "fr": "Cette porte n’admet pas cette catégorie",
        "ar": "هذا الباب غير مخصص لهذه الصفة",
        "en": "This gate does not admit this category",
    },
    Reason.INVALID_TIME: {
        "fr": "Les portes ne sont pas ouvertes à cette heure",
        "ar": "الأبواب غير مفتوحة في هذا الوقت",
        "en": "The doors are not open at this time",
    },
    Reason.UNAPPROVED: {
        "fr": "Sur liste d’attente : pas de place libérée",
        "ar": "في لائحة الانتظار: لم يتوفر أي مقعد",
        "en": "On the reserve list: no place released",
    },
    Reason.ALREADY_REDEEMED: {
        "fr": "Déjà entré",
        "ar": "سبق له الدخول",
        "en": "Already in",
    },
    Reason.QUOTA_EXCEEDED: {
        "fr": "Le quota de la délégation est atteint",
        "ar": "بلغ الوفد حصته من المقاعد",
        "en": "The delegation's quota is reached",
    },
    Reason.CAPACITY_EXCEEDED: {
        "fr": "La salle est pleine",
        "ar": "القاعة ممتلئة",
        "en": "The hall is full",
    },
    Reason.CHECKOUT_REQUIRED: {
        "fr": "Encore à l’intérieur : scanner d’abord la sortie",
        "ar": "ما زال في الداخل: امسحوا رمز الخروج أولا",
        "en": "Still inside: scan the exit first",
    },
}


def verdict_message(
    status: Status | str,
    reason: Reason | str | None,
    language: str,
    direction: Direction | str = Direction.ENTRY,
) -> str:
    """Return the sentence for a verdict; an unknown language reads French."""
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    if status == Status.OK or reason is None:
        return (_LEFT if direction == Direction.EXIT else _ADMITTED)[language]
    return _REFUSED[Reason(reason)][language]
