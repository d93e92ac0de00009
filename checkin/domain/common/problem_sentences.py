"""Every sentence that a refused or skipped row may carry, in French, Arabic and English.

``{value}`` is what was written; ``{hints}`` the limit, the nearest names, the row or the person.
"""

from __future__ import annotations

from checkin.domain.common.setting_sentences import SETTING_SENTENCES
from checkin.domain.network.sentences import ADDRESS_NAMES

COLUMN_NAMES = {
    "name": {"fr": "Nom", "ar": "الاسم", "en": "Name"},
    "name_ar": {"fr": "Nom en arabe", "ar": "الاسم بالعربية", "en": "Arabic name"},
    "delegation": {"fr": "Délégation", "ar": "الوفد", "en": "Delegation"},
    "category": {"fr": "Catégorie", "ar": "الصفة", "en": "Category"},
    "email": {"fr": "E-mail", "ar": "البريد الإلكتروني", "en": "E-mail"},
    "phone": {"fr": "Téléphone", "ar": "الهاتف", "en": "Phone"},
    "language": {"fr": "Langue", "ar": "اللغة", "en": "Language"},
    "note": {"fr": "Remarque", "ar": "ملاحظة", "en": "Note"},
    "allow_duplicate": {"fr": "Doublon accepté", "ar": "تكرار مقبول", "en": "Allow duplicate"},
    "bus": {"fr": "Autocar", "ar": "الحافلة", "en": "Bus"},
    "leader": {"fr": "Responsable", "ar": "المسؤول", "en": "Leader"},
    "leader_phone": {
        "fr": "Téléphone du responsable",
        "ar": "هاتف المسؤول",
        "en": "Leader's phone",
    },
    "seats": {"fr": "Places assises", "ar": "المقاعد", "en": "Seats"},
    "quota": {"fr": "Places", "ar": "المقاعد", "en": "Places"},
    "row": {"fr": "Ligne", "ar": "السطر", "en": "Row"},
} | ADDRESS_NAMES

SENTENCES = {
    "missing_name": {
        "fr": "aucun nom ; écrivez le nom en français ou en arabe.",
        "ar": "لا يوجد اسم؛ اكتبوا الاسم بالفرنسية أو بالعربية.",
        "en": "no name; write the name in Latin or Arabic letters.",
    },
    "has_account": {
        "fr": "{value} a déjà un compte ; ouvrez ce compte dans la liste.",
        "ar": "{value} له حساب من قبل؛ افتحوا هذا الحساب في اللائحة.",
        "en": "{value} has an account already; open it in the list.",
    },
    "coordinators_only": {
        "fr": "un coordinateur, et lui seul, appartient à une délégation ; choisissez-en une"
        " pour ce rôle, aucune pour les autres.",
        "ar": "المنسّق وحده ينتمي إلى وفد؛ اختاروا وفداً لهذا الدور، ولا شيء للأدوار الأخرى.",
        "en": "a coordinator, and only a coordinator, belongs to one delegation; choose one for"
        " this role, none for the others.",
    },
    "missing_bus": {
        "fr": "aucun nom ; donnez un nom ou un numéro à l’autocar.",
        "ar": "لا يوجد اسم؛ أعطوا الحافلة اسماً أو رقماً.",
        "en": "no name; give the bus a name or a number.",
    },
    "invalid_seats": {
        "fr": "{value} n’est pas un nombre de places ; écrivez un nombre de 1 à {hints}.",
        "ar": "{value} ليس عدد مقاعد؛ اكتبوا عدداً من 1 إلى {hints}.",
        "en": "{value} is not a number of seats; write a number from 1 to {hints}.",
    },
    "missing_contact": {
        "fr": "aucun moyen de vous joindre ; écrivez un téléphone ou une adresse e-mail.",
        "ar": "لا توجد وسيلة للاتصال بكم؛ اكتبوا رقم هاتف أو عنوان بريد إلكتروني.",
        "en": "no way to reach you; write a phone number or an e-mail address.",
    },
    "missing_delegation": {
        "fr": "aucune délégation ; écrivez-en une, ou choisissez-en une pour tout le fichier.",
        "ar": "لا يوجد وفد؛ اكتبوا الوفد أو اختاروا وفداً للملف كله.",
        "en": "no delegation; write one, or choose one for the whole file.",
    },
    "too_long": {
        "fr": "{value} est trop long ; {hints} caractères au plus.",
        "ar": "{value} طويل جداً؛ الحد الأقصى {hints} حرفاً.",
        "en": "{value} is too long; at most {hints} characters.",
    },
    "control_characters": {
        "fr": "{value} contient des caractères de commande ; retapez ce texte.",
        "ar": "{value} يحتوي على رموز تحكم؛ أعيدوا كتابة النص.",
        "en": "{value} contains control characters; type this text again.",
    },
    "bidi_override": {
        "fr": "{value} contient des marques qui changent le sens de lecture ; retapez ce texte.",
        "ar": "{value} يحتوي على علامات تغيّر اتجاه القراءة؛ أعيدوا كتابة النص.",
        "en": "{value} contains marks that change its reading order; type this text again.",
    },
    "no_letters": {
        "fr": "{value} n’a aucune lettre ; vérifiez que les colonnes ne sont pas décalées.",
        "ar": "{value} لا يحتوي على أي حرف؛ تأكدوا من أن الأعمدة في أماكنها.",
        "en": "{value} has no letter; check that the columns are not shifted.",
    },
    "formula": {
        "fr": "{value} est une formule ; remplacez-la par son texte (collage des valeurs).",
        "ar": "{value} صيغة حسابية؛ عوّضوها بالنص (لصق القيم).",
        "en": "{value} is a formula; replace it by its text (paste values).",
    },
    "invalid_phone": {
        "fr": "{value} n’est pas un numéro ; écrivez un seul numéro, par exemple 0612345678 "
        "ou +33612345678.",
        "ar": "{value} ليس رقم هاتف؛ اكتبوا رقماً واحداً، مثلاً 0612345678 أو +33612345678.",
        "en": "{value} is not a phone number; write a single one, such as 0612345678 or "
        "+33612345678.",
    },
    "rounded_phone": {
        "fr": "{value} a perdu des chiffres dans le tableur ; mettez la colonne au format texte "
        "et retapez le numéro.",
        "ar": "{value} فقد أرقاماً في الجدول؛ اجعلوا العمود نصاً وأعيدوا كتابة الرقم.",
        "en": "{value} lost digits in the spreadsheet; format the column as text and type the "
        "number again.",
    },
    "invalid_email": {
        "fr": "{value} n’est pas une adresse ; écrivez-la comme nom@domaine.ma, ou laissez vide.",
        "ar": "{value} ليس عنواناً صحيحاً؛ اكتبوه مثل nom@domaine.ma أو اتركوا الخانة فارغة.",
        "en": "{value} is not an address; write it like name@domain.ma, or leave it empty.",
    },
    "unknown_language": {
        "fr": "{value} n’est pas une langue d’ici ; écrivez français, arabe ou anglais.",
        "ar": "{value} ليست لغة متاحة؛ اكتبوا العربية أو الفرنسية أو الإنجليزية.",
        "en": "{value} is not one of our languages; write French, Arabic or English.",
    },
    "unknown_answer": {
        "fr": "{value} n’est pas une réponse ; écrivez oui ou non.",
        "ar": "{value} ليس جواباً؛ اكتبوا نعم أو لا.",
        "en": "{value} is not an answer; write yes or no.",
    },
    "unknown_delegation": {
        "fr": "{value} n’existe pas ; corrigez le nom ou créez la délégation. "
        "Les plus proches : {hints}.",
        "ar": "{value} غير موجود؛ صححوا الاسم أو أنشئوا الوفد. الأقرب: {hints}.",
        "en": "{value} does not exist; correct the name or create the delegation. "
        "Nearest: {hints}.",
    },
    "unknown_category": {
        "fr": "{value} n’existe pas ; corrigez le nom ou créez la catégorie. "
        "Les plus proches : {hints}.",
        "ar": "{value} غير موجودة؛ صححوا الاسم أو أنشئوا الصفة. الأقرب: {hints}.",
        "en": "{value} does not exist; correct the name or create the category. Nearest: {hints}.",
    },
    "extra_cells": {
        "fr": "{value} dépasse la dernière colonne ; un séparateur est peut-être de trop.",
        "ar": "{value} خارج آخر عمود؛ ربما هناك فاصل زائد.",
        "en": "{value} is beyond the last column; there may be one separator too many.",
    },
    "already_registered": {
        "fr": "{hints} est déjà inscrit(e), rien à changer.",
        "ar": "{hints} مسجَّل(ة) من قبل، لا شيء يتغير.",
        "en": "{hints} is already registered, nothing to change.",
    },
    "canceled": {
        "fr": "l’inscription de {hints} a été annulée ; rétablissez-la sur sa fiche si besoin.",
        "ar": "أُلغي تسجيل {hints}؛ أعيدوه من بطاقته إن لزم.",
        "en": "{hints} was canceled; restore the registration on its page if needed.",
    },
    "repeated_in_file": {
        "fr": "{value} est déjà à la ligne {hints}.",
        "ar": "{value} موجود في السطر {hints}.",
        "en": "{value} is already in row {hints}.",
    },
    "same_name_in_file": {
        "fr": "{value} est déjà à la ligne {hints} avec d’autres données ; gardez une ligne, ou "
        "écrivez oui dans la colonne « doublon accepté » s’il s’agit de deux personnes.",
        "ar": "{value} موجود في السطر {hints} ببيانات أخرى؛ احتفظوا بسطر واحد، أو اكتبوا نعم في "
        "عمود «تكرار مقبول» إذا كانا شخصين.",
        "en": "{value} is already in row {hints} with other data; keep one row, or write yes in "
        "the column “allow duplicate” if they are two people.",
    },
    "taken": {
        "fr": "{value} est déjà à {hints} ; corrigez, ou écrivez oui dans la colonne « doublon "
        "accepté » s’il s’agit de deux personnes.",
        "ar": "{value} مسجَّل باسم {hints}؛ صححوا، أو اكتبوا نعم في عمود «تكرار مقبول» إذا كانا "
        "شخصين.",
        "en": "{value} already belongs to {hints}; correct it, or write yes in the column “allow "
        "duplicate” if they are two people.",
    },
    "other_delegation": {
        "fr": "{value} n’est pas {hints} ; cette liste n’inscrit que {hints}. Videz la case, ou "
        "envoyez cette ligne au coordinateur de l’autre délégation.",
        "ar": "{value} ليس {hints}؛ هذه اللائحة تخص {hints} وحده. أفرغوا الخانة أو أرسلوا هذا "
        "السطر إلى منسق الوفد الآخر.",
        "en": "{value} is not {hints}; this list registers for {hints} only. Empty the cell, or "
        "send this row to the other delegation's coordinator.",
    },
    "registered_elsewhere": {
        "fr": "{value} est déjà inscrit(e) avec une autre délégation ; demandez à un organisateur.",
        "ar": "{value} مسجَّل(ة) مع وفد آخر؛ اسألوا أحد المنظمين.",
        "en": "{value} is already registered with another delegation; ask an organiser.",
    },
    "taken_elsewhere": {
        "fr": "{value} est déjà à une personne d’une autre délégation ; corrigez, ou écrivez oui "
        "dans la colonne « doublon accepté » s’il s’agit de deux personnes.",
        "ar": "{value} مسجَّل باسم شخص من وفد آخر؛ صححوا، أو اكتبوا نعم في عمود «تكرار مقبول» إذا "
        "كانا شخصين.",
        "en": "{value} already belongs to somebody of another delegation; correct it, or write yes "
        "in the column “allow duplicate” if they are two people.",
    },
    "taken_in_file": {
        "fr": "{value} est déjà à la ligne {hints} ; corrigez, ou écrivez oui dans la colonne "
        "« doublon accepté » s’il s’agit de deux personnes.",
        "ar": "{value} موجود في السطر {hints}؛ صححوا، أو اكتبوا نعم في عمود «تكرار مقبول» إذا "
        "كانا شخصين.",
        "en": "{value} is already in row {hints}; correct it, or write yes in the column “allow "
        "duplicate” if they are two people.",
    },
} | SETTING_SENTENCES
