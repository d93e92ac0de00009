"""The sentences of the legal pack, each in French and in Arabic.

They stand here as pairs, because the pack is printed in both whatever the event's language is.
Law 09-08 is cited as the CNDP's own pages do: https://www.cndp.ma
"""

from __future__ import annotations

from typing import Final

from badges.legal.facts import Both

TITLE: Final = Both("Dossier légal", "الملف القانوني")
#: stands where a value is to be filled in by hand
BLANK: Final = "…………………………………"
PRINTED: Final = Both("Établi le", "حُرّر في")
CONTENTS: Final = Both("Contenu", "المحتويات")
COMPLETE: Final = Both("Rien ne manque dans les réglages.", "لا ينقص شيء في الإعدادات.")
TO_COMPLETE: Final = Both(
    "À compléter dans les réglages de l’événement", "يجب إتمامه في إعدادات الحدث"
)
MISSING: Final = {
    "organiser": Both("le responsable du traitement", "المسؤول عن المعالجة"),
    "organiser_address": Both("son adresse postale", "عنوانه البريدي"),
    "contact": Both("comment le joindre", "وسيلة الاتصال به"),
    "cndp_number": Both("le numéro auprès de la CNDP", "الرقم لدى اللجنة الوطنية (CNDP)"),
    "name_ar": Both("le nom de l’événement en arabe", "اسم الحدث بالعربية"),
    "venue_ar": Both("le lieu en arabe", "المكان بالعربية"),
    "categories_ar": Both("le nom arabe d’une catégorie", "الاسم العربي لإحدى الصفات"),
}

EVENT: Final = Both("Événement", "الحدث")
VENUE: Final = Both("Lieu", "المكان")
STARTS: Final = Both("Début", "البداية")
ENDS: Final = Both("Fin", "النهاية")
ORGANISER: Final = Both("Responsable du traitement", "المسؤول عن المعالجة")
ADDRESS: Final = Both("Adresse postale", "العنوان البريدي")
CONTACT: Final = Both("Contact pour exercer ses droits", "الاتصال لممارسة الحقوق")
NUMBER: Final = Both("Numéro auprès de la CNDP", "الرقم لدى اللجنة الوطنية (CNDP)")

REGISTER: Final = Both("Registre : fiche du traitement", "السجل: بطاقة المعالجة")
PURPOSE_LABEL: Final = Both("Finalité", "الغاية")
PURPOSE: Final = Both(
    "Inscrire les participants à l’événement, leur remettre un badge, contrôler les entrées et "
    "compter les arrivées. Aucun autre usage.",
    "تسجيل المشاركين في الحدث وتسليمهم شارة ومراقبة الدخول وعدّ الواصلين. لا استعمال آخر.",
)
BASIS_LABEL: Final = Both("Fondement", "الأساس القانوني")
BASIS: Final = Both(
    "Consentement de la personne (loi 09-08, article 4).",
    "رضا الشخص المعني (القانون 09-08، المادة 4).",
)
SENSITIVE: Final = Both(
    "La présence à l’événement révèle une opinion : ce sont des données sensibles (articles 1, 12 "
    "et 21).",
    "الحضور يكشف عن رأي: هذه معطيات حساسة (المواد 1 و12 و21).",
)
NOT_SENSITIVE: Final = Both(
    "La présence à l’événement ne révèle aucune opinion, selon l’organisateur.",
    "لا يكشف الحضور عن أي رأي، حسب المنظم.",
)
RETENTION_LABEL: Final = Both("Durée de conservation", "مدة الحفظ")
RETENTION: Final = Both(
    "Jours après la fin : {days}. Effacement au plus tard : {date}. Seuls restent des nombres par "
    "délégation, porte et heure.",
    "عدد الأيام بعد النهاية: {days}. المحو في أجل أقصاه: {date}. لا تبقى إلا أعداد حسب الوفد "
    "والباب والساعة.",
)
SECURITY_LABEL: Final = Both("Sécurité (article 23)", "الأمن (المادة 23)")
SECURITY: Final = Both(
    "Comptes nominatifs avec rôles, code QR sans donnée personnelle, listes chiffrées sur les "
    "appareils des portes, clés gardées hors de la base, journal d’activité.",
    "حسابات شخصية بأدوار، رمز QR دون معطيات شخصية، لوائح مشفرة على أجهزة الأبواب، مفاتيح محفوظة "
    "خارج القاعدة، سجل للنشاط.",
)
RIGHTS_LABEL: Final = Both("Droits (articles 7, 8 et 9)", "الحقوق (المواد 7 و8 و9)")
RIGHTS: Final = Both(
    "Accès, rectification, opposition, retrait du consentement : auprès du contact ci-dessus. "
    "Réclamation : CNDP, www.cndp.ma.",
    "الولوج والتصحيح والتعرض وسحب الرضا: لدى جهة الاتصال أعلاه. الشكايات: اللجنة الوطنية لمراقبة "
    "حماية المعطيات ذات الطابع الشخصي (CNDP)، \u2066www.cndp.ma\u2069.",
)

PEOPLE: Final = Both("Personnes concernées, par catégorie", "الأشخاص المعنيون، حسب الصفة")
FIELDS: Final = Both("Données collectées (personnes)", "المعطيات المجموعة (عدد الأشخاص)")
PASSAGES: Final = Both("Données enregistrées en outre", "معطيات تُسجَّل إضافة إلى ذلك")
RECORDED: Final = {
    "scans": Both("Passages aux portes", "عمليات المسح عند الأبواب"),
    "openings": Both("Ouverture de la page du badge", "فتح صفحة الشارة"),
    "messages": Both("E-mails envoyés", "رسائل إلكترونية مرسلة"),
    "seats": Both("Places assises dans les autocars", "مقاعد في الحافلات"),
}
ALL: Final = Both("Total", "المجموع")
ERASED: Final = Both("Effacé : voir l’attestation d’effacement.", "مُحيت: انظروا شهادة المحو.")

ACCESS: Final = Both("Qui voit quoi (comptes actifs)", "من يرى ماذا (الحسابات النشطة)")
ROLES: Final = {
    "administrator": Both(
        "Administrateur : tout, y compris les comptes et l’effacement.",
        "مدير النظام: كل شيء، بما فيه الحسابات والمحو.",
    ),
    "organiser": Both(
        "Organisateur : toutes les personnes, les réglages et les exports.",
        "المنظم: كل الأشخاص والإعدادات والتصدير.",
    ),
    "coordinator": Both(
        "Coordinateur : les seules personnes de sa délégation.",
        "المنسّق: أشخاص وفده فقط.",
    ),
    "supervisor": Both(
        "Superviseur : noms et entrées, sans e-mails en masse ni exports.",
        "المشرف: الأسماء والدخول، دون مراسلة جماعية ولا تصدير.",
    ),
    "volunteer": Both(
        "Bénévole à une porte : le nom de qui présente son badge.",
        "متطوع عند الباب: اسم من يقدّم شارته.",
    ),
    "viewer": Both("Observateur : des nombres, aucun nom.", "مراقب: أعداد دون أسماء."),
    "device": Both(
        "Appareils des portes : une liste chiffrée, qui ne s’ouvre qu’avec le badge.",
        "أجهزة الأبواب: لائحة مشفرة لا تُفتح إلا بالشارة.",
    ),
}
RECIPIENTS_TITLE: Final = Both("Destinataires hors de l’organisation", "المرسَل إليهم خارج التنظيم")
RECIPIENTS: Final = {
    "mail": Both(
        "Serveur de messagerie {name} : adresse et message de chaque destinataire.",
        "خادم البريد \u2066{name}\u2069: عنوان كل مرسَل إليه ورسالته.",
    ),
    "google": Both(
        "Google (États-Unis ou Union européenne) : nom et code de qui ajoute son badge à Google "
        "Wallet ; transfert à l’étranger, articles 43 et 44.",
        "Google (الولايات المتحدة أو الاتحاد الأوروبي): اسم ورمز من يضيف شارته إلى Google Wallet؛ "
        "نقل إلى الخارج، المادتان 43 و44.",
    ),
}
NO_RECIPIENTS: Final = Both(
    "Aucun : rien ne quitte ce serveur.", "لا أحد: لا يغادر هذا الخادم شيء."
)

CONSENT: Final = Both("Information et consentement", "الإخبار والرضا")
SOURCES_TITLE: Final = Both("Qui a inscrit les personnes", "من سجّل الأشخاص")
SOURCES: Final = {
    "link": Both("Elles-mêmes, par le lien d’inscription", "بأنفسهم، عبر رابط التسجيل"),
    "form": Both("Un coordinateur ou l’organisateur", "منسّق أو المنظم"),
    "import": Both("Une liste importée", "لائحة مرفوعة"),
    "walk_in": Both("Sur place, à une porte", "في عين المكان، عند باب"),
}
INFORMED_TITLE: Final = Both("Information des personnes", "إخبار الأشخاص")
AGREED: Final = Both("Ont donné leur accord par formulaire", "وافقوا عبر الاستمارة")
MAILED: Final = Both("Ont reçu la notice par e-mail", "تلقّوا الإشعار بالبريد الإلكتروني")
NEITHER: Final = Both("Ni l’un ni l’autre n’est enregistré", "لم يُسجَّل لا هذا ولا ذاك")
APPLICATIONS: Final = Both(
    "Demandes par lien, en attente de décision", "طلبات عبر الرابط تنتظر القرار"
)
TO_INFORM: Final = Both(
    "Les personnes sans trace d’information sont à informer par leur coordinateur, avec le texte "
    "ci-dessous ; gardez leur accord écrit (article 4 ; article 5 pour l’information).",
    "من لا أثر لإخباره يخبره منسّقه بالنص أدناه؛ احتفظوا بموافقته المكتوبة (المادة 4؛ والمادة 5 "
    "بخصوص الإخبار).",
)
SHOWN_TEXT: Final = Both("Notice affichée aujourd’hui", "الإشعار المعروض اليوم")
AGREED_TEXT: Final = Both(
    "Texte accepté (langue : {language}). Première fois : {date}. Accords : {count}.",
    "نص مقبول (اللغة: \u2068{language}\u2069). أول مرة: {date}. الموافقات: {count}.",
)

POSTER: Final = Both("Vos données personnelles", "معطياتكم الشخصية")
POSTER_NUMBER: Final = Both("CNDP : n° {number}", "CNDP: رقم \u2066{number}\u2069")

AUTHORISATION: Final = Both(
    "CNDP : projet de demande d’autorisation préalable",
    "اللجنة الوطنية (CNDP): مشروع طلب إذن مسبق",
)
DECLARATION: Final = Both("CNDP : projet de déclaration", "اللجنة الوطنية (CNDP): مشروع تصريح")
DRAFT: Final = Both(
    "Ce projet reprend les réglages de l’événement. À recopier dans le formulaire de la CNDP, à "
    "vérifier et à signer ; il ne remplace pas un conseil juridique.",
    "يعتمد هذا المشروع على إعدادات الحدث. يُنقل إلى استمارة اللجنة الوطنية (CNDP) ويُراجع ويُوقَّع؛ "
    "ولا يغني عن استشارة قانونية.",
)
EXEMPTION: Final = Both(
    "Une association ou un groupement à but non lucratif et à caractère politique, syndical, "
    "religieux, culturel ou sportif peut être dispensé d’autorisation (article 12, 1-a) : à "
    "vérifier auprès de la CNDP.",
    "قد تُعفى من الإذن جمعية أو مجموعة لا تستهدف الربح ذات طابع سياسي أو نقابي أو ديني أو ثقافي أو "
    "رياضي (المادة 12، 1-أ): تأكدوا لدى اللجنة الوطنية (CNDP).",
)
DENOMINATION: Final = Both("Dénomination du traitement", "تسمية المعالجة")
DENOMINATION_TEXT: Final = Both(
    "Inscription des participants et contrôle d’accès : {event}",
    "تسجيل المشاركين ومراقبة الولوج: {event}",
)
CONCERNED: Final = Both("Personnes concernées", "الأشخاص المعنيون")
CONCERNED_TEXT: Final = Both("{names} ; nombre : {count}", "{names}؛ العدد: {count}")
COLLECTED: Final = Both("Données traitées", "المعطيات المعالَجة")
SOURCE: Final = Both("Origine des données", "مصدر المعطيات")
RECEIVERS: Final = Both("Destinataires", "المرسَل إليهم")
ATTACHED: Final = Both("Pièces à joindre", "الوثائق المرفقة")
ATTACHED_TEXT: Final = Both(
    "Document autorisant le signataire à engager l’organisation ; notice et textes de consentement "
    "de ce dossier.",
    "وثيقة تخوّل للموقّع إلزام الهيئة؛ الإشعار ونصوص الموافقة الواردة في هذا الملف.",
)
SIGNED: Final = Both("Date, nom, signature", "التاريخ والاسم والتوقيع")

RECEIPT: Final = Both("Attestation d’effacement", "شهادة المحو")
PURGED_AT: Final = Both("Données personnelles effacées le", "مُحيت المعطيات الشخصية في")
ROWS: Final = Both("Effacé (lignes)", "ما تم محوه (عدد الأسطر)")
DEVICES_LEFT: Final = Both(
    "Appareils n’ayant pas encore confirmé leur effacement", "أجهزة لم تؤكد المحو بعد"
)
KEPT: Final = Both(
    "Restent : les nombres par délégation, porte et heure, les réglages de l’événement.",
    "يبقى: الأعداد حسب الوفد والباب والساعة، وإعدادات الحدث.",
)
NOT_YET: Final = Both(
    "Les données ne sont pas encore effacées ; échéance : {date}. Imprimez ce dossier de nouveau "
    "après l’effacement.",
    "لم تُمحَ المعطيات بعد؛ الأجل: {date}. اطبعوا هذا الملف من جديد بعد المحو.",
)
