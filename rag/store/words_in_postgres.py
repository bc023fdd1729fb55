"""The lexical side in PostgreSQL: posting lists in a table, ranked by BM25 exactly as Tantivy does on one machine.

PostgreSQL's own full-text search ignores how rare a word is, and any few hundred passages it proposes miss some of the
best. A posting list costs four bytes a passage: a question's lists over 44,000 passages take half a megabyte.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.store.catalog_rows import filter_condition, passages_between
from rag.store.engine import Connection, marks, record, recorded
from rag.store.index import K1, QUERY_TERMS_MOST, B, Hit, rarity
from rag.text.stems import WORDS_VERSION
from rag.types import Filters

if TYPE_CHECKING:
    from rag.store.catalog import Catalog

BLOCK = 4096
"""Passage numbers per row of a posting list, as in the migrations."""
GONE_MOST = BLOCK // 8
"""A block is rewritten when more of its passages than this are gone; until then they are skipped."""
LONGEST = 1_000_000
"""A stem that more passages hold than this is not read (4 MB): it says little about any of them."""
HELD_MOST = 16_000_000
"""Entries kept in memory (96 MB), those least recently used dropped first. Reading them from the database is what costs:
of half a million passages a question's lists have two million entries, and common stems are in most questions."""
_GONE = ""
"""The stem that stands for removed passages."""
_ENTRY = np.dtype([("place", ">u2"), ("code", ">u2")])
_TIMES = np.arange(256)[:, None]
_CODES = np.arange(24, 256) - 24
LENGTHS = np.concatenate(
    [np.arange(24), 24 + np.where(_CODES < 8, _CODES, (_CODES % 8 + 8) << np.maximum(_CODES // 8 - 1, 0))]
)
"""The length that each one-byte code stands for, as in Lucene and Tantivy (SmallFloat.byte4ToInt): the highest not
above the real one."""


def put_words(connection: Connection, above: int) -> None:
    """Adds the stems of the passages above that number; redoes all if they are of another version."""
    if recorded(connection, "words") != WORDS_VERSION:
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
    record(connection, "words", WORDS_VERSION)


def _put_blocks(connection: Connection, above: int) -> None:
    blocks = connection.execute(
        f"SELECT DISTINCT passage_no / {BLOCK} FROM passages WHERE passage_no > ? ORDER BY 1", (above,)
    ).fetchall()
    for (block,) in blocks:
        _put_block(connection, block, above)


def _put_block(connection: Connection, block: int, above: int) -> None:
    numbers, lengths = list[int](), list[int]()
    entries: defaultdict[str, bytearray] = defaultdict(bytearray)
    for passage in passages_between(connection, max(block * BLOCK, above + 1), block * BLOCK + BLOCK - 1):
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
    numbers: npt.NDArray[np.uint32]
    codes: npt.NDArray[np.uint16]
    """How often the stem is in the passage, times 256, plus the passage's length as a one-byte code."""


class WordsInPostgres:
    """BM25 over title and text of all passages, like `index.LexicalIndex`; of one `revision` of the catalog."""

    def __init__(self, catalog: Catalog, revision: int) -> None:
        self._catalog, self.revision = catalog, revision
        self._total, self._length = catalog.row("SELECT passages, length FROM words_held")
        self._held: dict[str, _Postings] = {}
        self._changing = threading.Lock()
        self._gone: npt.NDArray[np.uint32] = np.empty(0, dtype=np.uint32)
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
        saturated = (_TIMES / (_TIMES + norms)).astype(np.float32).reshape(-1)
        first = min(int(one.numbers[0]) for one in lists)
        scores = np.zeros(max(int(one.numbers[-1]) for one in lists) - first + 1, dtype=np.float32)
        for one in lists:
            weight = np.float32(rarity(len(self), one.holders) * (K1 + 1))
            # As scores[places] += …, but twice as fast; no list has a passage twice.
            places = one.numbers.astype(np.intp) - first
            scores.put(places, scores.take(places) + (weight * saturated).take(one.codes))
        return self._best(scores, first, most, filters)

    def _best(self, scores: npt.NDArray[np.float32], first: int, most: int, filters: Filters) -> list[Hit]:
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
        """Their lists, empty for those that are too long."""
        with self._changing:
            held = {term: self._held[term] for term in terms if term in self._held}
        if missing := set(terms) - held.keys():
            too_long = self._too_long(missing)
            # Not joined with their sizes: for that, PostgreSQL reads the whole table.
            readable = missing - too_long.keys()
            rows = self._catalog.rows(
                f"SELECT term, block, entries FROM postings WHERE term IN ({marks(readable)})", *readable
            )
            blocks: defaultdict[str, list[tuple[int, bytes]]] = defaultdict(list)
            for term, block, entries in rows:
                blocks[term].append((block, entries))
            held |= {term: self._postings(sorted(blocks[term]), too_long.get(term, 0)) for term in missing}
        self._hold(held)
        return [held[term] for term in terms]

    def _too_long(self, terms: Collection[str]) -> dict[str, int]:
        """How many passages hold each of these stems that is not to be read."""
        if self._total <= LONGEST:
            return {}
        rows = self._catalog.rows(
            f"SELECT term, sum(octet_length(entries)) / {_ENTRY.itemsize} FROM postings WHERE term IN ({marks(terms)})"
            " GROUP BY term",
            *terms,
        )
        return {term: int(size) for term, size in rows if size > LONGEST}

    def _hold(self, used: Mapping[str, _Postings]) -> None:
        """Keeps lists in memory, the last used last; drops the first if they are too many."""
        with self._changing:
            grows = not used.keys() <= self._held.keys()
            for term, postings in used.items():
                self._held.pop(term, None)
                self._held[term] = postings
            if not grows:  # counted only then: each stem of a question is looked up several times
                return
            size = sum(len(one.numbers) for one in self._held.values())
            while size > HELD_MOST:
                size -= len(self._held.pop(next(iter(self._held))).numbers)

    def _postings(self, blocks: Sequence[tuple[int, bytes]], holders: int = 0) -> _Postings:
        """Built from the blocks of a stem's entries, or from the number of its holders alone."""
        entries = np.frombuffer(b"".join(some for _, some in blocks), dtype=_ENTRY)
        counts = [len(some) // _ENTRY.itemsize for _, some in blocks]
        starts = np.array([block * BLOCK for block, _ in blocks], dtype=np.uint32)
        numbers = np.repeat(starts, counts) + entries["place"]
        codes = entries["code"].astype(np.uint16)
        if len(self._gone):
            live = ~np.isin(numbers, self._gone)
            numbers, codes = numbers[live], codes[live]
        return _Postings(holders or len(numbers), numbers, codes)
