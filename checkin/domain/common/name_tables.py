"""What letters and small words of Moroccan names stand for: the tables that `name_sounds` reads.

Sources:

- UNGEGN Working Group on Romanization Systems, *Arabic* (https://www.eki.ee/wgrs/rom1_ar.pdf):
  names of Morocco are written "in the traditional manner which conforms to the principles of the
  French orthography". So Latin letters are read as French ones: ch, ou, gu and c before e and i, a
  silent e at the end; rh is a French spelling of غ. English ones (sh, ee, w) occur beside them.
- Before the sun letters the article is said, and often written, as they are (Ez-Zahra, Noureddine,
  Abderrahim): any Arabic grammar lists them. Before the others, the moon letters, spoken Moroccan
  Arabic says it as a mere l (Lahcen, Lamrani).
- Amazigh names begin with ou, "son of", which Arabic writes أو: أوعلي is Ouali, أوفقير Oufkir.
- In a first syllable spoken Moroccan Arabic drops short vowels (Brahim, Rkia, Lahcen): R. S.
  Harrell, *A Short Reference Grammar of Moroccan Arabic*, Georgetown University Press 1962.
- Digits for Arabic letters are those of chats (3 is ع, 7 is ح, 9 is ق).
- Bill 36.21 on the civil status (2021) puts the given name first, and leaves out *Moulay, Sidi,
  Lalla*; lists of people have either order, and the titles.
- Where rules would take two names for one, or one for two, the spellings themselves are listed.

A sound is written as one letter. Consonants: c is ش, x is خ, g is غ, and k is also ق and ڭ; the
emphatic ones are as the plain ones. Vowels: A, E, I and U, as far as spellings keep them apart, and
? for one that Arabic does not say: beside ع, or at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: how Latin letters are read, by the first pattern that matches; several readings all count
LATIN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("^(?:ou|w)(?=[aeiouy])", ("w",)),
    ("^[yi](?=[aeou])", ("y",)),
    ("tch|sch|ch", ("c",)),
    ("sh", ("c", "sh")),
    ("kh", ("x",)),
    ("gh", ("g",)),
    ("rh", ("g", "rh")),
    ("th", ("th", "t")),
    ("dh", ("dh", "d", "z")),
    ("h$", ("h", "")),
    ("ph|v", ("f",)),
    ("dj", ("j",)),
    ("[gq]u(?=[aeiy])|ck", ("k",)),
    ("g(?=[eiy])", ("j", "k", "g")),
    ("g", ("k", "g")),
    ("c(?=[eiy])", ("s",)),
    ("[qc]", ("k",)),
    ("x", ("ks",)),
    ("p", ("b",)),
    ("ee", ("I",)),
    ("eu", ("E", "EU")),
    ("ae$|a", ("A",)),
    ("e$", ("",)),
    ("e", ("E",)),
    ("[iy]", ("I",)),
    ("[ouw]", ("U",)),
    # Two people who are told apart by a number are two; p is no sound of these tables.
    *((str(digit), ("p" + letter,)) for digit, letter in enumerate("btjxdrscfk")),
)
#: what digits stand for within a Latin word that has no others
CHAT_DIGITS = str.maketrans({"2": "", "3": "a", "5": "kh", "7": "h", "8": "gh", "9": "k"})

#: how Arabic letters are read; several readings all count
ARABIC: dict[str, tuple[str, ...]] = {
    **{a: (b,) for a, b in zip("بتجحخدرزسشصضطغفقكلمنه", "btjhxdrzscsdtgfkklmnh", strict=True)},
    **dict.fromkeys("ث", ("t", "s")),
    **dict.fromkeys("ذظ", ("d", "z")),
    **dict.fromkeys("اأآ", ("A",)),
    "ة": ("A", "At"),
    **dict.fromkeys("وؤ", ("U",)),
    **dict.fromkeys("يئإ", ("I",)),
    **dict.fromkeys("عٱ", ("?",)),
    "ء": ("",),
    "پ": ("b",),
    "ڤ": ("f",),
    "ى": ("A",),
}
#: the same at the beginning of a word, and at its end
ARABIC_FIRST: dict[str, tuple[str, ...]] = {
    "و": ("w", "U"),
    "ي": ("y",),
    "ا": ("?",),
    "أ": ("?",),
}
ARABIC_LAST: dict[str, tuple[str, ...]] = {
    "ه": ("A", "h"),
    "ى": ("A", "I"),
    "ع": ("", "A"),
}


def _by_spelling(spellings: Mapping[str, str]) -> dict[str, str]:
    """Return the usual spelling of each of the others, from "other other" by the usual one."""
    return {other: usual for usual, others in spellings.items() for other in others.split()}


#: how the article is kept before a word from which it was written apart
ARTICLE = "el-"
#: the article as a word of its own, and as the sun letter that begins the next word
ARTICLES = frozenset(("el", "al", "il", "ul", "l", "ال"))
SUN_ARTICLE = re.compile("[ea]([tdrzsn]|ch|sh)")
#: words that make one name with the next word, and how they are written then
PREFIXES = _by_spelling(
    {
        "ben": "ben bin ibn ibnou bnou bel benel",
        "bou": "bou bu abou abu",
        "ait": "ait ayt aait",
        "abdel": "abd abdel abdal abdul abdoul abde abder abdes",
        "ould": "oulad ouled ould oueld",
        "oum": "oum om umm um",
        "bent": "bent bint",
        "o": "o",
        "بن": "بن ابن إبن بل",
        "بو": "بو ابو أبو أبي",
        "ايت": "ايت أيت آيت",
        "ولد": "ولد اولاد أولاد",
        "ام": "ام أم",
        "عبد": "عبد",
        "بنت": "بنت",
    }
)
#: the same where it is written together with the next word
PREFIXED = re.compile(
    "(abd|ben|bin|bel(?=[^aeiouy]|[aeiouy]{2}|[aeiouy][^aeiouy]{2})|bou|abou|abu|ait|ayt|oum(?=el)"
    "|عبد|بن|ابن|بل|بو|ابو|أبو|ايت|أيت|آيت)(.{2,})"
)
#: how many consonants they have, of those after which people drop vowels as in a first syllable
PREFIX_CONSONANTS = {"abdel": 2, "عبد": 2, "ben": 2, "بن": 2, "bou": 1, "بو": 1, "ait": 1, "ايت": 1}
#: words that make one name with the word before, and how they are written then
SUFFIXES = _by_spelling(
    {
        "eddine": "eddine edine eddin edin ddine dine din uddin uddine iddine",
        "allah": "allah ellah llah ullah",
        "ٱدين": "الدين",
        "ٱلله": "الله",
    }
)
#: titles: whoever is called without them is the same person
TITLES = frozenset(
    _by_spelling(
        {
            "sidi": "si sid sidi moulay mly my lalla lala lla mr mme mlle dr pr prof",
            "haj": "haj hajj hadj elhaj elhajj elhadj lhaj lhajj lhadj hajja hadja haja lhajja",
            "سيدي": "سي سيدي مولاي لالة للا السيد السيدة الأستاذ الأستاذة الدكتور الدكتورة",
            "الحاج": "حاج الحاج حاجة الحاجة",
        }
    )
)
#: spellings of one word that no rule brings together, by the usual one
SAME_WORD = _by_spelling(
    {
        "mohamed": "med md mhd mouh",
        "youssef": "youssouf yousouf yousuf yusuf",
        "younes": "younous younouss younos yonous yunus",
        "khadija": "kadija kadidja hadija",
        "faysal": "faical faycal",
        "fatima": "fatma fatema fatim",
        "fatimazahra": "fz fzahra",
        "othmane": "usman usmane ousmane osman osmane",
        "aissa": "issa",
        "abdellah": "abdelallah abdelellah",
        "meriem": "myriam miriam",
        "elamine": "lamine",
        "zahra": "zohra",
        "soumia": "soumaya",
        "مصطفى": "مصطفي",
        "ليلى": "ليلي",
        "موسى": "موسي",
        "عيسى": "عيسي",
        "يحيى": "يحيي",
        "منى": "مني",
        "سلمى": "سلمي",
        "هدى": "هدي",
        "ندى": "ندي",
        "بشرى": "بشري",
        "لبنى": "لبني",
        "سلوى": "سلوي",
        "نجوى": "نجوي",
        "إدريس": "دريس",
        "إبراهيم": "براهيم",
        "إسماعيل": "سماعيل",
        "مبارك": "امبارك إمبارك",
        "الرحمان": "الرحمن",
        "رحمان": "رحمن",
        "إسحاق": "إسحق اسحق",
        "هارون": "هرون",
        "طاها": "طه",
        "ياسين": "يس",
    }
)
#: words that are another name than the one that rules would take them for, and how they are read
OWN_WORD = _by_spelling(
    {
        "AmhAmId": "mhamed mhammed mhamad emhamed امحمد",
        "UmAr": "عمر",
        "hAmId": "حميد",
        "hIcAm": "هشام",
        "sUmIA": "سمية سميه",
    }
)
#: articles that people also say, and write, as a mere l: Laroui, لحسن
SAID_AS_L = {ARTICLE: "l", "el": "l", "al": "l", "ال": "ل"}
#: the article where it is written together with its word, as what follows tells: El Amrani,
#: Errachidi, Echchaabi; as it is spoken, Lmokhtar, Lahcen, Lamrani, Lekbir; and in Arabic
HELD_ARTICLES = tuple(
    re.compile(pattern)
    for pattern in (
        ARTICLE,
        "el(?=.{3})|al(?=.{4})",
        r"[ea]([tdrzsn])(?=\1)",
        "e(?=[tdrzsn][aeiou])",
        "e(?:ch)?(?=ch)|ach(?=ch)",
        "l(?=[bfghjkmqw]|ou[aeiy]|y[aeiou])",
        "la(?=h)",
        "l(?=a(?:a|[^aeiouyh][^aeiouy]))",
        "le(?=[bfgjkmq])",
        "ال",
        "ل(?=[بجحخعغفقكمهويأا])",
    )
)


def as_data() -> dict[str, Any]:
    """Return the tables as values of JSON, for whoever reads names in another language."""
    return {
        "latin": LATIN,
        "chat_digits": {chr(digit): letters for digit, letters in CHAT_DIGITS.items()},
        "arabic": ARABIC,
        "arabic_first": ARABIC_FIRST,
        "arabic_last": ARABIC_LAST,
        "article": ARTICLE,
        "articles": sorted(ARTICLES),
        "sun_article": SUN_ARTICLE.pattern,
        "prefixes": PREFIXES,
        "prefixed": PREFIXED.pattern,
        "prefix_consonants": PREFIX_CONSONANTS,
        "suffixes": SUFFIXES,
        "titles": sorted(TITLES),
        "same_word": SAME_WORD,
        "own_word": OWN_WORD,
        "held_articles": [article.pattern for article in HELD_ARTICLES],
        "said_as_l": SAID_AS_L,
    }
