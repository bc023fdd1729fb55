"""The lexical side in PostgreSQL: posting lists in a table, ranked by BM25 exactly as Tantivy does on one machine.

PostgreSQL's own full-text search ignores how rare a word is, and any few hundred passages it proposes miss some of the
best. A posting list costs four bytes a passage: a question's lists over 44,000 passages take half a megabyte.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.store.catalog_rows import filter_condition, passages_between
from rag.store.engine import Connection, marks
from rag.store.index import K1, QUERY_TERMS_MOST, B, Hit, rarity
from rag.text.stems import WORDS_VERSION
from rag.types import Filters

if TYPE_CHECKING:
    from rag.store.catalog import Catalog

BLOCK = 4096
"""Passage numbers per row of a posting list, as in the migrations."""
GONE_MOST = BLOCK // 8
"""A block is rewritten when more of its passages than this are gone; until then they are skipped."""
READ_MOST = 4_000_000
"""Entries read for a question (16 MB), rarest stems first; commoner ones count only in smaller libraries."""
HELD_MOST = 8_000_000
"""Entries kept in memory for the next question."""
_GONE = ""
"""The stem that stands for removed passages."""
_ENTRY = np.dtype([("place", ">u2"), ("times", "u1"), ("length", "u1")])
_CODES = np.arange(24, 256) - 24
LENGTHS = np.concatenate(
    [np.arange(24), 24 + np.where(_CODES < 8, _CODES, (_CODES % 8 + 8) << np.maximum(_CODES // 8 - 1, 0))]
)
"""The length that each one-byte code stands for, as in Lucene and Tantivy (SmallFloat.byte4ToInt): the highest not
above the real one."""


def put_words(connection: Connection, above: int) -> None:
    """Adds the stems of the passages above that number; redoes all if they are of another version."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()
    if not found or found[0] != WORDS_VERSION:
        put_all_words(connection)
        return
    _put_blocks(connection, above)
    for (block,) in connection.execute(
        "SELECT block FROM postings WHERE term = ? AND octet_length(entries) > ?", (_GONE, GONE_MOST * _ENTRY.itemsize)
    ).fetchall():
        connection.execute("DELETE FROM postings WHERE block = ?", (block,))
        _put_block(connection, block, 0)


def put_all_words(connection: Connection) -> None:
    """Redoes all of them with this version's words, inside the caller's transaction."""
    connection.execute("DELETE FROM passage_words")
    connection.execute("DELETE FROM postings")
    _put_blocks(connection, 0)
    connection.execute(
        "INSERT INTO meta VALUES ('words', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (WORDS_VERSION,)
    )


def _put_blocks(connection: Connection, above: int) -> None:
    blocks = connection.execute(
        f"SELECT DISTINCT passage_no / {BLOCK} FROM passages WHERE passage_no > ? ORDER BY 1", (above,)
    ).fetchall()
    for (block,) in blocks:
        _put_block(connection, block, above)


def _put_block(connection: Connection, block: int, above: int) -> None:
    numbers, lengths = list[int](), list[int]()
    entries: defaultdict[str, bytearray] = defaultdict(bytearray)
    for passage in list(passages_between(connection, max(block * BLOCK, above + 1), block * BLOCK + BLOCK - 1)):
        words = Counter(passage.stems)
        numbers.append(passage.number)
        lengths.append(words.total())
        place = (passage.number % BLOCK).to_bytes(2, "big")
        code = int(np.searchsorted(LENGTHS, words.total(), side="right")) - 1
        for word, times in words.items():
            entries[word] += place + bytes((min(times, 255), code))
    connection.execute(
        "INSERT INTO passage_words SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS int[])) ON CONFLICT DO NOTHING",
        (numbers, lengths),
    )
    connection.execute(
        "INSERT INTO postings SELECT term, ?, entries FROM unnest(CAST(? AS text[]), CAST(? AS bytea[])) AS t (term, entries)"
        " ON CONFLICT (term, block) DO UPDATE SET entries = postings.entries || excluded.entries",
        (block, list(entries), [bytes(one) for one in entries.values()]),
    )


class _Postings(NamedTuple):
    """The postings of one stem, ascending by passage."""

    holders: int
    """Passages that hold it. If these are too many to read, the following are empty."""
    numbers: npt.NDArray[np.int64]
    times: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint8]
    """One-byte codes."""


class WordsInPostgres:
    """BM25 over title and text of all passages, like `index.LexicalIndex`; of one `revision` of the catalog."""

    def __init__(self, catalog: Catalog, revision: int) -> None:
        self._catalog, self.revision = catalog, revision
        self._total, self._length = catalog.row("SELECT passages, length FROM words_held")
        self._held: dict[str, _Postings] = {}
        self._gone: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._gone = self._read([_GONE])[0].numbers

    def __len__(self) -> int:
        return int(self._total)

    def document_frequency(self, term: str) -> int:
        """How many passages contain the stem; for one too common to be read, removed passages are included."""
        return self._read([term])[0].holders

    def search(self, terms: Sequence[str], most: int, filters: Filters) -> list[Hit]:
        lists = [one for one in self._read(terms[:QUERY_TERMS_MOST]) if len(one.numbers)]
        if not lists:
            return []
        norms = K1 * (1 - B + B * LENGTHS / (self._length / self._total))
        first = min(int(one.numbers[0]) for one in lists)
        scores = np.zeros(max(int(one.numbers[-1]) for one in lists) - first + 1)
        for one in lists:
            weight = rarity(len(self), one.holders) * (K1 + 1)
            scores[one.numbers - first] += weight * one.times / (one.times + norms[one.lengths])
        return self._best(scores, first, most, filters)

    def _best(self, scores: npt.NDArray[np.float64], first: int, most: int, filters: Filters) -> list[Hit]:
        """The best that pass; each look takes enough extra that few questions need a second."""
        condition, values = filter_condition(filters)
        stop, matching = (most if condition == "TRUE" else 4 * most), int(np.count_nonzero(scores))
        while True:
            stop = min(stop, matching)
            best = np.argpartition(-scores, stop - 1)[:stop]
            hits = [Hit(first + int(place), float(scores[place])) for place in best[np.argsort(-scores[best])]]
            rows = self._catalog.rows(
                "SELECT p.passage_no FROM passages p JOIN articles a USING (article_id)"
                f" WHERE p.passage_no = ANY(CAST(? AS bigint[])) AND {condition}",
                [hit.number for hit in hits],
                *values,
            )
            passing = {row[0] for row in rows}
            found = [hit for hit in hits if hit.number in passing]
            if len(found) >= most or stop == matching:
                return found[:most]
            stop *= 8

    def _read(self, terms: Sequence[str]) -> list[_Postings]:
        """Their lists; empty for the commonest if they are too long."""
        held = self._held
        if missing := set(terms) - held.keys():
            rows = self._catalog.rows(
                f"WITH sizes AS (SELECT term, sum(octet_length(entries)) / {_ENTRY.itemsize} AS size FROM postings"
                f" WHERE term IN ({marks(missing)}) GROUP BY term),"
                " chosen AS (SELECT term, size, sum(size) OVER (ORDER BY size, term) <= ? AS are_read FROM sizes)"
                " SELECT s.term, CAST(s.size AS bigint), p.block, p.entries"
                " FROM chosen s LEFT JOIN postings p ON p.term = s.term AND s.are_read ORDER BY s.term, p.block",
                *missing,
                READ_MOST,
            )
            found = {term: self._postings(list(some)) for term, some in itertools.groupby(rows, lambda row: row[0])}
            held = {**held, **dict.fromkeys(missing, self._postings([])), **found}
            # Another thread may be reading the old one, so it is replaced rather than changed.
            self._held = held if sum(one.holders for one in held.values()) <= HELD_MOST else {}
        return [held[term] for term in terms]

    def _postings(self, rows: Sequence[tuple[str, int, int | None, bytes]]) -> _Postings:
        """Built from a stem, its number of entries, and blocks of these."""
        blocks = [(block, entries) for _, _, block, entries in rows if block is not None]
        entries = np.frombuffer(b"".join(some for _, some in blocks), dtype=_ENTRY)
        counts = np.array([len(some) // _ENTRY.itemsize for _, some in blocks], dtype=np.int64)
        numbers = np.repeat(np.array([block * BLOCK for block, _ in blocks], dtype=np.int64), counts) + entries["place"]
        if len(self._gone):
            live = ~np.isin(numbers, self._gone)
            numbers, entries = numbers[live], entries[live]
        too_common = rows and not blocks
        return _Postings(rows[0][1] if too_common else len(numbers), numbers, entries["times"], entries["length"])
