"""What a language model has written so far, split into sentences with the numbers each cites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.clean import one_line
from rag.text.sentences import sentence_spans

_MARKER = re.compile(
    r"(?i)\s*[\[【](?:(?:excerpts?|sources?|passages?|citations?|refs?)\s*)?#?\d{1,4}"
    r"(?:\s*(?:,|;|and|&|-|–)\s*(?:(?:excerpts?|sources?)\s*)?#?\d{1,4})*\s*[\]】]"
)
"""[2], [1, 3], [Excerpt 2], 【2】."""
_ENDED = re.compile(r"[.!?][\"'”’)*]*\s*$")
_BEGINS = re.compile(r"\s+[\"'“‘(*-]*[A-ZÀ-Þ0-9]|\s*$")
_NUMBER = re.compile(r"\d+")
_DECORATION = re.compile(r"^\s*(?:[-*•#>:;,]+|\*\*|answer\s*:|a\s*:|short answer\s*:)\s*|\*\*", re.IGNORECASE)


@dataclass(frozen=True)
class DraftSentence:
    """One sentence of a draft, from `start` to `end` including its markers; `words` excludes them."""

    start: int
    end: int
    words: str
    numbers: tuple[int, ...]


def draft_sentences(draft: str, whole: bool) -> list[DraftSentence]:
    """The complete sentences of a draft. Unless it is whole, the last may go on, or its markers be still to come."""
    spans = sentence_spans(_MARKER.sub(_blanked, draft))
    if not spans:
        return []
    # A marker between two sentences belongs to the first, unless the model puts its markers in front.
    in_front = bool(draft[: spans[0].start].strip())
    starts = [0, *(span.end for span in spans[:-1])] if in_front else [span.start for span in spans]
    ends = [span.end for span in spans] if in_front else [*(span.start for span in spans[1:]), len(draft)]
    found = [_sentence(draft, start, end) for start, end in zip(starts, ends, strict=True)]
    return found if whole else found[:-1]


def _sentence(draft: str, start: int, end: int) -> DraftSentence:
    piece = draft[start:end].strip()
    start = draft.index(piece, start)
    numbers = dict.fromkeys(number for marker in _MARKER.findall(piece) for number in _numbers(marker))
    return DraftSentence(start, start + len(piece), _tidy(_MARKER.sub("", piece)), tuple(numbers))


def _numbers(marker: str) -> list[int]:
    """Numbers in one marker; "[1-3]" has three."""
    found = [int(number) for number in _NUMBER.findall(marker)]
    if len(found) == 2 and re.search(r"\d\s*[-–]\s*#?\d", marker) and found[0] < found[1] <= found[0] + 8:
        return list(range(found[0], found[1] + 1))
    return found


def _blanked(match: re.Match[str]) -> str:
    """As long as the marker, to keep offsets; a blank line after a full stop, so that even "May." ends a sentence."""
    length = len(match.group())
    ends = _ENDED.search(match.string, 0, match.start()) and _BEGINS.match(match.string, match.end())
    return "\n\n" + " " * (length - 2) if ends else " " * length


def _tidy(words: str) -> str:
    """One line without list or heading decoration, and without a space before a full stop."""
    shown = "".join(character if character.isprintable() else " " for character in words)
    plain = _DECORATION.sub("", one_line(shown))
    return re.sub(r"\s+([.,;:!?])", r"\1", plain).strip()
