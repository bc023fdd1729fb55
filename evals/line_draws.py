"""Texts to learn from, drawn at random: pages and parts of them, plain articles, and changed forms of both."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

from evals.line_examples import UNSURE, Example, is_agreed, labelled
from evals.line_templates import Around, Row
from evals.rendered import Page
from ingest.line_model import ARTICLE, CHROME, HEADLINE

_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_BUTTON_WORDS = ("Read", "Related", "Trending", "Share", "More", "Follow", "Latest", "Subscribers", "Copyright", "Most popular",
                 "Advertisers", "Comments", "Watch", "Recommended", "Sources", "By Monday", "Tags", "Sign")  # fmt: skip
LONGEST = 600  # Lines of a text that are learned from at once.
HANGUL = [chr(code) for code in range(0xAC00, 0xD7A3, 11)]
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыэюя"
_MAYBE_CLUTTER = re.compile(
    r"(?i)\W*(?:.{0,12}\b(?:read|more|related|watch|listen|video|photos?|gallery|image|credit|advertisement|ad|share|click|sign|subscribe|"
    r"follow|newsletter|update[ds]?|published|posted|copyright|©|join|contact|editor|reporting|getty|reuters|cnn|ap|afp|by|story|sponsored|"
    r"download|support|related|comments?|topics|tags|here's)\b|https?:|\S+@|.{0,40}(?:correspondent|reporter|contributed|twitter|newsletter)).*"
)


@dataclass(frozen=True)
class Plain:
    """A plain article: what is known of it, and its paragraphs."""

    title: str
    authors: list[str]
    published: dt.date
    paragraphs: list[str]


def plain_articles(data: Path, count: int) -> list[Plain]:
    """Plain articles of every second month; those of the other months are not looked at."""
    found = []
    with gzip.open(data / "rtqa_news" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            day = dt.date.fromisoformat(entry["published"])
            if day.month % 2 == 0 and len(entry["text"]) > 400:
                paragraphs = [one.strip() for one in entry["text"].split("\n") if one.strip()]
                found.append(Plain(entry["title"], list(entry["authors"] or []), day, paragraphs))
    return random.Random(1).sample(found, min(count, len(found)))  # noqa: S311 - not for secrets


class Examples:
    """Draws texts with labels."""

    def __init__(self, pages: list[Page], plain: list[Plain], seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets
        self.whole = [labelled(page.text, page) for page in pages]
        articles = [
            [line for line, label in zip(one.lines, one.labels, strict=True) if label == ARTICLE] for one in self.whole
        ]
        self.areas = [labelled(page.area, page) for page in pages if page.area]
        self.areas = [one for one in self.areas if ARTICLE in one.labels]
        self.whole = [one for one in self.whole if ARTICLE in one.labels]
        ours = [Plain(page.title, list(page.authors), page.published or dt.date(2021, 4, 7), text)
                for page, text in zip(pages, articles, strict=True) if page.title and is_agreed(page) and len(text) > 2]  # fmt: skip
        self.plain = plain + 3 * ours
        self.around = Around(self.chance, [one.title for one in plain])

    def draw(self) -> Example:
        kinds = (
            self._page,
            self._area,
            self._moved,
            self._plain,
            self._copied,
            self._document,
            self._verse,
            self._note,
            self._menu,
        )
        drawn = self.chance.choices(kinds, (28, 9, 20, 7, 26, 4, 3, 2, 2))[0]()
        if len(drawn.lines) > LONGEST:
            start = self.chance.randint(0, len(drawn.lines) - LONGEST)
            cut = slice(start, start + LONGEST)
            drawn = Example(drawn.lines[cut], drawn.blank_before[cut], drawn.labels[cut])
        if self.chance.random() < 0.2:
            drawn = Example(drawn.lines, [True] * len(drawn.lines), drawn.labels)
        elif self.chance.random() < 0.1:
            drawn = Example(drawn.lines, [False] * len(drawn.lines), drawn.labels)
        return self._in_another_script(drawn) if self.chance.random() < 0.1 else drawn

    def _page(self) -> Example:
        one = self.chance.choice(self.whole)
        start, end = 0, len(one.lines)
        inner = [i for i, label in enumerate(one.labels) if label not in (CHROME, UNSURE)]
        if self.chance.random() < 0.35:
            start = self.chance.randint(0, inner[0])
        if self.chance.random() < 0.35:
            end = self.chance.randint(inner[-1] + 1, len(one.lines))
        return self._thinned(Example(one.lines[start:end], one.blank_before[start:end], one.labels[start:end]))

    def _area(self) -> Example:
        return self.chance.choice(self.areas)

    def _moved(self) -> Example:
        """A plain article in the place of the article of a page."""
        one = self.chance.choice(self.whole)
        plain = self.chance.choice(self.plain)
        inside = [i for i, label in enumerate(one.labels) if label == ARTICLE]
        middle = [(line, label, True) for line, label in self._paragraphs(plain)]
        between = [i for i in range(inside[0], inside[-1]) if one.labels[i] == CHROME and self.chance.random() < 0.5]
        for i in between[:6]:
            middle.insert(self.chance.randint(0, len(middle)), (one.lines[i], CHROME, one.blank_before[i]))
        rows = list(zip(one.lines, one.labels, one.blank_before, strict=True))
        before = [
            (plain.title if label == HEADLINE else line, label, blank) for line, label, blank in rows[: inside[0]]
        ]
        if HEADLINE not in one.labels[: inside[0]]:
            before.append((plain.title, HEADLINE, True))
        head = [(*row, False) for row in self.around.head(plain.authors, plain.published)]
        return self._thinned(_example([*before, *head, *middle, *rows[inside[-1] + 1 :]]))

    def _thinned(self, one: Example) -> Example:
        """The same without some of its chrome, so that no page is learned by heart."""
        share = self.chance.choice((0, 0, 0.2, 0.5))
        rows = zip(one.lines, one.labels, one.blank_before, strict=True)
        return _example([row for row in rows if row[1] != CHROME or self.chance.random() >= share])

    def _paragraphs(self, plain: Plain) -> list[Row]:
        """The lines of a plain article; one that may be clutter which was copied with it is not learned from."""
        lines = [(one, UNSURE if _MAYBE_CLUTTER.match(one) and len(one) < 160 else ARTICLE) for one in plain.paragraphs]
        if self.chance.random() < 0.25:  # a short article, of a sentence or two a line
            lines = [(self._shortened(one), label) for one, label in lines]
        return [(self._opened(one), label) if label == ARTICLE else (one, label) for one, label in lines]

    def _shortened(self, paragraph: str) -> str:
        sentences = _SENTENCES.split(paragraph)
        return " ".join(sentences[: self.chance.choice((1, 1, 2))])

    def _opened(self, line: str) -> str:
        """Now and then a sentence that opens with a word that buttons have, too."""
        if self.chance.random() > 0.04 or not line.endswith((".", ".”", '."')) or not 40 < len(line) < 300:
            return line
        return f"{self.chance.choice(_BUTTON_WORDS)} {line[0].lower()}{line[1:]}"

    def _plain(self) -> Example:
        """A plain article and nothing else, or a part of one."""
        plain = self.chance.choice(self.plain)
        lines = self._paragraphs(plain)
        if self.chance.random() < 0.3:
            start = self.chance.randrange(len(lines))
            lines = lines[start : start + self.chance.randint(1, 12)]
        top = [(plain.title, HEADLINE)] if self.chance.random() < 0.5 else []
        blank = self.chance.random() < 0.7
        return _example([(line, label, blank) for line, label in top + lines])

    def _copied(self) -> Example:
        """A plain article with the lines that are copied along with one."""
        plain, around = self.chance.choice(self.plain), self.around
        lines = self._paragraphs(plain)[: self.chance.choice((2, 2, 3, 3, 4, 6, 10, 20, 40))]
        for _ in range(self.chance.choice((0, 0, 1, 2, 3))):
            place = self.chance.randint(1, len(lines))
            lines[place:place] = around.between(plain.authors, plain.published)
        head = around.head(plain.authors, plain.published)
        top = [(plain.title, HEADLINE)] if self.chance.random() < 0.8 else []
        over = around.head(plain.authors, plain.published) if self.chance.random() < 0.2 else []
        tail = around.tail(plain.authors, plain.published)
        loose = self.chance.random()
        return _example(
            [(line, label, self.chance.random() < loose) for line, label in (*over, *top, *head, *lines, *tail)]
        )

    def _verse(self) -> Example:
        """Lines of a few words each, as verse, lists and tables have them: all of it is meant."""
        case = self.chance.choice((str, str, str.capitalize, str.lower))
        lines = self._short_lines(self.chance.choice(self.plain).paragraphs, self.chance.randint(2, 40))
        return _example([(case(line), ARTICLE, self.chance.random() < 0.15) for line in lines])

    def _short_lines(self, paragraphs: list[str], count: int) -> list[str]:
        words = " ".join(paragraphs).split()
        mark = self.chance.choice(("", "", "", "- ", "• ", "{i}. ", "{i}) ", "{k}: ", "{k} | ", "{k}, "))
        lines, at = [], self.chance.randrange(max(len(words) - 200, 1))
        for i in range(1, count + 1):
            step = self.chance.randint(1, 9)
            if piece := " ".join(words[at : at + step]):
                lines.append(mark.format(i=i, k=self.chance.choice(words).strip(".,").capitalize()) + piece)
            at += step
        return lines

    def _document(self) -> Example:
        """A written text with headings and lists between its paragraphs: all of it is meant."""
        plain = self.chance.choice(self.plain)
        lines: list[Row] = []
        for row in self._paragraphs(plain)[: self.chance.randint(2, 30)]:
            if self.chance.random() < 0.2:
                words = self.chance.choice(plain.paragraphs).split()[: self.chance.randint(1, 6)]
                lines.append((" ".join(words).strip(".,"), ARTICLE))
            lines.append(row)
            if self.chance.random() < 0.1:
                lines += [(one, ARTICLE) for one in self._short_lines(plain.paragraphs, self.chance.randint(2, 12))]
        top = [(plain.title, HEADLINE)] if self.chance.random() < 0.5 else []
        blank = self.chance.random() < 0.7
        return _example([(line, label, blank) for line, label in top + lines])

    def _note(self) -> Example:
        paragraphs = self.chance.choice(self.plain).paragraphs
        sentences = [one.strip() for one in " ".join(paragraphs).split(". ") if one.strip()]
        start = self.chance.randrange(len(sentences))
        lines = sentences[start : start + self.chance.randint(1, 4)]
        end = self.chance.choice((".", "", "!"))
        return _example([(line + end, ARTICLE, self.chance.random() < 0.4) for line in lines])

    def _menu(self) -> Example:
        one = self.chance.choice(self.whole)
        inside = [i for i, label in enumerate(one.labels) if label == ARTICLE]
        start = self.chance.choice((0, inside[-1] + 1))
        end = inside[0] if start == 0 else len(one.lines)
        rows = list(zip(one.lines, one.labels, one.blank_before, strict=True))[start:end]
        return _example([row for row in rows if row[1] in (CHROME, UNSURE)]) if len(rows) > 3 else self._page()

    def _in_another_script(self, one: Example) -> Example:
        """The same with its letters changed, so that lines without known words are learned by their shape too."""
        letters = self.chance.choice(("hangul", "cyrillic", "han"))
        if letters == "cyrillic":
            small = self.chance.sample(CYRILLIC, 26)
            table = {97 + i: letter for i, letter in enumerate(small)} | {
                65 + i: letter.upper() for i, letter in enumerate(small)
            }
            return Example([line.translate(table) for line in one.lines], one.blank_before, one.labels)
        table = {}
        for i in range(26):
            syllable = self.chance.choice(HANGUL) if letters == "hangul" else chr(self.chance.randint(0x4E00, 0x9000))
            table[97 + i] = table[65 + i] = syllable if i % 2 else ""
        if letters == "han":
            table |= {32: "", ord("."): "。", ord(","): "，"}
        lines = [line.translate(table).strip() or "가" for line in one.lines]
        return Example(lines, one.blank_before, one.labels)


def _example(rows: list[tuple[str, int, bool]]) -> Example:
    rows = rows or [("-", UNSURE, True)]
    return Example(
        [" ".join(row[0].split()) or "-" for row in rows], [row[2] for row in rows], [row[1] for row in rows]
    )
