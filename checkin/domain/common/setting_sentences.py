"""Sentences about an event's settings: its dates, categories and quotas.

As in `checkin.domain.common.problem_sentences`, of which these are a part.
"""

from __future__ import annotations

from checkin.domain.network.sentences import ADDRESS_SENTENCES

SETTING_SENTENCES = {
    "missing_text": {
        "fr": "rien n’est écrit ; remplissez ce champ.",
        "ar": "لم يُكتب شيء؛ املأوا هذه الخانة.",
        "en": "nothing is written; fill this field in.",
    },
    "invalid_slug": {
        "fr": "{value} ne va pas dans une adresse ; écrivez 1 à 50 lettres sans accent, chiffres "
        "ou traits d’union, comme rabat-2025.",
        "ar": "{value} لا يصلح في عنوان؛ اكتبوا من 1 إلى 50 من الحروف اللاتينية الصغيرة والأرقام "
        "والشرطات، مثل rabat-2025.",
        "en": "{value} cannot be part of an address; write 1 to 50 small letters, digits or "
        "hyphens, like rabat-2025.",
    },
    "slug_taken": {
        "fr": "{value} est déjà le nom court d’un autre événement ; choisissez-en un autre.",
        "ar": "{value} هو الاسم المختصر لحدث آخر؛ اختاروا غيره.",
        "en": "{value} is already another event's short name; choose another one.",
    },
    "invalid_time_zone": {
        "fr": "{value} n’est pas un fuseau horaire ; écrivez-le comme Africa/Casablanca.",
        "ar": "{value} ليست منطقة زمنية؛ اكتبوها مثل Africa/Casablanca.",
        "en": "{value} is not a time zone; write one like Africa/Casablanca.",
    },
    "invalid_moment": {
        "fr": "{value} n’est pas une date et une heure ; écrivez-les comme 2025-06-14 15:00.",
        "ar": "{value} ليس تاريخاً وساعة؛ اكتبوهما مثل 2025-06-14 15:00.",
        "en": "{value} is not a date and a time; write them like 2025-06-14 15:00.",
    },
    "ends_too_early": {
        "fr": "la fin ({value}) n’est pas après le début ({hints}) ; corrigez l’une ou l’autre.",
        "ar": "النهاية ({value}) ليست بعد البداية ({hints})؛ صححوا إحداهما.",
        "en": "the end ({value}) is not after the beginning ({hints}); correct one of them.",
    },
    "doors_close_too_early": {
        "fr": "les portes ferment ({value}) avant d’ouvrir ({hints}) ; corrigez l’une ou l’autre "
        "heure.",
        "ar": "الأبواب تُغلق ({value}) قبل أن تُفتح ({hints})؛ صححوا إحدى الساعتين.",
        "en": "the doors close ({value}) before they open ({hints}); correct one of the times.",
    },
    "doors_never_open": {
        "fr": "les portes ferment sans jamais ouvrir ; écrivez aussi l’heure d’ouverture.",
        "ar": "ستُغلق الأبواب دون أن تُفتح؛ اكتبوا أيضاً ساعة الفتح.",
        "en": "the doors close and never open; write when they open, too.",
    },
    "invalid_number": {
        "fr": "{value} ne convient pas ; écrivez un nombre entier ({hints}).",
        "ar": "{value} غير مقبول؛ اكتبوا عدداً صحيحاً ({hints}).",
        "en": "{value} will not do; write a whole number ({hints}).",
    },
    "unknown_choice": {
        "fr": "{value} n’est pas un choix possible ; choisissez dans la liste.",
        "ar": "{value} ليس اختياراً ممكناً؛ اختاروا من اللائحة.",
        "en": "{value} is not one of the choices; choose from the list.",
    },
    "capacity_below_people": {
        "fr": "{value} est trop peu : {hints} personnes sont dans la salle ou peuvent y être "
        "admises par des postes sans réseau ; écrivez au moins {hints}, ou arrêtez les entrées.",
        "ar": "{value} أقل من اللازم: {hints} شخصاً في القاعة أو قد تُدخلهم أجهزة بدون شبكة؛ اكتبوا "
        "{hints} على الأقل أو أوقفوا الدخول.",
        "en": "{value} is too few: {hints} people are in the hall or may be let in by devices "
        "without the network; write {hints} or more, or stop the entries.",
    },
    "name_taken": {
        "fr": "{value} existe déjà ({hints}) ; choisissez un autre nom.",
        "ar": "{value} موجود من قبل ({hints})؛ اختاروا اسماً آخر.",
        "en": "{value} is there already ({hints}); choose another name.",
    },
    "category_used": {
        "fr": "{value} sert encore ({hints}) ; changez cela d’abord, puis supprimez-la.",
        "ar": "{value} لا تزال مستعملة ({hints})؛ غيّروا ذلك أولاً ثم احذفوها.",
        "en": "{value} is still in use ({hints}); change that first, then delete it.",
    },
    "last_category": {
        "fr": "{value} est la seule catégorie ; ajoutez-en une autre avant de la supprimer.",
        "ar": "{value} هي الصفة الوحيدة؛ أضيفوا أخرى قبل حذفها.",
        "en": "{value} is the only category; add another one before you delete it.",
    },
    "quota_below_places": {
        "fr": "{value} est trop peu : {hints} places sont déjà prises ; écrivez au moins {hints}, "
        "ou annulez d’abord des inscriptions.",
        "ar": "{value} أقل من اللازم: {hints} مقعداً محجوزاً من قبل؛ اكتبوا {hints} على الأقل أو "
        "ألغوا تسجيلات أولاً.",
        "en": "{value} is too few: {hints} places are taken already; write {hints} or more, or "
        "cancel registrations first.",
    },
    "repeated_delegation": {
        "fr": "{value} est déjà à la ligne {hints} ; gardez une seule des deux lignes.",
        "ar": "{value} موجود في السطر {hints}؛ أبقوا سطراً واحداً.",
        "en": "{value} is already in row {hints}; keep one of the two rows.",
    },
} | ADDRESS_SENTENCES
