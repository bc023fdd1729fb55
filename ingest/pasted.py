"""Text as it was pasted: the article's paragraphs, and what the lines around them say of it.

A model tells what each line is (`ingest.line_model`); the lines that it takes for a byline or a day are then read by
the same code as everywhere. What is no page, such as a note, verse or a plain article, stays as it is.
"""

from __future__ import annotations

import itertools
import re

import numpy as np
from numpy.typing import NDArray

from ingest.clean import ENDS, Cleaned, Findings, is_sentence, same_words, told, without_closing, without_dateline
from ingest.clutter import is_clutter, is_list_heading
from ingest.datelines import read_dateline
from ingest.day_reading import possible_days
from ingest.line_features import RUNNING_CHARACTERS, Floats
from ingest.line_model import AGENCY, ARTICLE, BYLINE, DAY, HEADLINE, OUTLET, line_model
from ingest.masthead import read_masthead, split_authors

_MOST_LINES = 20_000  # No page has more; what has is kept as it is.
_KEPT, _KEPT_SENTENCE = 0.2, 0.1  # Chance of being the article from which a line inside a part of it stays.
_SURE = 0.95  # Chance from which a line is not looked at again.
_ALONE = 0.7  # Chance of being the article from which a sentence stays where nothing else does.
_PLAIN = 0.7  # Share of a text's lines that are sentences from which it is a plain article.
_SHORT = 12  # Characters.
_SWITCH = 3.0  # What it costs to begin or end a part of the article, in log odds of a line of 75 characters.
_LEAN = 2.5  # Log odds added to every line: losing a sentence is worse than keeping a button.
_HEADLINE = 0.1  # Chance, less by the distance, from which the likeliest line is the headline.
_FAR_HEADLINE = 15  # Lines from the article's first one at which a headline is believed half as much,
_BELOW_HEADLINE = 0.2  # and how much less when it stands below.
_LIKELY = 5  # Lines that are looked at as headlines.
_SENTENCE_HEADLINE = 0.1  # How much less when it reads like a sentence.
_FAR = 40  # Lines from the article's first one at which a line is believed half as much.
_BELOW = 2  # Lines below the article that may still tell of it.
_MANY_DAYS = 3
_CLOSE = 15  # Lines.
_HEAD = 5  # Lines over the text that are read in any case.
_SAID = 0.3  # Chance from which a line is read as a byline, day, outlet or agency.
_LONGEST_HEADLINE = 300  # Characters.
_ROW = re.compile(r"^[^\W\d_][^:|?!]{0,40}: \S[^:]{0,80}$|\w \| \w")  # "Length: 84 m", "Harrow | 12 | 3"
_ROWS_LEAST = 2
_BY = re.compile(r"(?i)^(?:von|par|por|di|door|av|text|autor(?:in)?|author|words|story by|written by):? ")
_WORD = re.compile(r"\w+")


def clean_pasted(
    lines: list[str], blank_before: list[bool], title: str | None = None, headline: bool = True
) -> Cleaned:
    """The article in these lines (normalised, not empty) without what stands around it, which is named in `left_out`.

    `blank_before`: whether a blank line stands above each. `title`: the known title; lines that repeat it go.
    `headline`: whether one of the lines may be the title. No paragraphs at all means that the lines are a menu.
    """
    if not lines or len(lines) > _MOST_LINES:
        return Cleaned(tuple(lines), title)
    chances = _chances(lines, blank_before, title)
    # A headline between paragraphs is one of the article's own; what repeats the title goes below.
    stays = _stays(lines, chances[:, ARTICLE], chances[:, HEADLINE])
    if not stays.any():
        stays = _few_sentences(lines, chances[:, ARTICLE])
    stays |= _box(lines, stays)
    start = _first_long(lines, np.flatnonzero(stays).tolist())
    findings = Findings(title=title or (_headline(lines, chances, start) if headline else None))
    repeats = [i for i in _repeats(lines, findings.title) if i <= start or not stays[i]]
    stays[repeats] = False
    above = range(max(start - _HEAD, 0), start)
    read = [i for i in above if i not in repeats and _says_only_where_and_when(lines[i], findings)]
    stays[read] = False
    kept = np.flatnonzero(stays).tolist()
    read += _read_around(lines, chances, start, kept[-1] if kept else len(lines), findings)
    for line in lines[kept[-1] + 1 :][:1] if kept else ():
        without_closing([line], findings)  # an agency's name in a line of its own
    paragraphs = without_closing(without_dateline([lines[i] for i in kept], findings), findings)
    stays[repeats + read] = True
    left_out = tuple(line for line, stay in zip(lines, stays.tolist(), strict=True) if not stay)
    return told(paragraphs, findings, left_out)


def _stays(lines: list[str], article: Floats, headline: Floats) -> NDArray[np.bool_]:
    """Which lines are the article: those of a part of it that are likely enough by themselves, and have a word."""
    inside = np.array(_inside(lines, article))
    between = np.flatnonzero(inside & (article >= _KEPT))[:1].tolist() or [len(lines)]
    article = np.concatenate((article[: between[0]], (article + headline)[between[0] :]))
    stays = inside.copy()
    listed = -1  # the last line of a list of other articles between paragraphs
    for i in np.flatnonzero(inside & (article < _SURE)).tolist():
        running = _is_running(lines[i])
        if (listed == i - 1 >= 0 and not running) or (article[i] < _KEPT and is_list_heading(lines[i])):
            listed = i
        enough = article[i] >= (_KEPT_SENTENCE if running else _KEPT) and listed != i
        stays[i] = enough and _WORD.search(lines[i]) is not None and not is_clutter(lines[i])
    return stays | _plain_sentences(lines)


def _is_running(line: str) -> bool:
    """Whether a line is running text; a question is none, as headlines of other articles ask."""
    return len(line) >= RUNNING_CHARACTERS or (is_sentence(line) and not line.endswith("?"))


def _plain_sentences(lines: list[str]) -> NDArray[np.bool_]:
    """The sentences of a text with hardly anything else but a title, which is no page: all of them stay."""
    none = np.zeros(len(lines), np.bool_)
    if sum(len(line) < _SHORT for line in lines) > 0.5 * len(lines):
        return none  # a quick look, which spares most pages the slow one
    sentences = np.array([is_sentence(line) for line in lines])
    if len(lines) <= 2:  # no page; and Thai, for one, does not mark where a sentence ends
        sentences[-1] = read_masthead(lines[-1]) is None
    below_title = sentences[1:] if len(lines) > 1 and not sentences[0] else sentences
    if below_title.mean() < _PLAIN:
        return none
    return np.array([one and not is_clutter(line) for one, line in zip(sentences.tolist(), lines, strict=True)])


def _box(lines: list[str], stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows of a fact box or a table beside the article, which the model takes for buttons: several together."""
    rows = [
        _ROW.search(one) is not None and not (is_clutter(one) or possible_days(one) or read_masthead(one))
        for one in lines
    ]
    found = np.zeros(len(lines), np.bool_)
    for is_row, run in itertools.groupby(range(len(lines)), rows.__getitem__):
        places = list(run)
        around = stays[max(places[0] - 2, 0) : places[-1] + 2]  # a heading may stand over them
        if is_row and len(places) >= _ROWS_LEAST and around.any():
            found[places] = True
    return found


def _few_sentences(lines: list[str], article: Floats) -> NDArray[np.bool_]:
    """The sentences of a text that is too short to have a part that stands out, from the first sure one on.

    Where there is nothing but sentences, all are sure.
    """
    ends = [" " in line and ENDS.search(line) is not None and not is_clutter(line) for line in lines]
    sure = (i for i, line in enumerate(lines) if (article[i] >= _ALONE or all(ends)) and is_sentence(line))
    first = next(sure, len(lines))
    return np.array(ends) & (np.arange(len(lines)) >= first)


def _chances(lines: list[str], blank_before: list[bool], title: str | None) -> Floats:
    """What the model says of the lines; a known title is read with them, as it would stand above them."""
    if title is None or _repeats(lines, title):
        return line_model().chances(lines, blank_before)
    return line_model().chances([title, *lines], [True, *blank_before])[1:]


def _headline(lines: list[str], chances: Floats, start: int) -> str | None:
    """The likeliest headline, if it is near the article's first line and rather above than below it."""
    if len(lines) == 1:
        return None
    place = np.arange(len(lines)) - start
    near = chances[:, HEADLINE] / (1 + np.abs(place) / _FAR_HEADLINE) * np.where(place > _BELOW, _BELOW_HEADLINE, 1)
    near[chances[:, HEADLINE] <= chances[:, ARTICLE]] = 0
    likely = [int(i) for i in np.argsort(-near, kind="stable")[:_LIKELY] if len(lines[i]) <= _LONGEST_HEADLINE]
    for i in likely:
        if is_sentence(lines[i]) and lines[i][-1] not in "?!？！":
            near[i] *= _SENTENCE_HEADLINE
    best = max(likely, key=lambda i: near[i], default=0)
    return lines[best] if near[best] >= _HEADLINE else None


def _repeats(lines: list[str], title: str | None) -> list[int]:
    """The lines that repeat the title."""
    words = _WORD.search(title.casefold()) if title else None
    if title is None or words is None:
        return []
    first = words.group()
    return [
        i
        for i, line in enumerate(lines)
        if len(line) <= _LONGEST_HEADLINE and first in line[: len(first) + 4].casefold() and same_words(line, title)
    ]


def _inside(lines: list[str], article: Floats) -> list[bool]:
    """Which lines lie in a part of the article: the likeliest course of two states (Viterbi, 1967)."""
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


def _read_around(lines: list[str], chances: Floats, start: int, end: int, findings: Findings) -> list[int]:
    """Reads the lines that say who, where and when, the surest and nearest to the article's first line first; which.

    What stands well below the article's last line is about comments and other articles. On a page with many days,
    such as a list of articles has, only one beside the text is believed.
    """
    near = chances / (1 + np.abs(np.arange(len(lines)) - start) / _FAR)[:, None]
    near[end + 1 + _BELOW :] = 0
    if (chances[:, DAY] > 0.5).sum() > _MANY_DAYS:
        near[: max(start - _CLOSE, 0), DAY] = near[start + _CLOSE :, DAY] = 0
    read: list[int] = []
    for kind in (DAY, BYLINE, OUTLET, AGENCY):
        best = near[:, kind].max()
        for i in np.argsort(-near[:, kind], kind="stable")[:3]:
            if chances[i, kind] >= _SAID and near[i, kind] >= best * 0.8:
                _read(lines[i], kind, findings)
                read.append(int(i))
    return read


def _says_only_where_and_when(line: str, findings: Findings) -> bool:
    """Whether a line over the text is from end to end a byline, a day or a dateline, which is read then."""
    lone = read_dateline(line + " The")
    if lone and lone.end == len(line) + 1:
        findings.dateline = findings.dateline or lone
        return True
    if found := read_masthead(line):
        findings.add(found)
    return found is not None


def _first_long(lines: list[str], kept: list[int]) -> int:
    """Where the article's text begins: its first line that is running text."""
    running = (i for i in kept if len(lines[i]) >= RUNNING_CHARACTERS or is_sentence(lines[i]))
    running = (i for i in running if read_masthead(lines[i]) is None)
    return next(running, kept[0] if kept else 0)


def _read(line: str, kind: int, findings: Findings) -> None:
    found = read_masthead(line)
    if found is not None:
        findings.add(found)
    elif kind == DAY:
        findings.days = findings.days or possible_days(line)
    elif kind == BYLINE:
        findings.authors = findings.authors or split_authors(_BY.sub("", line))
