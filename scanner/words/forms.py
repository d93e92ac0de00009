"""What the forms of the window say."""

from __future__ import annotations

FORMS: dict[str, dict[str, str]] = {
    "form_code": {"fr": "Taper un code", "ar": "كتابة رمز", "en": "Type a code"},
    "form_search": {
        "fr": "Chercher un participant",
        "ar": "البحث عن مشارك",
        "en": "Search for a participant",
    },
    "form_override": {
        "fr": "Dérogation d’un superviseur",
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
        "fr": "Entrée : valider · Tab : champ suivant · flèches : choisir · Échap : fermer",
        "ar": "إدخال: تأكيد · Tab: الخانة التالية · الأسهم: اختيار · Esc: إغلاق",
        "en": "Enter: confirm · Tab: next field · arrows: choose · Esc: close",
    },
    "asking": {"fr": "Un instant…", "ar": "لحظة من فضلكم…", "en": "One moment…"},
    "three_letters": {
        "fr": "Tapez au moins trois lettres du nom",
        "ar": "اكتبوا ثلاثة أحرف من الاسم على الأقل",
        "en": "Type at least three letters of the name",
    },
    "found": {"fr": "Trouvés : {count}", "ar": "عدد النتائج: {count}", "en": "Found: {count}"},
    "found_nobody": {
        "fr": "Personne de ce nom. Essayez une autre orthographe.",
        "ar": "لا أحد بهذا الاسم. جربوا كتابة أخرى.",
        "en": "Nobody of this name. Try another spelling.",
    },
    "code_wrong": {
        "fr": "Ce code n’est pas juste : vérifiez chaque lettre et recommencez",
        "ar": "الرمز غير صحيح: تحققوا من كل حرف وأعيدوا المحاولة",
        "en": "This code is not right: check each letter and try again",
    },
    "pin_refused": {
        "fr": "PIN refusé : demandez au superviseur de le taper lui-même",
        "ar": "الرمز السري مرفوض: اطلبوا من المشرف أن يكتبه بنفسه",
        "en": "PIN refused: ask the supervisor to type it",
    },
    "possible_duplicate": {
        "fr": "Une personne de ce nom est déjà inscrite. Entrée encore : inscrire quand même.",
        "ar": "يوجد مسجل بهذا الاسم. اضغطوا إدخال مرة أخرى للتسجيل رغم ذلك.",
        "en": "Somebody of this name is registered. Enter again: register anyway.",
    },
    "desk_rejected": {
        "fr": "Le serveur n’accepte pas cette demande ({detail})",
        "ar": "لم يقبل الخادم هذا الطلب ({detail})",
        "en": "The server does not take this request ({detail})",
    },
    "search_offline": {
        "fr": "La recherche demande le réseau : sans lui, cette liste ne s’ouvre qu’avec un badge. "
        "Tapez le code écrit sous le QR (T).",
        "ar": "البحث يحتاج إلى الشبكة: بدونها لا تُفتح اللائحة إلا بالشارة. اكتبوا الرمز المطبوع "
        "تحت المربع (T).",
        "en": "Searching needs the network: without it this list opens only with a badge. Type the "
        "code under the QR (T).",
    },
    "override_offline": {
        "fr": "Une dérogation demande le réseau : lui seul vérifie le PIN. Attendez, ou envoyez la "
        "personne à une porte en ligne.",
        "ar": "الاستثناء يحتاج إلى الشبكة للتحقق من الرمز السري. انتظروا أو أرسلوا الشخص إلى باب "
        "متصل.",
        "en": "An override needs the network: only there is the PIN checked. Wait, or send the "
        "person to a gate that is online.",
    },
    "walk_in_offline": {
        "fr": "Sans réseau, cette porte n’admet que sur les places qui lui sont prêtées.",
        "ar": "دون شبكة لا يقبل هذا الباب إلا في الأماكن المُعارة له.",
        "en": "Without the network this gate lets in only on the places that it was lent.",
    },
    "walk_in_kept": {
        "fr": "Plus de place prêtée ici : gardé, PAS admis. Réseau revenu : W, Entrée. Sinon, une "
        "porte en ligne.",
        "ar": "لم يبق هنا مكان مُعار: محفوظ ولم يُقبل. حين تعود الشبكة: W ثم إدخال. وإلا فباب متصل.",
        "en": "No lent place left here: kept, NOT let in. Once the network is back: W, Enter. Else "
        "a gate online.",
    },
    "walk_in_draft": {
        "fr": "Le réseau est revenu. Entrée : inscrire cette personne.",
        "ar": "عادت الشبكة. إدخال: تسجيل هذا الشخص.",
        "en": "The network is back. Enter: register this person.",
    },
    "drafts_unsent": {
        "fr": "Des inscriptions attendent le réseau et seraient perdues. Q encore : quitter.",
        "ar": "تسجيلات تنتظر الشبكة وستضيع. Q مرة أخرى: إنهاء.",
        "en": "Registrations wait for the network and would be lost. Q again: quit.",
    },
    "nothing_to_override": {
        "fr": "Scannez d’abord le badge refusé",
        "ar": "امسحوا أولا الشارة المرفوضة",
        "en": "Scan the refused badge first",
    },
    "no_cameras": {
        "fr": "Aucune caméra trouvée : branchez-en une",
        "ar": "لم نجد أي كاميرا: أوصلوا واحدة",
        "en": "No camera found: plug one in",
    },
    "status_confirmed": {"fr": "confirmé", "ar": "مؤكد", "en": "confirmed"},
    "status_reserve": {"fr": "liste d’attente", "ar": "لائحة الانتظار", "en": "reserve list"},
    "status_canceled": {"fr": "annulé", "ar": "ملغى", "en": "cancelled"},
    "status_blocked": {"fr": "■ entrée bloquée", "ar": "■ ممنوع من الدخول", "en": "■ blocked"},
}
