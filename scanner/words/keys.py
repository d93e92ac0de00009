"""What each key does, for the help."""

from __future__ import annotations

KEYS: dict[str, dict[str, str]] = {
    "help_title": {"fr": "Les touches", "ar": "المفاتيح", "en": "The keys"},
    "help_next": {
        "fr": "Badge suivant, fermer le rouge",
        "ar": "الشارة التالية، إغلاق الأحمر",
        "en": "Next badge, close the red",
    },
    "help_annul": {
        "fr": "Annuler la dernière entrée",
        "ar": "إلغاء آخر دخول",
        "en": "Annul the last admission",
    },
    "help_turn": {"fr": "Entrée ou sortie", "ar": "دخول أو خروج", "en": "Entry or exit"},
    "help_typed": {
        "fr": "Taper le code écrit sous le QR",
        "ar": "كتابة الرمز المطبوع تحت المربع",
        "en": "Type the code under the QR",
    },
    "help_search": {
        "fr": "Chercher un nom",
        "ar": "البحث عن اسم",
        "en": "Search for a name",
    },
    "help_override": {
        "fr": "Dérogation (superviseur)",
        "ar": "استثناء (المشرف)",
        "en": "Override (supervisor)",
    },
    "help_walk_in": {
        "fr": "Inscrire une personne sans badge",
        "ar": "تسجيل شخص دون شارة",
        "en": "Register somebody without a badge",
    },
    "help_camera": {"fr": "Choisir la caméra", "ar": "اختيار الكاميرا", "en": "Choose the camera"},
    "help_mirror": {"fr": "Image en miroir", "ar": "صورة معكوسة", "en": "Mirror the picture"},
    "help_sound": {"fr": "Son", "ar": "الصوت", "en": "Sound"},
    "help_language": {
        "fr": "Langue : français, arabe, anglais",
        "ar": "اللغة: الفرنسية، العربية، الإنجليزية",
        "en": "Language: French, Arabic, English",
    },
    "help_quit": {"fr": "Quitter", "ar": "إنهاء البرنامج", "en": "Quit"},
    "help_space": {"fr": "Espace", "ar": "مسافة", "en": "Space"},
    "help_wedge": {
        "fr": "Un lecteur USB fonctionne aussi, à tout moment.",
        "ar": "قارئ USB يعمل أيضا في أي وقت.",
        "en": "A USB reader works too, at any time.",
    },
}
