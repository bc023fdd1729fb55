"""Turning a main clause round for a question, and telling whether words can be understood without their article.

`article` is always the whole text in which the words stand: it shows which of them are names, and of whom.
"""

from __future__ import annotations

import itertools
import re

from evals.draft_words import (
    BASES,
    CLAUSE,
    DETERMINERS,
    KNOWN_TO_ALL,
    NAME,
    NO_PERSON,
    OPENINGS,
    PART,
    PREPOSITIONS,
    PRESENT,
    ROLE,
    TITLE,
    WEEKDAY,
)

HELPERS = "is|are|was|were|will|would|has|have|had|can|could|must"
PARTICIPLE = r"[a-z]+(?:ed|en|nt|ld|wn|ought|aught|orn|made|found|held|shot|set|put|cut|won|hit|met|built|struck)\b"
_LAST_VERB = rf"{PARTICIPLE}|pay|cost|spend|have|receive|need|cover|lose|win|paid|lost"
_LONGEST_SUBJECT = 8
"""Words."""
_LOWERED = frozenset("The A An All Some Several Police Officials Officers Residents Voters".split())
_NOT_BEFORE_PERSON = frozenset("in at from the a an of near on to".split())
_WEEKDAYS = re.compile(rf"(?: on)? (?:early |late )?{WEEKDAY}{PART}(?![’'\w])")
_BOUND_WEEKDAY = re.compile(
    r"\b(?:by|from|until|till|since|before|after|of|through|and|to|for|the|next|last|every|each|a|between|late|early|"
    rf"this) {WEEKDAY}\b"
)


def inverted(clause: str, article: str, helpers: str = HELPERS, to_the_verb: bool = False) -> str | None:
    """A main clause as it stands behind a question word: "the dam was opened" → "was the dam opened".

    Args:
        helpers: the helping verbs that may be turned round, as a pattern; without one, "did" is put in.
        to_the_verb: the clause must end with its verb, so that what was taken out stood right behind it.
    """
    found = re.match(rf"^(?P<subject>.+?) (?P<helper>{helpers}) (?P<rest>.+)$", clause)
    if not found:
        return _with_did(clause, article, to_the_verb)
    subject, words = plain_subject(found["subject"], article), found["rest"].split()
    if not subject or CLAUSE.search(found["rest"]) or words[-1] in PREPOSITIONS | DETERMINERS:
        return None
    if to_the_verb and not (len(words) <= 2 and re.fullmatch(_LAST_VERB, words[-1])):
        return None
    return f"{found['helper']} {subject} {found['rest']}"


def _with_did(clause: str, article: str, to_the_verb: bool) -> str | None:
    words = clause.split()
    for place, word in enumerate(words[1 : _LONGEST_SUBJECT + 1], start=1):
        base = BASES.get(word) or (PRESENT.get(word) if to_the_verb else None)
        if base is None:
            continue
        subject, rest = plain_subject(" ".join(words[:place]), article), " ".join(words[place + 1 :])
        second_verb = any(other in BASES for other in words[place + 1 :]) or rest.startswith("by ")
        if base == "be" or not subject or second_verb or CLAUSE.search(rest) or (to_the_verb and rest):
            return None
        return f"{'did' if word in BASES else 'does'} {subject} {base} {rest}".rstrip()
    return None


def plain_subject(subject: str, article: str) -> str | None:
    """A subject as it stands inside a sentence; None where it is not one for certain."""
    words = subject.split()
    plain = (
        len(words) <= _LONGEST_SUBJECT
        and not CLAUSE.search(subject[0].lower() + subject[1:])
        and words[0].lower() not in PREPOSITIONS
        and words[-1].lower() not in DETERMINERS | PREPOSITIONS
        and not re.search(r"\b(?:he|she|his|her|its|their)\b|\d", subject)
        and not any(word.endswith(("ed", "ing", "ly")) for word in words[1:] if word[0].islower())
    )
    return _inside_a_sentence(words[0], " ".join(words[1:]), article) if plain else None


def _inside_a_sentence(first: str, rest: str, article: str) -> str | None:
    """The words with a small letter unless the first is a name; None where the article does not show which."""
    if first in _LOWERED:
        return None if first == "The" and not _named(rest) else f"{first.lower()} {rest}".rstrip()
    if rest[:1].isupper():
        return f"{first} {rest}"
    if re.search(rf"\b{re.escape(first.lower())}\b", article):
        return f"{first.lower()} {rest}".rstrip()
    return f"{first} {rest}".rstrip() if re.search(rf"(?<=[a-z,] ){re.escape(first)}\b", article) else None


def _named(behind_the: str) -> bool:
    words = behind_the.split()
    return words[0] in KNOWN_TO_ALL or any(word[0].isupper() or word in PREPOSITIONS for word in words)


def points_to_unnamed(words: list[str]) -> bool:
    """Whether "the company" is there, and neither a name nor "of …" says which."""
    for place, word in enumerate(words):
        behind = words[place + 1 : place + 4]
        if word.lower() != "the" or not behind or behind[0].rstrip(",") in KNOWN_TO_ALL:
            continue
        owner = behind[0].islower() and re.search(r"[a-z][’']s?$", behind[0])
        named = any(one[0].isupper() or one[0].isdigit() for one in behind[:2])
        described = any(one in PREPOSITIONS and not before.endswith("ed") for before, one in itertools.pairwise(behind))
        if owner or not (named or described):
            return True
    return False


def spelled_out(question: str, article: str) -> str | None:
    """The question with "Calvert" as "Ken Calvert", when the article says so; None where it names two of them."""
    words = question.split()
    for place, word in enumerate(words[1:], start=1):
        before, behind = words[place - 1], words[place + 1] if place + 1 < len(words) else ""
        alone = not before[0].isupper() or place == 1
        if not alone or before in _NOT_BEFORE_PERSON or behind[:1].isupper() or not re.fullmatch(rf"{NAME}\??", word):
            continue
        last = word.rstrip("?")
        full = {name for name in re.findall(rf"\b{NAME} {last}\b", article) if is_person(name, article)}
        if len(full) > 1:
            return None
        words[place] = word.replace(last, full.pop()) if full else word
    return " ".join(words)


def is_person(name: str, article: str) -> bool:
    """A title or role before the name, an age or "who" behind it, "Mr", or somebody who said something."""
    first, *_, last = name.split()
    if NO_PERSON.search(name) or first.lower() in OPENINGS:
        return False
    written, alone = re.escape(name), re.escape(last)
    return bool(
        re.search(
            rf"\b(?:{TITLE}|{ROLE}),? {written}\b|\b{written}, (?:who\b|\d\d,)|\bM(?:r|s|rs)\.? {alone}\b"
            rf"|(?<!{re.escape(first)} )\b{alone} (?:said|told|added|wrote)\b",
            article,
        )
    )


def without_weekday(text: str) -> str | None:
    """The text without "on Monday"; None where a day cannot be taken out."""
    return None if _BOUND_WEEKDAY.search(text) else _WEEKDAYS.sub("", text)
