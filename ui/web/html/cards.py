"""The sources of an answer as cards, one an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.types import Agreement, Answer, Citation, ResolvedDate
from ui.web.html.buttons import opener, source


@dataclass(frozen=True)
class Card:
    """One article and what is cited of it."""

    citations: tuple[Citation, ...]
    said: bool
    """Whether the answer says these very words, so that they need not be shown large again."""

    @property
    def url(self) -> str | None:
        """Where the article was published."""
        return self.citations[0].url

    @property
    def quotes(self) -> list[tuple[str, Sequence[ResolvedDate]]]:
        """The quoted words with the days that they mean."""
        return [(one.quote, one.dates) for one in self.citations]

    @property
    def also_in(self) -> list[str]:
        """Other outlets that carry the article or its words."""
        return list(dict.fromkeys(outlet for one in self.citations for outlet in one.also_in))

    @property
    def agreed(self) -> list[Agreement]:
        """Independent sources that say the same."""
        return [agreed for one in self.citations for agreed in one.agreed_by]

    def head(self, turn: int) -> Markup:
        """Who, when and under which title; opens the first quote."""
        numbers = "".join(f"[{one.number}]" for one in self.citations)
        number = f'<span class="dl-number">{numbers}</span> '
        return Markup(opener(source(self.citations[0], number), turn=turn, citation=self.citations[0].number))  # noqa: S704


def cards(answer: Answer) -> list[Card]:
    """One card an article, in the order in which the answer cites them."""
    by_article: dict[str, list[Citation]] = {}
    for one in answer.citations:
        by_article.setdefault(one.article_id, []).append(one)
    text = _flat(answer.text)
    return [Card(tuple(cited), all(_flat(one.quote) in text for one in cited)) for cited in by_article.values()]


def _flat(text: str) -> str:
    return " ".join(text.split())
