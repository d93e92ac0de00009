"""What the scanner says besides the verdicts, in French, Arabic and English.

Sentences about a fault say what to do. `verdict_message` has the words of the verdicts.
"""

from __future__ import annotations

from checkin.domain.messages import DEFAULT_LANGUAGE, LANGUAGES
from scanner.window_words import WINDOW_WORDS

_SENTENCES: dict[str, dict[str, str]] = {
    "no_camera": {
        "fr": "La caméra {source} ne s'ouvre pas. Branchez-la, fermez les programmes qui "
        "l'utilisent, ou choisissez-en une autre : --source 1.",
        "ar": "تعذر فتح الكاميرا {source}. أوصلوها، وأغلقوا البرامج التي تستعملها، أو اختاروا "
        "كاميرا أخرى: --source 1.",
        "en": "Camera {source} does not open. Plug it in, close the programs that use it, or "
        "choose another one: --source 1.",
    },
    "camera_lost": {
        "fr": "La caméra {source} ne donne plus d'image. Rebranchez-la : elle revient toute "
        "seule. Les scans sont gardés.",
        "ar": "توقفت الكاميرا {source} عن إرسال الصور. أعيدوا توصيلها وستعود وحدها. العمليات "
        "محفوظة.",
        "en": "Camera {source} gives no more pictures. Plug it in again: it comes back by itself. "
        "The scans are kept.",
    },
    "source_missing": {
        "fr": "{source} n'existe pas. Donnez à --source un numéro de caméra, un fichier, un "
        "dossier d'images ou une adresse http.",
        "ar": "{source} غير موجود. أعطوا --source رقم كاميرا أو ملفا أو مجلد صور أو عنوان http.",
        "en": "{source} does not exist. Give --source a camera number, a file, a folder of images "
        "or an http address.",
    },
    "source_unreadable": {
        "fr": "Aucune image lisible dans {source}. Vérifiez que c'est une vidéo ou des images.",
        "ar": "لا توجد صور مقروءة في {source}. تأكدوا أنه فيديو أو صور.",
        "en": "No readable picture in {source}. Check that it is a video or images.",
    },
    "no_display": {
        "fr": "Aucun écran : lancez le scanner depuis le bureau de l'ordinateur, ou ajoutez "
        "--headless pour des lignes JSON sans fenêtre.",
        "ar": "لا توجد شاشة: شغلوا البرنامج من سطح مكتب الحاسوب، أو أضيفوا --headless للحصول "
        "على أسطر JSON دون نافذة.",
        "en": "No screen: start the scanner from the computer's desktop, or add --headless for "
        "JSON lines without a window.",
    },
    "library_missing": {
        "fr": "Il manque une bibliothèque ({detail}). Installez requirements-scanner.txt ; sous "
        "Debian et Ubuntu aussi : apt-get install libgl1 libglib2.0-0.",
        "ar": "تنقص مكتبة برمجية ({detail}). ثبتوا requirements-scanner.txt؛ وعلى دبيان وأوبونتو "
        "أيضا: apt-get install libgl1 libglib2.0-0.",
        "en": "A library is missing ({detail}). Install requirements-scanner.txt; on Debian and "
        "Ubuntu also: apt-get install libgl1 libglib2.0-0.",
    },
    "bad_server": {
        "fr": "{server} n'est pas une adresse de serveur. Exemple : --server https://192.168.1.10:8443",
        "ar": "{server} ليس عنوان خادم. مثال: --server https://192.168.1.10:8443",
        "en": "{server} is not a server's address. Example: --server https://192.168.1.10:8443",
    },
    "no_cafile": {
        "fr": "Le certificat {cafile} n'existe pas. Copiez-le depuis le serveur.",
        "ar": "الشهادة {cafile} غير موجودة. انسخوها من الخادم.",
        "en": "The certificate {cafile} does not exist. Copy it from the server.",
    },
    "not_paired": {
        "fr": "Cet ordinateur n'est pas encore associé à une porte. Demandez un code à "
        "l'organisateur et ajoutez --pair CODE.",
        "ar": "هذا الحاسوب غير مرتبط بأي باب بعد. اطلبوا رمزا من المنظم وأضيفوا --pair CODE.",
        "en": "This computer is not paired with a gate yet. Ask the organiser for a code and add "
        "--pair CODE.",
    },
    "pairing_refused": {
        "fr": "Ce code d'association n'est pas ou plus valable (il sert une fois, pendant dix "
        "minutes). Demandez-en un autre à l'organisateur.",
        "ar": "رمز الربط هذا غير صالح أو انتهت صلاحيته (يُستعمل مرة واحدة خلال عشر دقائق). "
        "اطلبوا رمزا آخر من المنظم.",
        "en": "This pairing code is not valid, or no longer (it works once, for ten minutes). Ask "
        "the organiser for another one.",
    },
    "spool_unwritable": {
        "fr": "Scan NON enregistré : impossible d'écrire sur le disque ({detail}). Libérez de la "
        "place ou choisissez un autre dossier avec --spool, puis rescannez.",
        "ar": "لم تُحفظ العملية: تعذرت الكتابة على القرص ({detail}). وفروا مساحة أو اختاروا مجلدا "
        "آخر عبر --spool ثم أعيدوا المسح.",
        "en": "Scan NOT saved: the disk cannot be written ({detail}). Free some space or choose "
        "another folder with --spool, then scan again.",
    },
    "unreachable": {
        "fr": "Le serveur {server} ne répond pas. Vérifiez le réseau et l'adresse.",
        "ar": "الخادم {server} لا يجيب. تحققوا من الشبكة ومن العنوان.",
        "en": "The server {server} does not answer. Check the network and the address.",
    },
    "certificate_refused": {
        "fr": "Le certificat de {server} n'est pas reconnu. Copiez-le depuis le serveur et ajoutez "
        "--cafile FICHIER.",
        "ar": "شهادة {server} غير معروفة. انسخوها من الخادم وأضيفوا --cafile FILE.",
        "en": "The certificate of {server} is not trusted. Copy it from the server and add "
        "--cafile FILE.",
    },
    "token_refused": {
        "fr": "Cet appareil n'est plus autorisé. Demandez un code à l'organisateur et associez-le "
        "à nouveau avec --pair CODE ; les scans en attente sont gardés.",
        "ar": "لم يعد هذا الجهاز مرخصا. اطلبوا رمزا من المنظم وأعيدوا ربطه عبر --pair CODE؛ "
        "العمليات المنتظرة محفوظة.",
        "en": "This device is no longer allowed. Ask the organiser for a code and pair it again "
        "with --pair CODE; the waiting scans are kept.",
    },
    "rejected": {
        "fr": "Le serveur n'a pas pu lire ce scan ({detail}). Il est mis de côté : prévenez "
        "l'organisateur.",
        "ar": "لم يتمكن الخادم من قراءة هذه العملية ({detail}). وُضعت جانبا: أخبروا المنظم.",
        "en": "The server could not read this scan ({detail}). It is set aside: tell the "
        "organiser.",
    },
    "kept": {
        "fr": "Non confirmé : le serveur ne répond pas. Scan gardé, il sera envoyé.",
        "ar": "غير مؤكد: الخادم لا يجيب. العملية محفوظة وستُرسل.",
        "en": "Not confirmed: the server does not answer. The scan is kept and will be sent.",
    },
    "not_ours": {
        "fr": "Ce code n'est pas un de nos badges",
        "ar": "هذا الرمز ليس شارة من شاراتنا",
        "en": "This code is not one of our badges",
    },
    "again": {
        "fr": "Code incomplet ou mal lu : présentez le badge encore une fois",
        "ar": "رمز ناقص أو غير واضح: قدموا الشارة مرة أخرى",
        "en": "Part of a code, or misread: show the badge again",
    },
    "no_zbar": {
        "fr": "Note : la bibliothèque zbar manque, la lecture continue sans elle "
        "(Debian, Ubuntu : apt-get install --no-install-recommends libzbar0).",
        "ar": "ملاحظة: مكتبة zbar غير مثبتة، والقراءة مستمرة دونها "
        "(apt-get install --no-install-recommends libzbar0).",
        "en": "Note: the zbar library is missing, reading goes on without it "
        "(Debian, Ubuntu: apt-get install --no-install-recommends libzbar0).",
    },
    "no_raqm": {
        "fr": "Note : libfribidi manque, l'arabe s'affichera mal (Debian, Ubuntu : apt-get install "
        "libfribidi0).",
        "ar": "ملاحظة: libfribidi غير مثبتة، سيظهر النص العربي مشوها "
        "(apt-get install libfribidi0).",
        "en": "Note: libfribidi is missing, Arabic will look wrong (Debian, Ubuntu: apt-get "
        "install libfribidi0).",
    },
    "uploaded": {
        "fr": "Scans en attente envoyés : {count}",
        "ar": "العمليات المنتظرة التي أُرسلت: {count}",
        "en": "Waiting scans sent: {count}",
    },
    "still_waiting": {
        "fr": "Scans pas encore envoyés : {count}. Ils partiront au prochain démarrage.",
        "ar": "عمليات لم تُرسل بعد: {count}. ستُرسل عند التشغيل المقبل.",
        "en": "Scans not sent yet: {count}. They will go at the next start.",
    },
    "set_aside": {
        "fr": "Scans refusés comme illisibles et mis de côté : {count}. Prévenez l'organisateur.",
        "ar": "عمليات رُفضت ووُضعت جانبا: {count}. أخبروا المنظم.",
        "en": "Scans rejected as unreadable and set aside: {count}. Tell the organiser.",
    },
    "paired": {
        "fr": "Associé à la porte {gate}.",
        "ar": "تم الربط بالباب {gate}.",
        "en": "Paired with gate {gate}.",
    },
    "annulled": {
        "fr": "Dernier scan annulé",
        "ar": "أُلغيت آخر عملية",
        "en": "Last scan annulled",
    },
    "nothing_to_annul": {
        "fr": "Rien à annuler",
        "ar": "لا شيء لإلغائه",
        "en": "Nothing to annul",
    },
    "annul_refused": {
        "fr": "Annulation refusée : appelez un superviseur",
        "ar": "رُفض الإلغاء: نادوا على المشرف",
        "en": "Annulment refused: call a supervisor",
    },
    "annul_offline": {
        "fr": "Annulation impossible hors ligne",
        "ar": "لا يمكن الإلغاء دون اتصال",
        "en": "Cannot annul while offline",
    },
    "source_ended": {
        "fr": "Fin de la vidéo",
        "ar": "انتهى الفيديو",
        "en": "End of the video",
    },
}

# Short words of the screen.
_LABELS: dict[str, dict[str, str]] = {
    "admitted": {"fr": "ADMIS", "ar": "مقبول", "en": "ADMITTED"},
    "left": {"fr": "SORTIE", "ar": "خروج", "en": "EXIT"},
    "already": {"fr": "DÉJÀ ENTRÉ", "ar": "دخل من قبل", "en": "ALREADY IN"},
    "refused": {"fr": "REFUSÉ", "ar": "مرفوض", "en": "REFUSED"},
    "fault": {"fr": "PROBLÈME", "ar": "مشكل", "en": "PROBLEM"},
    "pending": {"fr": "À CONFIRMER", "ar": "في انتظار التأكيد", "en": "TO BE CONFIRMED"},
    "show_badge": {"fr": "Présentez le badge", "ar": "قدموا الشارة", "en": "Show the badge"},
    "gate": {"fr": "Porte", "ar": "الباب", "en": "Gate"},
    "online": {"fr": "En ligne", "ar": "متصل", "en": "Online"},
    "offline": {"fr": "Hors ligne", "ar": "غير متصل", "en": "Offline"},
    "waiting": {"fr": "En attente", "ar": "في الانتظار", "en": "Waiting"},
    "aside": {"fr": "Mis de côté", "ar": "وُضع جانبا", "en": "Set aside"},
    "today": {"fr": "Admis ici", "ar": "دخلوا من هنا", "en": "Admitted here"},
    "entry": {"fr": "ENTRÉE", "ar": "دخول", "en": "ENTRY"},
    "exit": {"fr": "SORTIE", "ar": "خروج", "en": "EXIT"},
    "first_admission": {
        "fr": "Entré à {time} · {gate}",
        "ar": "دخل على الساعة {time} · {gate}",
        "en": "Came in at {time} · {gate}",
    },
    "arrived": {
        "fr": "{arrived} arrivés sur {quota}",
        "ar": "وصل {arrived} من {quota}",
        "en": "{arrived} arrived of {quota}",
    },
    "clock": {
        "fr": "Horloge : {skew} s d'écart",
        "ar": "فرق الساعة: {skew} ث",
        "en": "Clock off by {skew} s",
    },
    "keys": {
        "fr": "? aide · T taper un code · F chercher · W sans badge · Z annuler · Espace suivant",
        "ar": "? المساعدة · T كتابة رمز · F بحث · W دون شارة · Z إلغاء · مسافة: التالي",
        "en": "? help · T type a code · F search · W no badge · Z annul · Space next",
    },
}


def say(language: str, key: str, **details: object) -> str:
    """Return the sentence or label `key` in `language`; an unknown language reads French.

    Raises:
        KeyError: there is no such key, or a detail that the sentence needs is missing.
    """
    table = _SENTENCES.get(key) or _LABELS.get(key) or WINDOW_WORDS[key]
    return table[language if language in LANGUAGES else DEFAULT_LANGUAGE].format(**details)


def next_language(language: str) -> str:
    """Return the language that the key L switches to."""
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
