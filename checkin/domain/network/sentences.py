"""Sentences about the addresses of the server and of its mail.

As in `checkin.domain.common.problem_sentences`, of which these are a part.
"""

from __future__ import annotations

ADDRESS_NAMES = {
    "base_url": {"fr": "Adresse du serveur", "ar": "عنوان الخادم", "en": "Server's address"},
    "mail_from": {
        "fr": "Expéditeur des e-mails",
        "ar": "مُرسِل الرسائل",
        "en": "Sender of e-mails",
    },
}
ADDRESS_SENTENCES = {
    "url_only_here": {
        "fr": "seule cette machine comprend {value}, donc rien ne part avec cette adresse ; "
        "indiquez celle que les autres utilisent (CHECKIN_BASE_URL).",
        "ar": "{value} لا تفهمه إلا هذه الآلة، فلا شيء يخرج بهذا العنوان؛ حدّدوا العنوان الذي "
        "يستعمله الآخرون (CHECKIN_BASE_URL).",
        "en": "only this machine understands {value}, so nothing leaves with it; set the address "
        "that others use (CHECKIN_BASE_URL).",
    },
    "sender_only_here": {
        "fr": "seule cette machine comprend {value}, donc aucun e-mail ne part ; indiquez une "
        "adresse qui reçoit des réponses (CHECKIN_MAIL_FROM).",
        "ar": "{value} لا تفهمه إلا هذه الآلة، فلا تخرج أي رسالة؛ حدّدوا عنواناً تصل إليه الأجوبة "
        "(CHECKIN_MAIL_FROM).",
        "en": "only this machine understands {value}, so no e-mail leaves; set an address that "
        "answers can reach (CHECKIN_MAIL_FROM).",
    },
    "url_scheme": {
        "fr": "{value} ne commence ni par http:// ni par https:// ; écrivez l’adresse entière, "
        "comme https://marhaba.example.org.",
        "ar": "{value} لا يبدأ بـ \u2066http://\u2069 ولا بـ \u2066https://\u2069؛ "
        "اكتبوا العنوان كاملاً، مثل https://marhaba.example.org.",
        "en": "{value} begins neither with http:// nor with https://; write the whole address, "
        "like https://marhaba.example.org.",
    },
    "url_spaces": {
        "fr": "{value} contient un espace ; une adresse n’en a pas.",
        "ar": "{value} يحتوي على فراغ؛ العنوان لا فراغ فيه.",
        "en": "{value} has a space in it; an address has none.",
    },
    "url_password": {
        "fr": "un nom ou un mot de passe (avant @) n’a pas sa place dans une adresse que tout le "
        "monde reçoit ; retirez-le.",
        "ar": "لا مكان لاسم أو كلمة سر (قبل @) في عنوان يصل إلى الجميع؛ احذفوا ذلك.",
        "en": "a name or a password (before @) has no place in an address that everybody gets; "
        "take it out.",
    },
    "url_query": {
        "fr": "{value} continue par ?… ou #… ; arrêtez-vous avant.",
        "ar": "{value} يتواصل بـ ?… أو #…؛ توقفوا قبل ذلك.",
        "en": "{value} goes on with ?… or #…; stop before it.",
    },
    "url_host": {
        "fr": "{value} ne contient pas de nom ni d’adresse IP d’une machine ; écrivez par exemple "
        "https://marhaba.example.org ou http://192.168.1.20:8000.",
        "ar": "{value} لا يحتوي على اسم آلة ولا على عنوان IP؛ اكتبوا مثلاً "
        "https://marhaba.example.org أو http://192.168.1.20:8000.",
        "en": "{value} holds no name and no IP address of a machine; write, for example, "
        "https://marhaba.example.org or http://192.168.1.20:8000.",
    },
    "url_port": {
        "fr": "le port de {value} n’est pas un nombre de 1 à 65535.",
        "ar": "منفذ {value} ليس عدداً من 1 إلى 65535.",
        "en": "the port of {value} is not a number from 1 to 65535.",
    },
    "url_own_path": {
        "fr": "{value} finit par une page de Marhaba ; arrêtez-vous avant, ou donnez au serveur un "
        "autre chemin, comme https://marhaba.example.org/marhaba.",
        "ar": "{value} ينتهي بصفحة من صفحات Marhaba؛ توقفوا قبلها، أو أعطوا الخادم مساراً آخر، مثل "
        "https://marhaba.example.org/marhaba.",
        "en": "{value} ends with a page of Marhaba's own; stop before it, or give the server "
        "another path, like https://marhaba.example.org/marhaba.",
    },
    "url_path": {
        "fr": "le chemin de {value} ne convient pas ; n’y mettez que des lettres sans accent, des "
        "chiffres, - . _ ~ entre des barres simples.",
        "ar": "مسار {value} غير مقبول؛ لا تضعوا فيه إلا حروفاً لاتينية وأرقاماً و- . _ ~ بين خطوط "
        "مائلة مفردة.",
        "en": "the path of {value} will not do; put only plain letters, digits and - . _ ~ between "
        "single slashes.",
    },
    "invalid_sender": {
        "fr": "{value} n’est pas un expéditeur ; écrivez Nom <adresse@example.org>, ou l’adresse "
        "seule.",
        "ar": "{value} ليس مُرسِلاً؛ اكتبوا \u2066Nom <adresse@example.org>\u2069 أو العنوان وحده.",
        "en": "{value} is no sender; write Name <address@example.org>, or the address alone.",
    },
    "url_not_here": {
        "fr": "cette machine a {hints}, et non {value} ; indiquez une adresse qu’elle a, ou le "
        "proxy placé devant le serveur (CHECKIN_TRUSTED_PROXIES).",
        "ar": "لهذه الآلة في الشبكة {hints} وليس {value}؛ حدّدوا عنواناً لها، أو الوسيط الموضوع أمام "
        "الخادم (CHECKIN_TRUSTED_PROXIES).",
        "en": "this machine has {hints}, not {value}; set an address that it has, or name the "
        "proxy in front of the server (CHECKIN_TRUSTED_PROXIES).",
    },
    "url_no_network": {
        "fr": "cette machine n’a pas {value}, ni aucune autre adresse sur un réseau ; "
        "connectez-la, ou indiquez le proxy placé devant le serveur (CHECKIN_TRUSTED_PROXIES).",
        "ar": "ليس لهذه الآلة {value} ولا أي عنوان آخر في شبكة؛ صِلوها بالشبكة، أو حدّدوا الوسيط "
        "الموضوع أمام الخادم (CHECKIN_TRUSTED_PROXIES).",
        "en": "this machine does not have {value}, nor any other address on a network; connect "
        "it, or name the proxy in front of the server (CHECKIN_TRUSTED_PROXIES).",
    },
    "url_answers_elsewhere": {
        "fr": "le serveur répond à {hints}, et non à {value} ; indiquez cette adresse-là, ou le "
        "proxy placé devant le serveur (CHECKIN_TRUSTED_PROXIES).",
        "ar": "الخادم يجيب في {hints} وليس في {value}؛ حدّدوا العنوان الأول، أو الوسيط الموضوع "
        "أمام الخادم (CHECKIN_TRUSTED_PROXIES).",
        "en": "the server answers at {hints}, not at {value}; set the first of them, or name the "
        "proxy in front of the server (CHECKIN_TRUSTED_PROXIES).",
    },
    "not_this_machines_address": {
        "fr": "{value} n’est pas une adresse réseau de cette machine ; choisissez parmi : {hints}.",
        "ar": "{value} ليس من عناوين هذه الآلة في الشبكة؛ اختاروا من: {hints}.",
        "en": "{value} is no network address of this machine; choose one of: {hints}.",
    },
}
