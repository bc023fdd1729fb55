"""What the packaged support model learns from: sentences about passages that are borne out, and near ones that are not.

Four sources. Claims about passages of public news, written in pairs (one true, one subtly false) by a large language
model that read them (`data/training/claims.jsonl` names the passages by their places, their words are not in it); what
gives a false one away by its own words alone is left out (`hard_pairs`), because a model that learns to spot the writer
tells nothing of the passage. The true ones beside a passage that code changed where it bears them out, or elsewhere. SQuAD,
whose questions become statements with their answer put in, right or of another question about the same paragraph. And
sentences of the same news with one thing changed by code: a value, two names exchanged, a "not" or a hedge lost.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.altered import KINDS, Told, alterations, passage_around, reworded
from evals.reader_examples import HELD_OUT, HELD_OUT_SHARE, digest
from evals.suites.squad import FILES, questions_of
from evals.suites.suite import rows_of
from ingest.extract import extract
from ingest.found import Failure, Skipped
from ingest.sources import find
from rag.checking.reading import Evidence
from rag.sentences import Span, sentence_spans
from rag.store.index import stems

CLAIMS = Path(__file__).parent / "data" / "training" / "claims.jsonl"
_WH = re.compile(
    r"\b(?:(?:in |on |at |by |from |for |to )?(?:what|which)(?: (?:year|date|day|month|city|country|state|percentage|number|person"
    r"|century|name|type|kind)(?: of \w+)?)?|who(?:m|se)?|when|where|how (?:many|much|old|long|far|tall|large))\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July|August"
    r"|(?:Septem|Octo|Novem|Decem)ber|(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.|The |I )[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)*\b"
)
_CHANGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        # a denial lost or put in
        (r"\b(is|are|was|were|has|have|had|will|would|could|can|should) not\b", r"\1"),
        (r"\b(is|are|was|were|has|have|had|will|would|could|can|should) (?!not\b)(?=[a-z])", r"\1 not "),
        (r"\bdid(?: not|n['’]t) (\w+)", r"did \1"),
        (r"\bno longer\b", "still"),
        (r"\bwithout\b", "with"),
        (r"\brefused to\b", "agreed to"),
        (r"\bnever\b", "always"),
        # a hedge lost
        (r"\b(?:may|might|could) (?:have )?", "did "),
        (r"\b(?:allegedly|reportedly|possibly|probably) ", ""),
        (r"\b(?:plans?|planned|expects?|expected|hopes?|hoped|wants?|wanted) to\b", "managed to"),
        (r"\bproposed\b", "adopted"),
        (r"\b(?:accused|suspected) of\b", "convicted of"),
        (r"\bdenied\b", "admitted"),
        # more than was said
        (r"\b(?:some|many|most|several)\b(?= [a-z])", "all"),
        (r"\bat least\b", "at most"),
        (r"\b(?:nearly|almost|about|up to)\b", "exactly"),
        (r"\bmore than\b", "fewer than"),
        (r"\bpart of\b", "all of"),
        # the other direction
        (r"\b(?:rose|increased|grew|climbed)\b", "fell"),
        (r"\b(?:fell|dropped|declined|decreased)\b", "rose"),
        (r"\bhigher\b", "lower"),
        (r"\bbefore\b", "after"),
        (r"\bafter\b", "before"),
        (r"\bapproved\b", "rejected"),
        (r"\b(?:rejected|opposed)\b", "approved"),
        (r"\bwon\b", "lost"),
        (r"\blost\b", "won"),
        (r"\bfirst\b", "last"),
        (r"\blast\b(?! (?:week|month|year|night))", "first"),
    )
)


_HEDGED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b(?:has|have|had) (?=\w+ed\b)", "may have "),
        (r"\b(?:was|were) (?=\w+ed\b)", "may be "),
        (r"\bsaid (?:that )?", "denied that "),
        (r"\b(?:approved|adopted|passed|signed)\b", "proposed"),
        (r"\bconvicted of\b", "accused of"),
        (r"\b(?:all|every|each)\b", "some"),
        (r"\bwill\b", "would have"),
        (r"\b(?:announced|confirmed)\b", "was rumoured to consider"),
    )
)
GIVEN_AWAY = 0.3
"""A pair whose claims a bag of words tells apart by more, in log odds, is left out."""


@dataclass(frozen=True)
class Claim:
    """A sentence and what it is held against; `topic` is kept whole where some are held out."""

    text: str
    evidence: Evidence
    supported: bool
    topic: str
    kind: str = ""


Both = tuple[Claim, ...]
"""Claims about one passage, true and false ones."""


def is_held_out(topic: str) -> bool:
    """Whether a topic is kept for the figures."""
    return topic in HELD_OUT or int(digest(topic), 16) % HELD_OUT_SHARE == 0


def written_claims(articles: dict[str, Evidence], path: Path = CLAIMS) -> list[Both]:
    """The claims that were written, in the pairs that belong together."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for row in rows_of(path):
        article = articles.get(row["article"])
        if article:
            evidence = Evidence(article.text[row["start"] : row["end"]], article.title, published=article.published)
            made = Claim(row["claim"], evidence, row["supported"], row["article"], row["kind"])
            found[row["pair"]].append(made)
    return [tuple(one) for one in found.values()]


def articles_of(path: Path, most: int | None = None) -> dict[str, Evidence]:
    """The articles of a set by their ids, as `dateline ingest` reads them."""
    found: dict[str, Evidence] = {}
    for document in find([str(path)], allow_private=False):
        if isinstance(document, Failure | Skipped):
            continue
        read = extract(document)
        known = read.metadata
        if known.given_id and read.text:
            found[known.given_id] = Evidence(read.text, known.title or "", known.outlet or "", known.published)
        if most and len(found) >= most:
            break
    return found


def squad_claims(folder: Path) -> list[Both]:
    """Statements made of SQuAD's questions, each with its answer and with one of another question on the paragraph."""
    rows = {row["id"]: row for name in FILES if (folder / name).is_file() for row in questions_of(folder / name)}
    paragraphs: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows.values():
        answers = [answer for answer in row["answers"] if answer and answer in row["context"]]
        if not row["impossible"] and answers:
            paragraphs[row["context"]].append((row["title"], row["question"], min(answers, key=len)))
    chance = random.Random(7)  # noqa: S311 - not for secrets
    return [pair for text, asked in paragraphs.items() for pair in _of_paragraph(text, asked, chance)]


def _of_paragraph(text: str, asked: Sequence[tuple[str, str, str]], chance: random.Random) -> Iterator[Both]:
    for title, question, answer in asked:
        others = [
            other
            for _, _, other in asked
            if _shape(other) == _shape(answer)
            and not set(other.lower().split()) & set(answer.lower().split())
            and other.lower() not in question.lower()
        ]
        right = statement(question, answer)
        if others and right:
            evidence = Evidence(text, title.replace("_", " "))
            wrong = statement(question, chance.choice(others))
            yield (
                Claim(right, evidence, True, title, "question"),
                Claim(wrong, evidence, False, title, "question"),
            )


def statement(question: str, answer: str) -> str:
    """A question with the answer in place of what it asks for; empty where it asks in another way.

    >>> statement("Who wrote the report?", "Ann Lee")
    'Ann Lee wrote the report.'
    """
    found = _WH.search(question)
    if not found:
        return ""
    put = f"{question[: found.start()]}{answer}{question[found.end() :]}".strip().rstrip("?").strip()
    return f"{put[:1].upper()}{put[1:]}."


def _shape(answer: str) -> str:
    if re.search(r"\d", answer):
        return "year" if re.search(r"\b\d{4}\b", answer) else "number"
    return "name" if answer[:1].isupper() else "words"


def hard_pairs(pairs: Sequence[Both], seed: int = 7) -> list[Both]:
    """The pairs whose false claim cannot be told by its own words, by a bag of words in cross-validation."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline

    kept = []
    for known, other in KFold(5, shuffle=True, random_state=seed).split(np.arange(len(pairs))):
        shown = [claim for place in known for claim in pairs[place]]
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, min_df=2), LogisticRegression(C=10, max_iter=2000)
        )
        model.fit([claim.text for claim in shown], [claim.supported for claim in shown])
        for place in other:
            truths = [claim.supported for claim in pairs[place]]
            scores = model.decision_function([claim.text for claim in pairs[place]])
            if len(set(truths)) == 2 and scores[truths.index(True)] - scores[truths.index(False)] < GIVEN_AWAY:
                kept.append(pairs[place])
    return kept


def edited_evidence(pairs: Sequence[Both], seed: int = 7) -> list[Both]:
    """True claims with their passage as it is, with the sentence changed that bears them out, and with another one changed.

    The words of the claim are the same each time, so that only the passage tells.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    return [made for pair in pairs for claim in pair if claim.supported and (made := _edited(claim, chance))]


def _edited(claim: Claim, chance: random.Random) -> Both:
    text = claim.evidence.text
    own = frozenset(stems(claim.text))
    spans = sentence_spans(text)
    if len(spans) < 2:
        return ()
    ranked = sorted(spans, key=lambda span: -len(own & frozenset(stems(text[span.start : span.end]))))
    changed = _against(text, ranked[0], claim.text, chance)
    if not changed:
        return ()
    made = [claim, replace(claim, evidence=replace(claim.evidence, text=changed), supported=False, kind="evidence")]
    elsewhere = _against(text, ranked[-1], "", chance)
    if elsewhere:
        made.append(replace(claim, evidence=replace(claim.evidence, text=elsewhere), kind="elsewhere"))
    return tuple(made)


def _against(text: str, span: Span, claim: str, chance: random.Random) -> str:
    """The text with one thing in a sentence turned round, of what the claim takes up (anything where it is empty)."""
    sentence = text[span.start : span.end]
    ways: list[str] = []
    for kind, pattern in KINDS.items():
        values = [match for match in pattern.finditer(sentence) if not claim or match[0] in claim]
        others = [
            other for other in dict.fromkeys(pattern.findall(text)) if other not in sentence and other not in claim
        ]
        if values and others:
            value = chance.choice(values)
            new = sentence[: value.start()] + chance.choice(others) + sentence[value.end() :]
            ways += [new] * (1 if kind in ("name", "full name") else 2)
    named = list(dict.fromkeys(match[0] for match in _NAME.finditer(sentence)))
    if len(named) >= 2:
        ways.append(exchanged(sentence, *chance.sample(named, 2)))
    said = frozenset(stems(claim))
    for pattern, instead in (*_CHANGES, *_HEDGED):
        for match in pattern.finditer(sentence):
            near = sentence[max(0, match.start() - 30) : match.end() + 30]
            if not claim or len(said & frozenset(stems(near))) >= 2:
                ways.append(sentence[: match.start()] + match.expand(instead) + sentence[match.end() :])
                break
    return text[: span.start] + chance.choice(ways) + text[span.end :] if ways else ""


def changed_claims(articles: dict[str, Evidence], count: int, seed: int = 7) -> list[Both]:
    """Sentences of the articles as they are, or reworded by code, each beside one with something changed."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    told = list(_told(articles, chance))
    altered = alterations(told, count // 2, elsewhere=True, seed=seed)
    values = [(one.told, one.sentence, one.kind) for one in altered]
    turned = [
        (one, sentence, kind) for one in told for sentence, kind in _turned(one, chance) if sentence != one.sentence
    ]
    chance.shuffle(turned)
    other_words: dict[str, list[str]] = defaultdict(list)
    for _, one, text in reworded(told):
        other_words[one.sentence].append(text)
    made: list[Both] = []
    for one, wrong, kind in [*values, *turned[: count - len(values)]]:
        right = chance.choice([one.sentence, *other_words.get(one.sentence, [])])
        made.append(
            (
                Claim(right, one.evidence, True, one.article, "changed"),
                Claim(wrong, one.evidence, False, one.article, kind),
            )
        )
    chance.shuffle(made)
    return made


def _told(articles: dict[str, Evidence], chance: random.Random) -> Iterator[Told]:
    """Three sentences of each article that can be read by themselves."""
    for name, article in articles.items():
        spans = [
            span for span in sentence_spans(article.text) if 8 <= len(article.text[span.start : span.end].split()) <= 40
        ]
        for span in chance.sample(spans, min(3, len(spans))):
            yield Told(name, article.text[span.start : span.end], passage_around(article, span.start))


def _turned(one: Told, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The sentence with a denial, hedge, amount or direction changed, and with two of its names exchanged."""
    fitting = [(pattern, instead) for pattern, instead in _CHANGES if pattern.search(one.sentence)]
    if fitting:
        pattern, instead = chance.choice(fitting)
        yield pattern.sub(instead, one.sentence, count=1), "turned"
    named = list(dict.fromkeys(match[0] for match in _NAME.finditer(one.sentence)))
    if len(named) >= 2:
        first, second = chance.sample(named, 2)
        yield exchanged(one.sentence, first, second), "exchanged"


def exchanged(sentence: str, first: str, second: str) -> str:
    """The sentence with two names in each other's place.

    >>> exchanged("Ann met Bob.", "Ann", "Bob")
    'Bob met Ann.'
    """
    swap: Callable[[re.Match[str]], str] = lambda match: second if match[0] == first else first  # noqa: E731
    longest = sorted((first, second), key=len, reverse=True)
    return re.sub("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest), swap, sentence)


def public_claims(path: Path) -> list[Claim]:
    """The claims of a file as `claims/claims.jsonl` of the public data has them."""
    return [
        Claim(
            row["claim"],
            Evidence(row["passage"], published=dt.date.fromisoformat(row["published"])),
            row["supported"],
            row["article_id"],
            row["kind"],
        )
        for row in rows_of(path)
    ]
