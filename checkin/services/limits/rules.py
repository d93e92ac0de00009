"""The table of all rate limits: what is counted, by which key, how often, and why.

A limit must not let an attacker lock other people out. The budgets that an attacker can use up
count by the attacker's own address, or by an account from that address. The budget of an account as
a whole (`PASSWORDS_ACCOUNT`) is large, and its owner can sign in otherwise when it is used up.
docs/accounts.md describes the same limits, and a test compares the two. Scans are never limited.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_NAMES = {MINUTE: "a minute", HOUR: "an hour", DAY: "a day"}


@dataclass(frozen=True, slots=True)
class Budget:
    """The largest number of attempts within a window, which begins with the first attempt."""

    most: int
    window_s: int

    def __str__(self) -> str:
        return f"{self.most:,} {_NAMES[self.window_s]}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rate limit.

    Attributes:
        what: what is counted, in words.
        by: the key by which it is counted, in words: each key has budgets of its own.
        budgets: all of them apply; attempts beyond one must wait, even with the right answer.
        why: the reason for these numbers.
        kept: counted in the database even where other limits are in memory, so that a restart does
            not grant another day's budget.
    """

    what: str
    by: str
    budgets: tuple[Budget, ...]
    why: str
    kept: bool = False

    @property
    def name(self) -> str:
        """The first part of the names of its counters."""
        return f"{self.what} by {self.by}"


PASSWORDS_PAIR = Rule(
    "wrong passwords",
    "account and address",
    (Budget(10, MINUTE), Budget(100, DAY)),
    "a guesser's own: nobody elsewhere waits for it, and ten strangers together do not use the "
    "account's day up",
)
PASSWORDS_ADDRESS = Rule(
    "wrong passwords",
    "address",
    (Budget(300, MINUTE),),
    "a venue or a whole mobile operator is one address",
)
PASSWORDS_ACCOUNT = Rule(
    "wrong passwords",
    "account",
    (Budget(1_000, DAY),),
    "from all addresses together; then only known browsers, or a second factor, go on",
    kept=True,
)
PASSWORDS_BROWSER = Rule(
    "wrong passwords",
    "known browser",
    (Budget(10, MINUTE), Budget(100, DAY)),
    "whoever signed in there before waits for no stranger",
)
CODES_ACCOUNT = Rule(
    "wrong codes",
    "account",
    (Budget(5, MINUTE), Budget(20, HOUR)),
    "of a million codes three are right: 20 guesses an hour find one in two years, on average",
)
CODES_BROWSER = Rule(
    "wrong codes",
    "known browser",
    (Budget(5, MINUTE), Budget(20, HOUR)),
    "whoever knows the password alone keeps its owner from no browser that they use",
)
PROVIDER_ADDRESS = Rule(
    "failed sign-ins by the provider",
    "address",
    (Budget(300, MINUTE),),
    "a venue or a whole mobile operator is one address",
)
PROVIDER_ANSWER = Rule(
    "answers of the provider",
    "sign-in",
    (Budget(1, HOUR),),
    "each sign-in that was begun is answered once, also where its cookie and address were copied",
    kept=True,
)
OWN_PASSWORD = Rule(
    "wrong passwords of one's own",
    "operator",
    (Budget(10, MINUTE), Budget(60, HOUR)),
    "whoever finds a browser signed in does not find the password",
)
OWN_CODES = Rule(
    "wrong codes of one's own",
    "operator",
    (Budget(5, MINUTE), Budget(20, HOUR)),
    "as at the sign-in",
)
FORGOTTEN_ADDRESS = Rule(
    "asking for a link",
    "address",
    (Budget(300, MINUTE),),
    "a mobile operator is one address",
)
FORGOTTEN_CONTACT = Rule(
    "asking for a link",
    "e-mail",
    (Budget(3, HOUR),),
    "nobody's mailbox is filled; the page says the same beyond it",
)
WRONG_LINKS = Rule(
    "links that lead nowhere",
    "address",
    (Budget(300, MINUTE),),
    "links that lead somewhere always do; the others hold 120 bits and more",
)
JOINING_ADDRESS = Rule(
    "registering oneself",
    "address",
    (Budget(300, MINUTE),),
    "a mobile operator is one address",
)
JOINING_LINK = Rule(
    "registering oneself",
    "link",
    (Budget(1_000, MINUTE),),
    "a thousand people hear of a link at once",
)
JOINING_CONTACT = Rule(
    "registering oneself",
    "e-mail or telephone",
    (Budget(3, HOUR),),
    "beyond it people wait for the coordinator's eyes, and no mail leaves to that e-mail; "
    "the page is the same",
)
FINDING_ADDRESS = Rule(
    "asking for a badge",
    "address",
    (Budget(300, MINUTE),),
    "a mobile operator is one address",
)
FINDING_LINK = Rule(
    "asking for a badge",
    "link",
    (Budget(1_000, MINUTE),),
    "a thousand people hear of the page at once",
)
FINDING_CONTACT = Rule(
    "asking for a badge",
    "e-mail or telephone",
    (Budget(3, HOUR),),
    "nobody's mailbox is filled; the page says the same beyond it",
)
PAIRING = Rule(
    "wrong pairing codes",
    "address",
    (Budget(600, MINUTE),),
    "a right one always pairs: the gates of a venue are one address; a code of 40 bits lives ten "
    "minutes",
)
RETURNING = Rule(
    "asking to be taken back",
    "address",
    (Budget(1_200, MINUTE),),
    "each device that a restore has made unknown asks every ten seconds; the gates of a venue are "
    "one address",
)
SEARCHES = Rule(
    "searches for names",
    "device",
    (Budget(600, MINUTE),),
    "more than a desk that searches at each letter; a program that reads the list out is held back",
)
READS = Rule(
    "reading with a token",
    "token",
    (Budget(300, MINUTE),),
    "a screen that asks each second, and a list of 100,000 people in pages of 500",
)
WRONG_TOKENS = Rule(
    "wrong read tokens",
    "address",
    (Budget(300, MINUTE),),
    "a right one always reads; the others hold 256 bits",
)
PINS = Rule(
    "wrong PINs",
    "device",
    (Budget(5, MINUTE), Budget(100, DAY)),
    "of a million PINs a hundred a day find one of ten supervisors' in three years, on average",
)
UPLOADS = Rule(
    "lists uploaded",
    "operator",
    (Budget(10, MINUTE), Budget(60, HOUR), Budget(200, DAY)),
    "reading a hostile workbook may take seconds, and each list is compared with those registered",
)
SHEETS = Rule(
    "sheets of badges",
    "operator",
    (Budget(6, MINUTE),),
    "a thousand badges take seconds to lay out",
)

RULES = (
    PASSWORDS_PAIR,
    PASSWORDS_ADDRESS,
    PASSWORDS_ACCOUNT,
    PASSWORDS_BROWSER,
    CODES_ACCOUNT,
    CODES_BROWSER,
    PROVIDER_ADDRESS,
    PROVIDER_ANSWER,
    OWN_PASSWORD,
    OWN_CODES,
    FORGOTTEN_ADDRESS,
    FORGOTTEN_CONTACT,
    WRONG_LINKS,
    JOINING_ADDRESS,
    JOINING_LINK,
    JOINING_CONTACT,
    FINDING_ADDRESS,
    FINDING_LINK,
    FINDING_CONTACT,
    PAIRING,
    RETURNING,
    SEARCHES,
    READS,
    WRONG_TOKENS,
    PINS,
    UPLOADS,
    SHEETS,
)
