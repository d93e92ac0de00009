"""What the window says when it is used by hand, in French, Arabic and English: see `words.say`."""

from __future__ import annotations

WINDOW_WORDS: dict[str, dict[str, str]] = {
    "camera_in_use": {
        "fr": "Un autre programme utilise la caméra {source}. Fermez-le (visioconférence, "
        "navigateur) ou choisissez une autre caméra.",
        "ar": "برنامج آخر يستعمل الكاميرا {source}. أغلقوه (مكالمات الفيديو، المتصفح) أو اختاروا "
        "كاميرا أخرى.",
        "en": "Another program uses camera {source}. Close it (video calls, browser) or choose "
        "another camera.",
    },
    "camera_denied": {
        "fr": "Ce compte n'a pas le droit d'ouvrir la caméra {source}. Autorisez-la dans les "
        "réglages ; sous Linux, ajoutez le compte au groupe video.",
        "ar": "لا يحق لهذا الحساب فتح الكاميرا {source}. اسمحوا بها في الإعدادات؛ وعلى لينكس "
        "أضيفوا الحساب إلى المجموعة video.",
        "en": "This account may not open camera {source}. Allow it in the settings; on Linux add "
        "the account to the group video.",
    },
    "camera_back": {
        "fr": "La caméra fonctionne de nouveau",
        "ar": "عادت الكاميرا إلى العمل",
        "en": "The camera works again",
    },
    "form_code": {"fr": "Taper un code", "ar": "كتابة رمز", "en": "Type a code"},
    "form_search": {
        "fr": "Chercher un participant",
        "ar": "البحث عن مشارك",
        "en": "Search for a participant",
    },
    "form_override": {
        "fr": "Dérogation d'un superviseur",
        "ar": "استثناء من المشرف",
        "en": "Supervisor's override",
    },
    "form_walk_in": {
        "fr": "Inscrire sur place",
        "ar": "تسجيل في عين المكان",
        "en": "Register a walk-in",
    },
    "form_camera": {"fr": "Choisir la caméra", "ar": "اختيار الكاميرا", "en": "Choose the camera"},
    "field_code": {"fr": "Code", "ar": "الرمز", "en": "Code"},
    "field_name": {"fr": "Nom", "ar": "الاسم", "en": "Name"},
    "field_pin": {"fr": "PIN du superviseur", "ar": "رمز المشرف السري", "en": "Supervisor's PIN"},
    "field_reason": {"fr": "Motif", "ar": "السبب", "en": "Reason"},
    "field_delegation": {"fr": "Délégation", "ar": "الوفد", "en": "Delegation"},
    "camera_number": {"fr": "Caméra {number}", "ar": "الكاميرا {number}", "en": "Camera {number}"},
    "form_keys": {
        "fr": "Entrée : valider · Tab : champ suivant · flèches : choisir · Échap : fermer",
        "ar": "إدخال: تأكيد · Tab: الخانة التالية · الأسهم: اختيار · Esc: إغلاق",
        "en": "Enter: confirm · Tab: next field · arrows: choose · Esc: close",
    },
    "asking": {"fr": "Un instant…", "ar": "لحظة من فضلكم…", "en": "One moment…"},
    "three_letters": {
        "fr": "Tapez au moins trois lettres du nom",
        "ar": "اكتبوا ثلاثة أحرف من الاسم على الأقل",
        "en": "Type at least three letters of the name",
    },
    "found": {"fr": "Trouvés : {count}", "ar": "عدد النتائج: {count}", "en": "Found: {count}"},
    "found_nobody": {
        "fr": "Personne de ce nom. Essayez une autre orthographe.",
        "ar": "لا أحد بهذا الاسم. جربوا كتابة أخرى.",
        "en": "Nobody of this name. Try another spelling.",
    },
    "code_wrong": {
        "fr": "Ce code n'est pas juste : vérifiez chaque lettre et recommencez",
        "ar": "الرمز غير صحيح: تحققوا من كل حرف وأعيدوا المحاولة",
        "en": "This code is not right: check each letter and try again",
    },
    "pin_refused": {
        "fr": "PIN refusé : demandez au superviseur de le taper lui-même",
        "ar": "الرمز السري مرفوض: اطلبوا من المشرف أن يكتبه بنفسه",
        "en": "PIN refused: ask the supervisor to type it",
    },
    "possible_duplicate": {
        "fr": "Une personne de ce nom est déjà inscrite. Entrée encore : inscrire quand même.",
        "ar": "يوجد مسجل بهذا الاسم. اضغطوا إدخال مرة أخرى للتسجيل رغم ذلك.",
        "en": "Somebody of this name is registered. Enter again: register anyway.",
    },
    "desk_rejected": {
        "fr": "Le serveur n'accepte pas cette demande ({detail})",
        "ar": "لم يقبل الخادم هذا الطلب ({detail})",
        "en": "The server does not take this request ({detail})",
    },
    "needs_server": {
        "fr": "Impossible hors ligne : le serveur ne répond pas",
        "ar": "غير ممكن دون اتصال: الخادم لا يجيب",
        "en": "Not possible offline: the server does not answer",
    },
    "nothing_to_override": {
        "fr": "Scannez d'abord le badge refusé",
        "ar": "امسحوا أولا الشارة المرفوضة",
        "en": "Scan the refused badge first",
    },
    "no_cameras": {
        "fr": "Aucune caméra trouvée : branchez-en une",
        "ar": "لم نجد أي كاميرا: أوصلوا واحدة",
        "en": "No camera found: plug one in",
    },
    "sound_on": {"fr": "Son activé", "ar": "الصوت مشغل", "en": "Sound on"},
    "sound_off": {"fr": "Son coupé", "ar": "الصوت مغلق", "en": "Sound off"},
    "status_confirmed": {"fr": "confirmé", "ar": "مؤكد", "en": "confirmed"},
    "status_reserve": {"fr": "liste d'attente", "ar": "لائحة الانتظار", "en": "reserve list"},
    "status_canceled": {"fr": "annulé", "ar": "ملغى", "en": "cancelled"},
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
        "fr": "Langue : français, arabe, anglais",
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
