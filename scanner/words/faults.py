"""Sentences about faults, each under the `code` of its error; they say what to do."""

from __future__ import annotations

FAULTS: dict[str, dict[str, str]] = {
    "no_camera": {
        "fr": "La caméra {source} ne s’ouvre pas. Branchez-la, fermez les programmes qui "
        "l’utilisent, ou choisissez-en une autre : --source 1.",
        "ar": "تعذر فتح الكاميرا {source}. أوصلوها، وأغلقوا البرامج التي تستعملها، أو اختاروا "
        "كاميرا أخرى: --source 1.",
        "en": "Camera {source} does not open. Plug it in, close the programs that use it, or "
        "choose another one: --source 1.",
    },
    "camera_in_use": {
        "fr": "Un autre programme utilise la caméra {source}. Fermez-le (visioconférence, "
        "navigateur) ou choisissez une autre caméra.",
        "ar": "برنامج آخر يستعمل الكاميرا {source}. أغلقوه (مكالمات الفيديو، المتصفح) أو اختاروا "
        "كاميرا أخرى.",
        "en": "Another program uses camera {source}. Close it (video calls, browser) or choose "
        "another camera.",
    },
    "camera_denied": {
        "fr": "Ce compte n’a pas le droit d’ouvrir la caméra {source}. Autorisez-la dans les "
        "réglages ; sous Linux, ajoutez le compte au groupe video.",
        "ar": "لا يحق لهذا الحساب فتح الكاميرا {source}. اسمحوا بها في الإعدادات؛ وعلى لينكس "
        "أضيفوا الحساب إلى المجموعة video.",
        "en": "This account may not open camera {source}. Allow it in the settings; on Linux add "
        "the account to the group video.",
    },
    "camera_lost": {
        "fr": "La caméra {source} ne donne plus d’image. Rebranchez-la : elle revient toute "
        "seule. Les scans sont gardés.",
        "ar": "توقفت الكاميرا {source} عن إرسال الصور. أعيدوا توصيلها وستعود وحدها. العمليات "
        "محفوظة.",
        "en": "Camera {source} gives no more pictures. Plug it in again: it comes back by itself. "
        "The scans are kept.",
    },
    "source_missing": {
        "fr": "{source} n’existe pas. Donnez à --source un numéro de caméra, un fichier, un "
        "dossier d’images ou une adresse http.",
        "ar": "{source} غير موجود. أعطوا --source رقم كاميرا أو ملفا أو مجلد صور أو عنوان http.",
        "en": "{source} does not exist. Give --source a camera number, a file, a folder of images "
        "or an http address.",
    },
    "source_unreadable": {
        "fr": "Aucune image lisible dans {source}. Vérifiez que c’est une vidéo ou des images.",
        "ar": "لا توجد صور مقروءة في {source}. تأكدوا أنه فيديو أو صور.",
        "en": "No readable picture in {source}. Check that it is a video or images.",
    },
    "no_display": {
        "fr": "Aucun écran : lancez le scanner depuis le bureau de l’ordinateur, ou ajoutez "
        "--headless pour des lignes JSON sans fenêtre.",
        "ar": "لا توجد شاشة: شغلوا البرنامج من سطح مكتب الحاسوب، أو أضيفوا --headless للحصول "
        "على أسطر JSON دون نافذة.",
        "en": "No screen: start the scanner from the computer's desktop, or add --headless for "
        "JSON lines without a window.",
    },
    "library_missing": {
        "fr": "Il manque une bibliothèque ({detail}). Lancez : pip install --no-deps "
        "--require-hashes -r requirements-scanner.txt ; sous Debian et Ubuntu aussi : "
        "apt-get install libgl1 libglib2.0-0.",
        "ar": "تنقص مكتبة برمجية ({detail}). شغلوا: pip install --no-deps --require-hashes "
        "-r requirements-scanner.txt؛ وعلى دبيان وأوبونتو أيضا: "
        "apt-get install libgl1 libglib2.0-0.",
        "en": "A library is missing ({detail}). Run: pip install --no-deps --require-hashes "
        "-r requirements-scanner.txt; on Debian and Ubuntu also: "
        "apt-get install libgl1 libglib2.0-0.",
    },
    "bad_server": {
        "fr": "{server} n’est pas une adresse de serveur. Exemple : --server https://192.168.1.10:8443",
        "ar": "{server} ليس عنوان خادم. مثال: --server https://192.168.1.10:8443",
        "en": "{server} is not a server's address. Example: --server https://192.168.1.10:8443",
    },
    "no_cafile": {
        "fr": "Le certificat {cafile} n’existe pas. Copiez-le depuis le serveur.",
        "ar": "الشهادة {cafile} غير موجودة. انسخوها من الخادم.",
        "en": "The certificate {cafile} does not exist. Copy it from the server.",
    },
    "not_paired": {
        "fr": "Cet ordinateur n’est pas encore associé à une porte. Demandez un code à "
        "l’organisateur et ajoutez --pair CODE.",
        "ar": "هذا الحاسوب غير مرتبط بأي باب بعد. اطلبوا رمزا من المنظم وأضيفوا --pair CODE.",
        "en": "This computer is not paired with a gate yet. Ask the organiser for a code and add "
        "--pair CODE.",
    },
    "several_servers": {
        "fr": "Cet ordinateur connaît plusieurs serveurs : ajoutez --server et l’un d’eux "
        "({servers}).",
        "ar": "يعرف هذا الحاسوب عدة خوادم: أضيفوا --server وأحدها ({servers}).",
        "en": "This computer knows several servers: add --server and one of them ({servers}).",
    },
    "pairing_refused": {
        "fr": "Ce code d’association n’est pas ou plus valable (il sert une fois, pendant dix "
        "minutes). Demandez-en un autre à l’organisateur.",
        "ar": "رمز الربط هذا غير صالح أو انتهت صلاحيته (يُستعمل مرة واحدة خلال عشر دقائق). "
        "اطلبوا رمزا آخر من المنظم.",
        "en": "This pairing code is not valid, or no longer (it works once, for ten minutes). Ask "
        "the organiser for another one.",
    },
    "spool_unwritable": {
        "fr": "Scan NON enregistré : impossible d’écrire sur le disque ({detail}). Libérez de la "
        "place ou choisissez un autre dossier avec --spool, puis rescannez.",
        "ar": "لم تُحفظ العملية: تعذرت الكتابة على القرص ({detail}). وفروا مساحة أو اختاروا مجلدا "
        "آخر عبر --spool ثم أعيدوا المسح.",
        "en": "Scan NOT saved: the disk cannot be written ({detail}). Free some space or choose "
        "another folder with --spool, then scan again.",
    },
    "unreachable": {
        "fr": "Le serveur {server} ne répond pas. Vérifiez le réseau et l’adresse.",
        "ar": "الخادم {server} لا يجيب. تحققوا من الشبكة ومن العنوان.",
        "en": "The server {server} does not answer. Check the network and the address.",
    },
    "other_scheme_answers": {
        "fr": "Marhaba ne répond pas à l’adresse {server}, mais à {other} : utilisez celle-ci si "
        "l’organisateur montre la même.",
        "ar": "لا يجيب Marhaba على العنوان {server} بل على {other}: استعملوا هذا الأخير إن كان "
        "هو الذي يعرضه المنظم.",
        "en": "Marhaba does not answer at {server}, but at {other}: use that address if the "
        "organiser shows the same one.",
    },
    "certificate_refused": {
        "fr": "Le certificat de {server} n’est pas reconnu. Associez cet ordinateur avec le QR de "
        "l’organisateur, ou ajoutez --fingerprint EMPREINTE ou --cafile FICHIER.",
        "ar": "شهادة {server} غير معروفة. اربطوا هذا الحاسوب برمز QR الخاص بالمنظم، أو أضيفوا "
        "--fingerprint SHA256 أو --cafile FILE.",
        "en": "The certificate of {server} is not trusted. Pair this computer with the "
        "organiser's QR, or add --fingerprint SHA256 or --cafile FILE.",
    },
    "certificate_not_of_cafile": {
        "fr": "Le certificat de {server} n’est pas garanti par le fichier {cafile}. Demandez à "
        "l’organisateur le bon fichier, ou enlevez --cafile et associez avec son QR.",
        "ar": "الملف {cafile} لا يضمن شهادة {server}. اطلبوا الملف الصحيح من المنظم، أو احذفوا "
        "--cafile واربطوا برمز QR الخاص به.",
        "en": "The file {cafile} does not vouch for the certificate of {server}. Ask the "
        "organiser for the right file, or leave out --cafile and pair with their QR.",
    },
    "certificate_changed": {
        "fr": "Le certificat de {server} n’est plus celui que cet ordinateur a appris en "
        "s’associant. Prévenez l’organisateur, puis associez à nouveau avec son QR.",
        "ar": "شهادة {server} ليست التي تعلّمها هذا الحاسوب عند الربط. أخبروا المنظم، ثم أعيدوا "
        "الربط برمز QR الخاص به.",
        "en": "The certificate of {server} is not the one that this computer learned when it was "
        "paired. Tell the organiser, then pair again with their QR.",
    },
    "certificate_of_other_name": {
        "fr": "Le certificat du serveur ne vaut pas pour l’adresse {server}. Utilisez celle que "
        "montre l’organisateur (python -m checkin doctor dit lesquelles valent).",
        "ar": "شهادة الخادم لا تصلح للعنوان {server}. استعملوا العنوان الذي يعرضه المنظم "
        "(python -m checkin doctor يبيّن العناوين الصالحة).",
        "en": "The server's certificate is not about the address {server}. Use the one that the "
        "organiser shows (python -m checkin doctor says which it is about).",
    },
    "certificate_out_of_date": {
        "fr": "D’après l’horloge de cet ordinateur, le certificat de {server} n’est pas valable "
        "aujourd’hui. Mettez l’ordinateur à la bonne date, puis relancez.",
        "ar": "حسب ساعة هذا الحاسوب، شهادة {server} غير صالحة اليوم. صحّحوا تاريخ الحاسوب ثم أعيدوا "
        "التشغيل.",
        "en": "By this computer's clock the certificate of {server} is not valid today. Set the "
        "computer's date, then start again.",
    },
    "authority_refused": {
        "fr": "{server} ne montre pas le certificat de l’organisateur (attendu : {check}). Rien ne "
        "lui a été envoyé. Vérifiez l’adresse et le réseau, et prévenez l’organisateur.",
        "ar": "{server} لا يُظهر شهادة المنظم (المنتظر: {check}). لم يُرسل إليه شيء. تحققوا من "
        "العنوان ومن الشبكة وأخبروا المنظم.",
        "en": "{server} does not show the organiser's certificate (expected: {check}). Nothing was "
        "sent to it. Check the address and the network, and tell the organiser.",
    },
    "fingerprint_without_tls": {
        "fr": "Une empreinte ne protège rien à l’adresse {server} : utilisez l’adresse en https, "
        "ou enlevez --fingerprint.",
        "ar": "البصمة لا تحمي شيئا على العنوان {server}: استعملوا عنوان https أو احذفوا "
        "--fingerprint.",
        "en": "A fingerprint protects nothing at the address {server}: use the https address, or "
        "leave out --fingerprint.",
    },
    "token_refused": {
        "fr": "Cet appareil n’est plus autorisé. Demandez un code à l’organisateur et associez-le "
        "à nouveau avec --pair CODE ; les scans en attente sont gardés.",
        "ar": "لم يعد هذا الجهاز مرخصا. اطلبوا رمزا من المنظم وأعيدوا ربطه عبر --pair CODE؛ "
        "العمليات المنتظرة محفوظة.",
        "en": "This device is no longer allowed. Ask the organiser for a code and pair it again "
        "with --pair CODE; the waiting scans are kept.",
    },
    "wipe_failed": {
        "fr": "Appareil révoqué, mais son disque n’a pas tout laissé effacer ({detail}). "
        "N’utilisez plus cet ordinateur et apportez-le à l’organisateur.",
        "ar": "أُلغي ترخيص هذا الجهاز، لكن قرصه لم يسمح بمسح كل شيء ({detail}). "
        "لا تستعملوا هذا الحاسوب بعد الآن وسلموه للمنظم.",
        "en": "Device revoked, but its disk did not let everything be erased ({detail}). "
        "Do not use this computer any more and bring it to the organiser.",
    },
    "wiped": {
        "fr": "Appareil révoqué : liste, jeton et noms effacés de cet ordinateur. Scans pas encore "
        "envoyés, gardés ici : {count}. Apportez l’ordinateur à l’organisateur.",
        "ar": "أُلغي ترخيص هذا الجهاز: مُسحت اللائحة والرمز والأسماء من هذا الحاسوب. عمليات لم "
        "تُرسل بعد ومحفوظة هنا: {count}. سلموا الحاسوب للمنظم.",
        "en": "Device revoked: list, token and names are erased from this computer. Scans not sent "
        "yet, kept here: {count}. Bring the computer to the organiser.",
    },
    "asked_too_often": {
        "fr": "Trop d’essais sur cet appareil. Attendez {minutes} min, ou envoyez la personne "
        "à une autre porte.",
        "ar": "محاولات كثيرة من هذا الجهاز. مدة الانتظار بالدقائق: {minutes}. أو وجّهوا الشخص إلى "
        "باب آخر.",
        "en": "Too many tries on this device. Wait {minutes} min, or send the person to another "
        "gate.",
    },
    "rejected": {
        "fr": "Le serveur n’a pas pu lire ce scan ({detail}). Il est mis de côté : prévenez "
        "l’organisateur.",
        "ar": "لم يتمكن الخادم من قراءة هذه العملية ({detail}). وُضعت جانبا: أخبروا المنظم.",
        "en": "The server could not read this scan ({detail}). It is set aside: tell the "
        "organiser.",
    },
    "list_refused": {
        "fr": "La liste reçue n’est pas celle de l’événement ({objection}) : elle est ignorée, "
        "l’ancienne reste. Prévenez l’organisateur.",
        "ar": "اللائحة المستلمة ليست لائحة هذا الحدث ({objection}): تم تجاهلها والاحتفاظ "
        "بالسابقة. أخبروا المنظم.",
        "en": "The list received is not the event's ({objection}): it is ignored and the one at "
        "hand stays. Tell the organiser.",
    },
}
