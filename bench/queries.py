"""The twenty queries: one question each, as each program spells it.

Only what all three can ask. Where the counts differ by design, the note says why; the notes are
printed beside the counts and nothing is adjusted.
"""

from dataclasses import dataclass

FILES = "mu counts files; notmuch and cahoots count messages, copies once"
STEMS = f"notmuch stems, mu matches the word as written; {FILES}"
REFUSED = "notmuch refuses files with no From, Subject and To"
TO_CC = f"notmuch's to: also finds Cc; {FILES}"


@dataclass
class Query:
    """One question."""

    name: str
    """What is asked, in words."""
    cahoots: str
    notmuch: str
    mu: str
    note: str = FILES
    """Why counts may differ."""


def same(name, query, note=FILES):
    """A query that all three spell alike."""
    return Query(name, query, query, query, note)


def twenty(address):
    """The queries, in the order of the tables. `address` is that of the most frequent sender."""
    return [
        same("a common word", "encryption", STEMS),
        same("two words", "clipper AND wiretap", STEMS),
        same("a rare word", "steganography", STEMS),
        same("an absent word", "zzyzxqwerty"),
        same("a phrase", '"key escrow"'),
        same("a phrase of three", '"digital signature standard"'),
        same("either word", "steganography OR watermark", STEMS),
        same("one word, not the other", "clipper AND NOT nsa", STEMS),
        same("nested", "(clipper OR skipjack) AND (nsa OR fbi) AND NOT dea", STEMS),
        same("word in the subject", "subject:remailer", STEMS),
        same("phrase in the subject", 'subject:"digital cash"'),
        same("name of the sender", "from:may"),
        same("address of the sender", f"from:{address}"),
        same("addressee", "to:cypherpunks", TO_CC),
        Query(
            "one year",
            "after:1995-01-01 before:1996-01-01",
            "date:1995-01-01..1995-12-31",
            "date:1995-01-01..1995-12-31",
            "days begin at midnight local time in notmuch and mu",
        ),
        Query(
            "word in one month",
            "anonymous after:1994-02-01 before:1994-03-01",
            "anonymous AND date:1994-02-01..1994-02-28",
            "anonymous AND date:1994-02-01..1994-02-28",
            STEMS,
        ),
        same("sender and word", "from:hughes AND protocol", STEMS),
        same("a prefix", "crypto*"),
        same("a wide prefix", "st*"),
        Query("everything", "*", "*", "", f"{FILES}; {REFUSED}"),
    ]
