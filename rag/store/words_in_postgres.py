"""The lexical side in PostgreSQL: its full-text index proposes passages, BM25 over the same stems as elsewhere ranks them.

PostgreSQL's own ranks know nothing of how rare a word is. So the stems are put in as they are, a table counts in how many
passages each stands, and the formula is computed for the few hundred passages that hold the rarest words of a question.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.store.catalog_rows import filter_condition, marks
from rag.store.engine import Connection
from rag.store.index import K1, QUERY_TERMS_MOST, B, Hit, rarity
from rag.text.languages import ENGLISH, code_of
from rag.text.stems import WORDS_VERSION, stems
from rag.types import Filters

if TYPE_CHECKING:
    from rag.store.catalog import Catalog

PROPOSED_SHARE = 0.02
"""Stems in more passages than this share of all propose none; they count in the rank of those that others propose."""
PROPOSED_LEAST = 3000
"""Unless the rarer ones are in fewer passages than this, counted one by one. Of 25 public questions over 7,253 passages
as many got the same first five as on one machine: 10 with 0, 16 with 1000, 19 with 3000 (16, 22, 31 ms of processor)."""
PROPOSED_MOST = 300
"""Passages that are ranked by BM25."""
_ROWS = 500
_PLACES_MOST = 16_383
"""The highest place that a tsvector knows."""


def put_words(connection: Connection, above: int) -> None:
    """Puts in the stems of the passages above that number; inside of the caller's transaction."""
    while rows := connection.execute(
        'SELECT p.passage_no, a.title, a.language, substr(a.text, p.start + 1, p."end" - p.start) AS text'
        " FROM passages p JOIN articles a USING (article_id) WHERE p.passage_no > ? ORDER BY p.passage_no LIMIT ?",
        (above, _ROWS),
    ).fetchall():
        words = [stems(f"{row['title']}\n{row['text']}", code_of(row["language"]) or ENGLISH) for row in rows]
        connection.execute(
            "INSERT INTO passage_words SELECT passage_no, length, CAST(words AS tsvector)"
            " FROM unnest(CAST(? AS bigint[]), CAST(? AS int[]), CAST(? AS text[])) AS t (passage_no, length, words)",
            ([row["passage_no"] for row in rows], [len(one) for one in words], [_tsvector(one) for one in words]),
        )
        above = rows[-1]["passage_no"]


def put_all_words(connection: Connection) -> None:
    """Makes them all again, in the words of this version."""
    connection.execute("DELETE FROM passage_words")
    connection.execute("DELETE FROM terms")
    put_words(connection, 0)
    connection.execute(
        "INSERT INTO meta VALUES ('words', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (WORDS_VERSION,)
    )


class WordsInPostgres:
    """BM25 (Robertson and Zaragoza 2009) over title and text of all passages, as `index.LexicalIndex` in front of a question."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._held: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return self._counts([""])[""][0]

    def document_frequency(self, term: str) -> int:
        """How many passages contain the stem."""
        return self._counts([term])[term][0]

    def search(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        """About the best `most` passages that contain any of the stems and pass the filters."""
        terms = list(dict.fromkeys(terms))[:QUERY_TERMS_MOST]
        counts = self._counts([*terms, ""])
        total, length = counts.pop("")
        terms = sorted((term for term in terms if counts[term][0]), key=lambda term: counts[term][0])
        if not terms:
            return []
        weights = [rarity(total, counts[term][0]) for term in terms]
        common = max(PROPOSED_SHARE * total, PROPOSED_MOST)
        matched = itertools.accumulate((counts[term][0] for term in terms), initial=0)
        rare = [term for term, so_far in zip(terms, matched) if counts[term][0] <= common or so_far < PROPOSED_LEAST]  # noqa: B905
        wanted = " | ".join(_quoted(term) for term in rare)
        condition, values = filter_condition(filters)
        join = "" if condition == "TRUE" else "JOIN passages p USING (passage_no) JOIN articles a USING (article_id)"
        rows = self._catalog.rows(
            "SELECT c.passage_no, sum(q.weight * f.times * (? + 1) / (f.times + ? * (1 - ? + ? * c.length / ?))) AS score"
            " FROM (SELECT w.passage_no, w.length, w.words FROM passage_words w"
            f"  {join} WHERE w.words @@ CAST(? AS tsquery) AND {condition}"
            "  ORDER BY ts_rank(w.words, CAST(? AS tsquery), 1) DESC LIMIT ?) c"
            " CROSS JOIN LATERAL (SELECT lexeme, CAST(cardinality(positions) AS float8) AS times FROM unnest(c.words)) f"
            " JOIN unnest(CAST(? AS text[]), CAST(? AS float8[])) AS q (term, weight) ON q.term = f.lexeme"
            " GROUP BY c.passage_no ORDER BY score DESC, c.passage_no LIMIT ?",
            *(K1, K1, B, B, max(length / max(total, 1), 1.0)),
            *(wanted, *values, wanted, max(PROPOSED_MOST, most)),
            *(terms, weights, most),
        )
        return [Hit(number, score) for number, score in rows]

    def _counts(self, terms: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Passages with each stem, and for the empty one the sum of all lengths, in stems."""
        missing = [term for term in terms if term not in self._held]
        if missing:
            self._held.update(dict.fromkeys(missing, (0, 0)))
            rows = self._catalog.rows(
                f"SELECT term, passages, length FROM terms WHERE term IN ({marks(missing)})", *missing
            )
            self._held.update((term, (passages, length)) for term, passages, length in rows)
        return {term: self._held[term] for term in terms}


def _tsvector(words: Sequence[str]) -> str:
    """The stems with their places as PostgreSQL reads them."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, start=1):
        places.setdefault(word, []).append(min(place, _PLACES_MOST))
    return " ".join(f"{_quoted(word)}:{','.join(map(str, at))}" for word, at in places.items())


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
