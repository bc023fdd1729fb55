"""Pasted text: the article's paragraphs, and what the lines around them say about it.

A model classifies each line (`ingest.line_model`); those it takes for a byline or a day are then read by the same code
as everywhere else. What is not a page, such as a note, verse or a plain article, stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.clean import ENDS, is_agency_note, is_sentence, same_words, shortened, without_closing, without_dateline
from ingest.clutter import heads_a_list, is_clutter, links_elsewhere
from ingest.datelines import read_dateline
from ingest.dates import Said
from ingest.day_reading import possible_days
from ingest.document import Metadata
from ingest.line_model import AGENCY, ARTICLE, BYLINE, DAY, HEADLINE, OUTLET, RUNNING_CHARACTERS, Floats, line_model
from ingest.masthead import read_masthead, split_authors
from rag.types import DateSource

_MOST_LINES = 20_000  # No page has more; a longer text is kept as it is.
_KEPT, _KEPT_SENTENCE = 0.2, 0.1  # Probability of being the article from which a line inside a part of it stays.
_SURE = 0.95  # Probability from which a line is not examined further.
_ALONE = 0.5  # Probability of being the article from which a sentence stays if nothing else does.
_PLAIN = 0.7  # Share of sentences among a text's lines from which it is a plain article.
_SWITCH = 3.0  # Cost of beginning or ending a part of the article, in log odds of a line of 75 characters.
_LEAN = 2.5  # Log odds added to every line: losing a sentence is worse than keeping a button.
_HEADLINE = 0.1  # Probability, reduced by distance, from which the likeliest line is the headline.
_LIKELY = 5  # Lines considered as headlines.
_SENTENCE_HEADLINE = 0.1  # Factor for a headline that reads like a sentence.
_FAR_HEADLINE = 15  # Lines from the article's first one at which a headline counts half as much.
_LONGEST_DAY_LINE = 50  # Characters; a longer one is about something else.
_FAR = 40  # Lines from the article's first one at which a line counts half as much.
_BELOW = 2  # Lines below the article that may still be about it.
_HEAD = 5  # Lines above the text that are always read.
_SAID = 0.3  # Probability from which a line is read as a byline, day, outlet or agency.
_LONGEST_HEADLINE = 300  # Characters.
_ROW = re.compile(r"^[^\W\d_][^:|?!]{0,40}: \S[^:]{0,80}$|\w \| \w")  # "Length: 84 m", "Harrow | 12 | 3"
_WORD = re.compile(r"\w+")


def clean_pasted(
    lines: list[str], blank_before: list[bool], title: str | None = None, headline: bool = True
) -> tuple[list[str], Metadata]:
    """The article in these lines (normalised, not empty), and what its surroundings say; `left_out` says what goes.

    `blank_before`: whether a blank line precedes each. `title`: the known title; lines that repeat it are dropped.
    `headline`: whether one of the lines may be the title. No lines at all means that these are a menu.
    """
    if not lines or len(lines) > _MOST_LINES:
        return lines, Metadata(title=title)
    chances = _chances(lines, blank_before, title)
    before = 0  # The paragraph after a link to another article belongs to the one before it.
    for i, line in enumerate(lines):
        if before < i - 1 and is_sentence(line) and not is_clutter(line):
            chances[i, ARTICLE] = max(chances[i, ARTICLE], chances[before, ARTICLE])
        before = before if links_elsewhere(line) else i
    # A headline between paragraphs is the article's own; repeats of the title are dropped below.
    stays = _stays(lines, chances[:, ARTICLE], chances[:, HEADLINE])
    if not stays.any():
        stays = _few_sentences(lines, chances[:, ARTICLE])
    stays |= _box(lines, stays)
    start = _first_long(lines, np.flatnonzero(stays).tolist())
    found = Metadata(title=title or (_headline(lines, chances, start) if headline else None))
    repeats = [i for i in _repeats(lines, found.title) if i <= start or not stays[i]]
    stays[repeats] = False
    heads = ((i, _where_and_when(lines[i])) for i in range(max(start - _HEAD, 0), start) if i not in repeats)
    said = {i: one for i, one in heads if one}
    stays[list(said)] = False
    kept = np.flatnonzero(stays).tolist()
    end = kept[-1] if kept else len(lines)
    around = _read_around(lines, chances, start, end)
    for one in (*said.values(), *around.values()):
        found = found.or_else(one)
    left, dateline = without_dateline([lines[i] for i in kept])
    dateline = found.dateline or dateline
    left, closing = without_closing(uncut := left, dateline)
    below = [line for i, line in enumerate(lines[end + 1 :][: _BELOW + 1]) if i == 0 or is_agency_note(line)]
    closing = closing.or_else(without_closing(below, dateline)[1])
    stays[repeats + [i for i, one in (said | around).items() if _says_all(lines[i], one)]] = True
    gone = [*uncut[len(left) :], *(line for line, stay in zip(lines, stays.tolist(), strict=True) if not stay)]
    return left, replace(found.or_else(closing).with_dateline(dateline), left_out=_left_out(gone))


def _left_out(lines: Sequence[str]) -> str | None:
    """One sentence about the surrounding lines that are not stored, and whose content is not kept elsewhere."""
    if not lines:
        return None
    longest = max(lines, key=len)
    which = f"{len(lines):,} lines that stood around the text were left out, the longest"
    which = which if len(lines) > 1 else "One line that stood around the text was left out"
    return f"{which}: “{shortened(longest, 100)}”"


def _stays(lines: list[str], article: Floats, headline: Floats) -> NDArray[np.bool_]:
    """Which lines are the article: in a part of it, likely enough by themselves, and containing a word."""
    inside = np.array(_inside(lines, article))
    between = np.flatnonzero(inside & (article >= _KEPT))[:1].tolist() or [len(lines)]
    article = np.concatenate((article[: between[0]], (article + headline)[between[0] :]))
    stays = inside.copy()
    listed = -1  # the last line of a list of other articles between paragraphs
    for i in np.flatnonzero(inside & (article < _SURE)).tolist():
        # Questions are excluded, because headlines of other articles ask them.
        running = len(lines[i]) >= RUNNING_CHARACTERS or (is_sentence(lines[i]) and not lines[i].endswith("?"))
        if (listed == i - 1 >= 0 and not running) or (article[i] < _KEPT and heads_a_list(lines[i])):
            listed = i
        enough = article[i] >= (_KEPT_SENTENCE if running else _KEPT) and listed != i
        stays[i] = enough and _WORD.search(lines[i]) is not None and not is_clutter(lines[i])
    return stays | _plain_sentences(lines)


def _plain_sentences(lines: list[str]) -> NDArray[np.bool_]:
    """The sentences of a text that has little else but a title, and so is not a page: all of them stay."""
    none = np.zeros(len(lines), np.bool_)
    if sum(len(line) < 12 for line in lines) > 0.5 * len(lines):
        return none  # a quick test, which spares most pages the slow one
    sentences = np.array([is_sentence(line) for line in lines])
    if len(lines) <= 2:  # not a page; and Thai, for one, does not mark the ends of sentences
        sentences[-1] = read_masthead(lines[-1]) is None
    below_title = sentences[1:] if len(lines) > 1 and not sentences[0] else sentences
    if below_title.mean() < _PLAIN:
        return none
    return np.array([one and not is_clutter(line) for one, line in zip(sentences.tolist(), lines, strict=True)])


def _box(lines: list[str], stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows of a fact box or table beside the article, which the model takes for buttons: several in a row."""
    rows = [
        _ROW.search(one) is not None and not (is_clutter(one) or possible_days(one) or read_masthead(one))
        for one in lines
    ]
    found = np.zeros(len(lines), np.bool_)
    for is_row, run in itertools.groupby(range(len(lines)), rows.__getitem__):
        places = list(run)
        around = stays[max(places[0] - 2, 0) : places[-1] + 2]  # a heading may be above them
        if is_row and len(places) >= 2 and around.any():
            found[places] = True
    return found


def _few_sentences(lines: list[str], article: Floats) -> NDArray[np.bool_]:
    """The sentences of a text too short to have a distinct part, from the first sure one on."""
    several = [" " in line or not line.isascii() for line in lines]  # words: not all scripts part them
    ends = np.array(several) & [ENDS.search(line) is not None and not is_clutter(line) for line in lines]
    sure = (i for i, line in enumerate(lines) if (article[i] >= _ALONE or ends.all()) and is_sentence(line))
    found = ends & (np.arange(len(lines)) >= next(sure, len(lines)))
    return found if found.any() else (article >= _ALONE) & [_WORD.search(line) is not None for line in lines]


def _chances(lines: list[str], blank_before: list[bool], title: str | None) -> Floats:
    """The model's probabilities for the lines; a known title is put above them for reading."""
    if title is None or _repeats(lines, title):
        return line_model().chances(lines, blank_before)
    return line_model().chances([title, *lines], [True, *blank_before])[1:]


def _headline(lines: list[str], chances: Floats, start: int) -> str | None:
    """The likeliest headline near the article's first line, or what stands above nothing but who and when."""
    if len(lines) == 1:
        return None
    place = np.arange(len(lines)) - start
    near = chances[:, HEADLINE] / (1 + np.abs(place) / _FAR_HEADLINE)
    near[chances[:, HEADLINE] <= chances[:, ARTICLE]] = 0
    likely = [int(i) for i in np.argsort(-near, kind="stable")[:_LIKELY] if len(lines[i]) <= _LONGEST_HEADLINE]
    for i in likely:
        if is_sentence(lines[i]) and lines[i][-1] not in "?!？！":
            near[i] *= _SENTENCE_HEADLINE
    best = max(likely, key=lambda i: near[i], default=0)
    if near[best] >= _HEADLINE:
        return lines[best]
    opens = start > 0 and len(lines[0]) <= _LONGEST_HEADLINE and not is_sentence(lines[0]) and lines[0][-1] not in ":："
    return lines[0] if opens and not _where_and_when(lines[0]) and all(map(_where_and_when, lines[1:start])) else None


def _repeats(lines: list[str], title: str | None) -> list[int]:
    words = _WORD.findall(title.casefold()) if title else []
    if not title or not words:
        return []
    first, near = words[0], len(words[0]) + 4
    likely = [i for i, line in enumerate(lines) if len(line) <= _LONGEST_HEADLINE and first in line[:near].casefold()]
    return [i for i in likely if same_words(lines[i], title)]


def _inside(lines: list[str], article: Floats) -> list[bool]:
    """Which lines are inside a part of the article: the likeliest sequence of two states (Viterbi, 1967)."""
    odds = np.log(np.clip(article, 0.02, 0.98) / np.clip(1 - article, 0.02, 0.98)) + _LEAN
    length = np.fromiter(map(len, lines), np.float32, len(lines))
    gains = (odds * (0.25 + np.minimum(length, 300) / 100)).tolist()
    out, into = 0.0, -_SWITCH
    came: list[tuple[bool, bool]] = []
    for gain in gains:
        enters, stays = into - _SWITCH > out, into >= out - _SWITCH
        came.append((enters, stays))
        out, into = max(out, into - _SWITCH), max(into, out - _SWITCH) + gain
    state = into - _SWITCH > out
    states = []
    for enters, stays in reversed(came):
        states.append(state)
        state = stays if state else enters
    return states[::-1]


def _read_around(lines: list[str], chances: Floats, start: int, end: int) -> dict[int, Metadata]:
    """What the lines about who, where and when say, the surest and nearest to the article's first line first. Lines
    well below the article's last one are about comments and other articles."""
    near = chances / (1 + np.abs(np.arange(len(lines)) - start) / _FAR)[:, None]
    near[end + 1 + _BELOW :] = 0
    read: dict[int, Metadata] = {}
    for kind in (DAY, BYLINE, OUTLET, AGENCY):
        best = near[:, kind].max()
        for i in np.argsort(-near[:, kind], kind="stable")[:3].tolist():
            if chances[i, kind] >= _SAID and near[i, kind] >= best * 0.8:
                read[i] = read.get(i, Metadata()).or_else(read_masthead(lines[i]) or _read(lines[i], kind))
    return read


def _where_and_when(line: str) -> Metadata | None:
    """What a line above the text says if all of it is a byline, a day or a dateline, or a day and a few words."""
    lone = read_dateline(line + " The")
    if lone and lone.end == len(line) + 1:
        return Metadata(dateline=lone)
    few = len(line) <= _LONGEST_DAY_LINE and not is_sentence(line)
    return read_masthead(line) or (_read(line, DAY) if few and possible_days(line) else None)


def _says_all(line: str, said: Metadata) -> bool:
    """Whether fields hold what a line says: not if its day is unclear, or if its other words were not understood."""
    clear = said != Metadata() and all(len(one.days) == 1 for one in said.days)
    return clear and bool(said.authors or said.dateline or read_masthead(line))


def _first_long(lines: list[str], kept: list[int]) -> int:
    """Where the article's text begins: its first line that is running text."""
    running = ((i, lines[i]) for i in kept if len(lines[i]) >= RUNNING_CHARACTERS or is_sentence(lines[i]))
    return next((i for i, line in running if read_masthead(line) is None), kept[0] if kept else 0)


def _read(line: str, kind: int) -> Metadata:
    days = possible_days(line) if kind == DAY else ()
    authors = split_authors(line) if kind == BYLINE else ()
    return Metadata(days=(Said(days, DateSource.TEXT),) if days else (), authors=authors)
