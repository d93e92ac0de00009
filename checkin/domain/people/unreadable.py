"""Why a participants' file as a whole cannot be read, and what to do about it."""

from __future__ import annotations

from checkin.domain.common.problems import shown
from checkin.errors import MarhabaError

_SENTENCES = {
    "no_file": {
        "fr": "Aucun fichier choisi ; choisissez une liste en CSV ou en XLSX.",
        "ar": "لم يُختر أي ملف؛ اختاروا لائحة بصيغة CSV أو XLSX.",
        "en": "No file was chosen; choose a list as CSV or XLSX.",
    },
    "empty_file": {
        "fr": "Le fichier est vide ; enregistrez-le de nouveau avec une ligne de titres.",
        "ar": "الملف فارغ؛ احفظوه من جديد مع سطر للعناوين.",
        "en": "The file is empty; save it again with a line of headings.",
    },
    "file_too_large": {
        "fr": "Le fichier dépasse {0} Mo ; partagez-le en plusieurs fichiers.",
        "ar": "حجم الملف يتجاوز {0} ميغابايت؛ قسّموه إلى عدة ملفات.",
        "en": "The file is larger than {0} MB; split it into several files.",
    },
    "unpacked_too_large": {
        "fr": "Le classeur dépasse {0} Mo une fois décompressé ; gardez la seule liste des "
        "participants, ou enregistrez-la en CSV.",
        "ar": "حجم المصنف بعد فك الضغط يتجاوز {0} ميغابايت؛ أبقوا لائحة المشاركين وحدها أو "
        "احفظوها بصيغة CSV.",
        "en": "The workbook is larger than {0} MB once unpacked; keep only the list of "
        "participants, or save it as CSV.",
    },
    "too_many_rows": {
        "fr": "Plus de {0} lignes ; partagez la liste en plusieurs fichiers.",
        "ar": "أكثر من {0} سطر؛ قسّموا اللائحة إلى عدة ملفات.",
        "en": "More than {0} rows; split the list into several files.",
    },
    "too_many_columns": {
        "fr": "Plus de {0} colonnes à la ligne {1} ; gardez les colonnes utiles.",
        "ar": "أكثر من {0} عمود في السطر {1}؛ أبقوا الأعمدة اللازمة.",
        "en": "More than {0} columns in row {1}; keep the columns that are needed.",
    },
    "line_too_long": {
        "fr": "La ligne {0} est trop longue pour une liste ; vérifiez que c’est bien le fichier "
        "des participants.",
        "ar": "السطر {0} أطول من سطر لائحة؛ تأكدوا من أنه ملف المشاركين.",
        "en": "Line {0} is too long for a list; check that this is the participants' file.",
    },
    "open_quote": {
        "fr": "Un guillemet ouvert vers la ligne {0} n’est jamais fermé ; corrigez-le.",
        "ar": "علامة اقتباس مفتوحة قرب السطر {0} لم تُغلق؛ صححوها.",
        "en": "A quotation mark opened near line {0} is never closed; correct it.",
    },
    "nul_bytes": {
        "fr": "Le fichier n’est pas un texte (octet nul à la ligne {0}) ; enregistrez-le en "
        "« CSV UTF-8 » ou en XLSX.",
        "ar": "الملف ليس نصاً (بايت فارغ في السطر {0})؛ احفظوه بصيغة «CSV UTF-8» أو XLSX.",
        "en": "The file is not text (NUL byte in line {0}); save it as “CSV UTF-8” or XLSX.",
    },
    "wrong_encoding": {
        "fr": "Les lettres du fichier sont illisibles ({0}) ; enregistrez-le en « CSV UTF-8 ».",
        "ar": "حروف الملف غير مقروءة ({0})؛ احفظوه بصيغة «CSV UTF-8».",
        "en": "The letters of the file cannot be read ({0}); save it as “CSV UTF-8”.",
    },
    "damaged_letter": {
        "fr": "Une lettre de la ligne {0} est illisible, alors que le reste est en UTF-8 ; "
        "corrigez-la et enregistrez le fichier en « CSV UTF-8 ».",
        "ar": "في السطر {0} حرف غير مقروء بينما باقي الملف بترميز UTF-8؛ صححوه واحفظوا الملف "
        "بصيغة «CSV UTF-8».",
        "en": "A letter in line {0} cannot be read, although the rest is UTF-8; correct it and "
        "save the file as “CSV UTF-8”.",
    },
    "old_excel": {
        "fr": "Ancien format Excel (.xls) ; ouvrez-le et enregistrez-le en XLSX ou en CSV.",
        "ar": "صيغة إكسل قديمة (.xls)؛ افتحوا الملف واحفظوه بصيغة XLSX أو CSV.",
        "en": "Old Excel format (.xls); open it and save it as XLSX or CSV.",
    },
    "open_document": {
        "fr": "Format OpenDocument (.ods) ; ouvrez-le et enregistrez-le en XLSX ou en CSV.",
        "ar": "صيغة OpenDocument (.ods)؛ افتحوا الملف واحفظوه بصيغة XLSX أو CSV.",
        "en": "OpenDocument format (.ods); open it and save it as XLSX or CSV.",
    },
    "password_protected": {
        "fr": "Le classeur est protégé par un mot de passe ; enregistrez-le sans mot de passe.",
        "ar": "المصنف محمي بكلمة مرور؛ احفظوه دون كلمة مرور.",
        "en": "The workbook is protected by a password; save it without one.",
    },
    "not_a_table": {
        "fr": "Ce n’est ni un CSV ni un classeur XLSX ({0}) ; exportez la liste en CSV ou XLSX.",
        "ar": "هذا ليس ملف CSV ولا XLSX ({0})؛ صدّروا اللائحة بصيغة CSV أو XLSX.",
        "en": "This is neither a CSV nor an XLSX workbook ({0}); export the list as CSV or XLSX.",
    },
    "damaged": {
        "fr": "Le classeur est abîmé ({0}) ; ouvrez-le et enregistrez-le de nouveau.",
        "ar": "المصنف تالف ({0})؛ افتحوه واحفظوه من جديد.",
        "en": "The workbook is damaged ({0}); open it and save it again.",
    },
    "dangerous_xml": {
        "fr": "Le classeur contient du XML dangereux ({0}) ; n’utilisez pas ce fichier, demandez "
        "la liste à son auteur en CSV.",
        "ar": "المصنف يحتوي على XML خطير ({0})؛ لا تستعملوا هذا الملف واطلبوا اللائحة بصيغة CSV.",
        "en": "The workbook contains dangerous XML ({0}); do not use this file, ask its author "
        "for the list as CSV.",
    },
    "missing_columns": {
        "fr": "Il manque la colonne {0}. Titres trouvés : {1}.",
        "ar": "ينقص العمود {0}. العناوين الموجودة: {1}.",
        "en": "The column {0} is missing. Headings found: {1}.",
    },
    "duplicated_columns": {
        "fr": "Deux colonnes disent la même chose : {0}, {1} ; gardez-en une.",
        "ar": "عمودان لهما المعنى نفسه: {0}، {1}؛ أبقوا واحداً.",
        "en": "Two columns mean the same: {0}, {1}; keep one.",
    },
}


class UnreadableFile(MarhabaError):
    """A file that cannot be read as a list of participants.

    Attributes:
        reason: stable, one of the keys of the table above.
        facts: what the sentence adds: a limit, a line, the headings found.
    """

    code = "unreadable_file"

    def __init__(self, reason: str, *facts: object) -> None:
        self.reason = reason
        self.facts = tuple(map(str, facts))
        super().__init__(self.sentence("en"))

    def sentence(self, language: str = "fr") -> str:
        """Return what is wrong and what to do, in "fr", "ar" or "en" (French for any other)."""
        sentences = _SENTENCES[self.reason]
        return sentences.get(language, sentences["fr"]).format(
            *(shown(fact, 400) for fact in self.facts)
        )
