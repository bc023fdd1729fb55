"""Passages and citations of copies: shown once, read once and counted once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rag.stories.near_duplicates import containment, shingles_of
from rag.types import Citation, Passage

SAME_PASSAGE = 0.5
"""Share of word 3-grams from which two passages of copies are the same text; copies are cut at different places."""


def one_per_story(passages: Sequence[Passage], most: int) -> tuple[Passage, ...]:
    """The best `most` passages, in order, one per story as long as there are others.

    If there are fewer stories than places, the next best passages of the chosen articles fill them, never those of
    their copies.
    """
    best: dict[str, int] = {}
    for place, passage in enumerate(passages):
        best.setdefault(_story(passage), place)
    chosen = {passages[place].article_id for place in best.values()}
    more = (place for place, passage in enumerate(passages) if passage.article_id in chosen)
    places = list(dict.fromkeys([*best.values(), *more]))[:most]
    return tuple(passages[place] for place in sorted(places))


def without_copies(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages without those of a copy that repeat a better passage of the same story."""
    kept: list[Passage] = []
    for passage in passages:
        copies = (one for one in kept if one.story == passage.story != "" and one.article_id != passage.article_id)
        if not any(containment(shingles_of(passage.text), shingles_of(one.text)) >= SAME_PASSAGE for one in copies):
            kept.append(passage)
    return tuple(kept)


def corrected_first(passages: Sequence[Passage], corrections: Collection[str]) -> tuple[Passage, ...]:
    """The passages, with those of `corrections` (ids of articles) before those of their uncorrected copies elsewhere.

    Only the places and scores that a story already has are rearranged; the rest stays as it is.
    """
    places: dict[str, list[int]] = {}
    for place, passage in enumerate(passages):
        if passage.story:
            places.setdefault(passage.story, []).append(place)
    ordered = list(passages)
    for own in places.values():
        ranked = sorted(own, key=lambda place: passages[place].article_id not in corrections)
        for place, source in zip(own, ranked, strict=True):
            if place != source:
                ordered[place] = passages[source].model_copy(update={"score": passages[place].score})
    return tuple(ordered)


def other_outlets(passage: Passage, articles: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """Outlets of the other `articles` (id and outlet) of a story, each once, in order."""
    others = (outlet for article_id, outlet in articles if article_id != passage.article_id)
    return tuple(dict.fromkeys(outlet for outlet in others if outlet and outlet != passage.outlet))


def independent(articles: Sequence[Citation | Passage]) -> int:
    """Number of independent outlets: the most articles of which no two share a story or an outlet.

    A maximum matching of stories and outlets, by augmenting paths (Kuhn, 1955). Articles without an outlet count as one
    outlet, because they cannot be told apart.
    """
    outlets: dict[str, list[str]] = {}
    for one in articles:
        outlets.setdefault(_story(one), []).append((one.outlet or "").lower())
    matched: dict[str, str] = {}

    def places(story: str, tried: set[str]) -> bool:
        for outlet in outlets[story]:
            if outlet not in tried:
                tried.add(outlet)
                if outlet not in matched or places(matched[outlet], tried):
                    matched[outlet] = story
                    return True
        return False

    return sum(places(story, set()) for story in outlets)


def _story(one: Citation | Passage) -> str:
    """In a library that does not know its stories, each article is a story of its own."""
    return one.story or one.article_id
