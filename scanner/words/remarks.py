"""What the scanner remarks by itself: what it did, and what a person should know."""

from __future__ import annotations

REMARKS: dict[str, dict[str, str]] = {
    "kept": {
        "fr": "Non confirmé (hors ligne) : gardé, sera envoyé",
        "ar": "غير مؤكد (دون اتصال): محفوظ وسيُرسل",
        "en": "Not confirmed (offline): kept, will be sent",
    },
    "list_stale": {
        "fr": "La liste de cette porte a plus de 30 minutes : vérifiez le réseau",
        "ar": "مرت أكثر من 30 دقيقة على لائحة هذا الباب: تحققوا من الشبكة",
        "en": "This gate's list is older than 30 minutes: check the network",
    },
    "clock_off": {
        "fr": "L’horloge de cet ordinateur a plus d’une minute d’écart : les heures sont corrigées",
        "ar": "ساعة هذا الحاسوب منحرفة بأكثر من دقيقة: يجري تصحيح الأوقات",
        "en": "This computer's clock is more than a minute off: times are corrected",
    },
    "contradicted": {
        "fr": "Personnes admises hors ligne et contestées par le serveur : {count}. Prévenez "
        "l’organisateur.",
        "ar": "أشخاص دخلوا دون اتصال واعترض عليهم الخادم: {count}. أخبروا المنظم.",
        "en": "People let in offline whom the server objects to: {count}. Tell the organiser.",
    },
    "not_ours": {
        "fr": "Ce code n’est pas un de nos badges",
        "ar": "هذا الرمز ليس شارة من شاراتنا",
        "en": "This code is not one of our badges",
    },
    "again": {
        "fr": "Code incomplet ou mal lu : présentez le badge encore une fois",
        "ar": "رمز ناقص أو غير واضح: قدموا الشارة مرة أخرى",
        "en": "Part of a code, or misread: show the badge again",
    },
    "no_zbar": {
        "fr": "Note : la bibliothèque zbar manque, la lecture continue sans elle "
        "(Debian, Ubuntu : apt-get install --no-install-recommends libzbar0).",
        "ar": "ملاحظة: مكتبة zbar غير مثبتة، والقراءة مستمرة دونها "
        "(apt-get install --no-install-recommends libzbar0).",
        "en": "Note: the zbar library is missing, reading goes on without it "
        "(Debian, Ubuntu: apt-get install --no-install-recommends libzbar0).",
    },
    "no_raqm": {
        "fr": "Note : libfribidi manque, l’arabe s’affichera mal (Debian, Ubuntu : apt-get install "
        "libfribidi0).",
        "ar": "ملاحظة: libfribidi غير مثبتة، سيظهر النص العربي مشوها "
        "(apt-get install libfribidi0).",
        "en": "Note: libfribidi is missing, Arabic will look wrong (Debian, Ubuntu: apt-get "
        "install libfribidi0).",
    },
    "uploaded": {
        "fr": "Scans en attente envoyés : {count}",
        "ar": "العمليات المنتظرة التي أُرسلت: {count}",
        "en": "Waiting scans sent: {count}",
    },
    "still_waiting": {
        "fr": "Scans pas encore envoyés : {count}. Ils partiront au prochain démarrage.",
        "ar": "عمليات لم تُرسل بعد: {count}. ستُرسل عند التشغيل المقبل.",
        "en": "Scans not sent yet: {count}. They will go at the next start.",
    },
    "set_aside": {
        "fr": "Scans refusés comme illisibles et mis de côté : {count}. Prévenez l’organisateur ; "
        "--set-aside les montre.",
        "ar": "عمليات رُفضت ووُضعت جانبا: {count}. أخبروا المنظم؛ يعرضها --set-aside.",
        "en": "Scans rejected as unreadable and set aside: {count}. Tell the organiser; "
        "--set-aside lists them.",
    },
    "show_pairing": {
        "fr": "Montrez à la caméra le QR de la page Appareils, ou tapez le code : {typed}",
        "ar": "أظهروا للكاميرا رمز صفحة الأجهزة، أو اكتبوا رمز الربط: {typed}",
        "en": "Show the camera the QR of the Devices page, or type the code: {typed}",
    },
    "show_pairing_qr": {
        "fr": "Montrez à la caméra le QR d’association de la page Appareils (Échap : quitter)",
        "ar": "أظهروا للكاميرا رمز الربط المعروض في صفحة الأجهزة (Esc: إنهاء)",
        "en": "Show the camera the pairing QR of the Devices page (Esc: quit)",
    },
    "authority_same": {
        "fr": "Ces caractères sont-ils ceux de l’organisateur ?",
        "ar": "هل هذه الحروف هي نفسها عند المنظم؟",
        "en": "Are these characters the organiser's?",
    },
    "authority_seen": {
        "fr": "Cet ordinateur ne connaît pas encore {server}. Comparez ces caractères avec ceux de "
        "la page Appareils, à côté du code. Rien n’a encore été envoyé.",
        "ar": "هذا الحاسوب لا يعرف {server} بعد. قارنوا هذه الحروف بما يظهر في صفحة الأجهزة بجانب "
        "الرمز. لم يُرسل شيء بعد.",
        "en": "This computer does not know {server} yet. Compare these characters with those on "
        "the Devices page, beside the code. Nothing was sent yet.",
    },
    "authority_keys": {
        "fr": "O : oui, les mêmes · N : non",
        "ar": "Y: نعم، هي نفسها · N: لا",
        "en": "Y: yes, the same · N: no",
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
        "fr": "Annulation refusée : appelez un superviseur",
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
    "camera_back": {
        "fr": "La caméra fonctionne de nouveau",
        "ar": "عادت الكاميرا إلى العمل",
        "en": "The camera works again",
    },
    "sound_on": {"fr": "Son activé", "ar": "الصوت مشغل", "en": "Sound on"},
    "sound_off": {"fr": "Son coupé", "ar": "الصوت مغلق", "en": "Sound off"},
}
