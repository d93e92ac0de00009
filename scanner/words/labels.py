"""Short words of the screen."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "admitted": {"fr": "ADMIS", "ar": "مقبول", "en": "ADMITTED"},
    "left": {"fr": "SORTIE", "ar": "خروج", "en": "EXIT"},
    "already": {"fr": "DÉJÀ ENTRÉ", "ar": "دخل من قبل", "en": "ALREADY IN"},
    "refused": {"fr": "REFUSÉ", "ar": "مرفوض", "en": "REFUSED"},
    "fault": {"fr": "PROBLÈME", "ar": "مشكل", "en": "PROBLEM"},
    "pending": {"fr": "À CONFIRMER", "ar": "في انتظار التأكيد", "en": "TO BE CONFIRMED"},
    "rehearsal": {"fr": "RÉPÉTITION", "ar": "تمرين", "en": "REHEARSAL"},
    "practice": {"fr": "Exercice", "ar": "تدريب", "en": "Practice"},
    "show_badge": {"fr": "Présentez le badge", "ar": "قدموا الشارة", "en": "Show the badge"},
    "gate": {"fr": "Porte", "ar": "الباب", "en": "Gate"},
    "online": {"fr": "En ligne", "ar": "متصل", "en": "Online"},
    "offline": {"fr": "Hors ligne", "ar": "غير متصل", "en": "Offline"},
    "waiting": {"fr": "En attente", "ar": "في الانتظار", "en": "Waiting"},
    "aside": {"fr": "Mis de côté", "ar": "وُضع جانبا", "en": "Set aside"},
    "network": {"fr": "Réseau", "ar": "الشبكة", "en": "Network"},
    "list_age": {"fr": "Liste", "ar": "اللائحة", "en": "List"},
    "no_list": {"fr": "aucune", "ar": "لا توجد", "en": "none"},
    "seconds": {"fr": "{count} s", "ar": "{count} ث", "en": "{count} s"},
    "minutes": {"fr": "{count} min", "ar": "{count} د", "en": "{count} min"},
    "hours": {
        "fr": "{hours} h {minutes}",
        "ar": "{hours} س {minutes}",
        "en": "{hours} h {minutes}",
    },
    "days": {"fr": "{count} j", "ar": "{count} يوم", "en": "{count} d"},
    "drafts": {"fr": "Sans badge", "ar": "دون شارة", "en": "No badge"},
    "sound": {"fr": "Son", "ar": "الصوت", "en": "Sound"},
    "off": {"fr": "coupé", "ar": "مغلق", "en": "off"},
    "today": {"fr": "Admis ici", "ar": "دخلوا من هنا", "en": "Admitted here"},
    "entry": {"fr": "ENTRÉE", "ar": "دخول", "en": "ENTRY"},
    "exit": {"fr": "SORTIE", "ar": "خروج", "en": "EXIT"},
    "first_admission": {
        "fr": "Entré à {time} · {gate}",
        "ar": "دخل على الساعة {time} · {gate}",
        "en": "Came in at {time} · {gate}",
    },
    "arrived": {
        "fr": "Arrivés : {arrived} sur {quota}",
        "ar": "وصل {arrived} من {quota}",
        "en": "{arrived} arrived of {quota}",
    },
    "clock": {"fr": "Horloge", "ar": "الساعة", "en": "Clock"},
    "arrived_of_all": {"fr": "Tous arrivés", "ar": "مجموع الوافدين", "en": "All arrived"},
    "keys": {
        "fr": "? aide · T taper un code · F chercher · W sans badge · Z annuler · Espace suivant",
        "ar": "? المساعدة · T كتابة رمز · F بحث · W دون شارة · Z إلغاء · مسافة: التالي",
        "en": "? help · T type a code · F search · W no badge · Z annul · Space next",
    },
}
