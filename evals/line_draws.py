"""Training texts, drawn at random: pages and parts of them, plain articles, and altered forms of both."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from pathlib import Path
from typing import NamedTuple

from evals.claims import TRAINING
from evals.line_examples import UNSURE, Line, is_agreed, labelled
from evals.pages import RenderedPage
from evals.rows import rows_of
from ingest.line_model import AGENCY, ARTICLE, BYLINE, CHROME, DAY, HEADLINE, OUTLET

TEMPLATES: dict[str, list[str]] = json.loads((TRAINING / "line_templates.json").read_text(encoding="utf-8"))
"""Of the lines around and between those of copied articles; one that is listed twice is drawn more often."""
LONGEST = 600  # Most lines of a text used at once.
HANGUL = [chr(code) for code in range(0xAC00, 0xD7A3, 11)]
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыэюя"
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_MAYBE_CLUTTER = re.compile(
    r"(?i)\W*(?:.{0,12}\b(?:read|more|related|watch|listen|video|photos?|gallery|image|credit|advertisement|ad|share|click|sign|subscribe|"
    r"follow|newsletter|update[ds]?|published|posted|copyright|©|join|contact|editor|reporting|getty|reuters|cnn|ap|afp|by|story|sponsored|"
    r"download|support|related|comments?|topics|tags|here's)\b|https?:|\S+@|.{0,40}(?:correspondent|reporter|contributed|twitter|newsletter)).*"
)


class Plain(NamedTuple):
    title: str
    authors: list[str]
    published: dt.date
    paragraphs: list[str]


def plain_articles(data: Path, count: int) -> list[Plain]:
    """Plain articles of every second month; those of other months are never used."""
    found = []
    for row in rows_of(data / "rtqa_news" / "articles.jsonl.gz"):
        day = dt.date.fromisoformat(row["published"])
        if day.month % 2 == 0 and len(row["text"]) > 400:
            paragraphs = [one.strip() for one in row["text"].split("\n") if one.strip()]
            found.append(Plain(row["title"], list(row["authors"] or []), day, paragraphs))
    return random.Random(1).sample(found, min(count, len(found)))  # noqa: S311 - not for secrets


class Around:
    """Draws the lines around one article. `titles`: headlines of other articles."""

    def __init__(self, chance: random.Random, titles: list[str]) -> None:
        self.chance, self.titles = chance, titles

    def _pick(self, name: str) -> str:
        return self.chance.choice(TEMPLATES[name])

    def _filled(self, template: str, about: Plain) -> str:
        name, other = self.chance.choice(about.authors or TEMPLATES["names"]), self._pick("names")
        outlet = f"{self.chance.choice(('The ', ''))}{self._pick('places')} {self._pick('papers')}"
        day = about.published
        return template.format(
            n=name, m=other, N=name.upper(), o=outlet, O=outlet.upper(), p=self._pick("places"), a=self._pick("agencies"),
            t=self.chance.choice(self.titles), k=self.chance.randint(2, 900), y=day.year, d=day.strftime("%d %B %Y"),
        )  # fmt: skip

    def _one(self, name: str, about: Plain, label: int = CHROME) -> Line:
        return Line(self._filled(self._pick(name), about), label)

    def _outlet(self, about: Plain) -> Line:
        return Line(self._filled("{o}", about), OUTLET)

    def _headlines(self, most: int) -> list[Line]:
        return [Line(self.chance.choice(self.titles), CHROME) for _ in range(self.chance.randint(1, most))]

    def _day(self, day: dt.date) -> Line:
        moment = dt.datetime.combine(day, dt.time(self.chance.randrange(24), self.chance.randrange(60)), dt.UTC)
        return Line(self._pick("labels") + moment.strftime(self._pick("days") + self._pick("times")), DAY)

    def head(self, about: Plain) -> list[Line]:
        """Lines between a headline and the text."""
        return [
            self.chance.choices((
                self._one("bylines", about, BYLINE),
                self._day(about.published),
                self._outlet(about),
                Line(self._pick("desks"), CHROME),
                self._one("buttons", about),
                self._one("captions", about),
            ), (5, 6, 2, 2, 2, 1))[0]
            for _ in range(self.chance.choice((0, 1, 1, 2, 3, 4)))
        ]  # fmt: skip

    def between(self, about: Plain) -> list[Line]:
        name = self.chance.choice(("buttons", "pointers", "pointers", "captions", "tails"))
        return [self._one(name, about), *(self._headlines(4) if name == "tails" else ())]

    def tail(self, about: Plain) -> list[Line]:
        """Lines after the text: initials, credits, other headlines."""
        chance = self.chance.random
        rows: list[Line] = []
        if chance() < 0.3:
            initials = " ".join(
                "".join(self.chance.choices("ABCDEGHJKMNPRSTV", k=self.chance.choice((2, 3))))
                for _ in range(self.chance.randint(1, 3))
            )
            one, other, third = (self._pick("agencies") for _ in range(3))
            rows.append(Line(self.chance.choice((f"({one})", other, f"{third} {initials}", initials)), AGENCY))
            if chance() < 0.4:
                rows.append(Line(initials, AGENCY))
        rows += [self._one("credits", about) for _ in range(self.chance.choice((0, 0, 1, 1, 2)))]
        if chance() < 0.2:
            rows.append(self._outlet(about))
        if chance() < 0.4:
            rows += [self._one("tails", about), *self._headlines(8)]
        if chance() < 0.3:
            notes = TEMPLATES["buttons"] + TEMPLATES["credits"]
            count = self.chance.randint(1, 5)
            rows += [Line(self._filled(self.chance.choice(notes), about), CHROME) for _ in range(count)]
        return rows


class Examples:
    def __init__(self, pages: list[RenderedPage], plain: list[Plain], seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets
        whole = [labelled(page.text, page) for page in pages]
        articles = [[line.text for line in one if line.label == ARTICLE] for one in whole]
        self.whole = [one for one, article in zip(whole, articles, strict=True) if article]
        areas = [labelled(page.area, page) for page in pages if page.area]
        self.areas = [one for one in areas if any(line.label == ARTICLE for line in one)]
        ours = [Plain(page.title, list(page.authors), page.published or dt.date(2021, 4, 7), text)
                for page, text in zip(pages, articles, strict=True) if page.title and is_agreed(page) and len(text) > 2]  # fmt: skip
        self.plain = plain + 3 * ours
        self.around = Around(self.chance, [one.title for one in plain])

    def draw(self) -> list[Line]:
        kinds = {
            self._page: 28, self._area: 9, self._moved: 20, self._plain: 7, self._copied: 26, self._document: 4,
            self._verse: 3, self._note: 2, self._menu: 2,
        }  # fmt: skip
        drawn = self.chance.choices(list(kinds), list(kinds.values()))[0]() or [Line("-", UNSURE, True)]
        drawn = [line._replace(text=" ".join(line.text.split()) or "-") for line in drawn]
        if len(drawn) > LONGEST:
            start = self.chance.randint(0, len(drawn) - LONGEST)
            drawn = drawn[start : start + LONGEST]
        if self.chance.random() < 0.2:
            drawn = [line._replace(blank=True) for line in drawn]
        elif self.chance.random() < 0.1:
            drawn = [line._replace(blank=False) for line in drawn]
        return self._in_another_script(drawn) if self.chance.random() < 0.1 else drawn

    def _page(self) -> list[Line]:
        one = self.chance.choice(self.whole)
        start, end = 0, len(one)
        inner = [i for i, line in enumerate(one) if line.label not in (CHROME, UNSURE)]
        if self.chance.random() < 0.35:
            start = self.chance.randint(0, inner[0])
        if self.chance.random() < 0.35:
            end = self.chance.randint(inner[-1] + 1, len(one))
        return self._thinned(one[start:end])

    def _area(self) -> list[Line]:
        return self.chance.choice(self.areas)

    def _moved(self) -> list[Line]:
        """A plain article in place of a page's own."""
        one, plain = self.chance.choice(self.whole), self.chance.choice(self.plain)
        inside = [i for i, line in enumerate(one) if line.label == ARTICLE]
        middle = [line._replace(blank=True) for line in self._paragraphs(plain)]
        between = [line for line in one[inside[0] : inside[-1]] if line.label == CHROME and self.chance.random() < 0.5]
        for line in between[:6]:
            middle.insert(self.chance.randint(0, len(middle)), line)
        before = [line._replace(text=plain.title) if line.label == HEADLINE else line for line in one[: inside[0]]]
        if not any(line.label == HEADLINE for line in before):
            before.append(Line(plain.title, HEADLINE, True))
        return self._thinned([*before, *self.around.head(plain), *middle, *one[inside[-1] + 1 :]])

    def _thinned(self, lines: list[Line]) -> list[Line]:
        """The same without some of its chrome, so that no page is memorised."""
        share = self.chance.choice((0, 0, 0.2, 0.5))
        return [line for line in lines if line.label != CHROME or self.chance.random() >= share]

    def _paragraphs(self, plain: Plain) -> list[Line]:
        """The lines of a plain article; those that may be clutter copied with it are not learned from."""
        lines = [
            Line(one, UNSURE if _MAYBE_CLUTTER.match(one) and len(one) < 160 else ARTICLE) for one in plain.paragraphs
        ]
        if self.chance.random() < 0.25:  # a short article, with one or two sentences per line
            pieces = [_SENTENCES.split(line.text)[: self.chance.choice((1, 1, 2))] for line in lines]
            lines = [line._replace(text=" ".join(some)) for line, some in zip(lines, pieces, strict=True)]
        return [line._replace(text=self._opened(line.text)) if line.label == ARTICLE else line for line in lines]

    def _opened(self, line: str) -> str:
        """Sometimes opens the line with a word that buttons also use."""
        if self.chance.random() > 0.04 or not line.endswith((".", ".”", '."')) or not 40 < len(line) < 300:
            return line
        return f"{self.chance.choice(TEMPLATES['opening words'])} {line[0].lower()}{line[1:]}"

    def _titled(self, plain: Plain, lines: list[Line]) -> list[Line]:
        """With or without its headline, and with blank lines between all lines or none."""
        top = [Line(plain.title, HEADLINE)] if self.chance.random() < 0.5 else []
        blank = self.chance.random() < 0.7
        return [line._replace(blank=blank) for line in top + lines]

    def _plain(self) -> list[Line]:
        plain = self.chance.choice(self.plain)
        lines = self._paragraphs(plain)
        if self.chance.random() < 0.3:
            start = self.chance.randrange(len(lines))
            lines = lines[start : start + self.chance.randint(1, 12)]
        return self._titled(plain, lines)

    def _copied(self) -> list[Line]:
        """A plain article with the lines that are copied along with one."""
        plain, around = self.chance.choice(self.plain), self.around
        lines = self._paragraphs(plain)[: self.chance.choice((2, 2, 3, 3, 4, 6, 10, 20, 40))]
        for _ in range(self.chance.choice((0, 0, 1, 2, 3))):
            place = self.chance.randint(1, len(lines))
            lines[place:place] = around.between(plain)
        lines = around.head(plain) + lines
        if self.chance.random() < 0.8:
            lines.insert(0, Line(plain.title, HEADLINE))
        if self.chance.random() < 0.2:
            lines = around.head(plain) + lines
        lines += around.tail(plain)
        loose = self.chance.random()
        return [line._replace(blank=self.chance.random() < loose) for line in lines]

    def _verse(self) -> list[Line]:
        """Lines of a few words each, like verse, lists and tables: all of it is content."""
        case = self.chance.choice((str, str, str.capitalize, str.lower))
        lines = self._short_lines(self.chance.choice(self.plain).paragraphs, self.chance.randint(2, 40))
        return [Line(case(line), ARTICLE, self.chance.random() < 0.15) for line in lines]

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

    def _document(self) -> list[Line]:
        """A written text with headings and lists between its paragraphs: all of it is content."""
        plain = self.chance.choice(self.plain)
        lines: list[Line] = []
        for row in self._paragraphs(plain)[: self.chance.randint(2, 30)]:
            if self.chance.random() < 0.2:
                words = self.chance.choice(plain.paragraphs).split()[: self.chance.randint(1, 6)]
                lines.append(Line(" ".join(words).strip(".,"), ARTICLE))
            lines.append(row)
            if self.chance.random() < 0.1:
                count = self.chance.randint(2, 12)
                lines += [Line(one, ARTICLE) for one in self._short_lines(plain.paragraphs, count)]
        return self._titled(plain, lines)

    def _note(self) -> list[Line]:
        text = " ".join(self.chance.choice(self.plain).paragraphs)
        sentences = [one.strip() for one in text.split(". ") if one.strip()]
        start = self.chance.randrange(len(sentences))
        lines = sentences[start : start + self.chance.randint(1, 4)]
        end = self.chance.choice((".", "", "!"))
        return [Line(line + end, ARTICLE, self.chance.random() < 0.4) for line in lines]

    def _menu(self) -> list[Line]:
        one = self.chance.choice(self.whole)
        inside = [i for i, line in enumerate(one) if line.label == ARTICLE]
        start = self.chance.choice((0, inside[-1] + 1))
        rows = one[start:] if start else one[: inside[0]]
        return [row for row in rows if row.label in (CHROME, UNSURE)] if len(rows) > 3 else self._page()

    def _in_another_script(self, lines: list[Line]) -> list[Line]:
        """The same with its letters changed, so that lines without known words are also learned by their shape."""
        letters = self.chance.choice(("hangul", "cyrillic", "han"))
        table: dict[int, str] = {}
        if letters == "cyrillic":
            for i, letter in enumerate(self.chance.sample(CYRILLIC, 26)):
                table |= {97 + i: letter, 65 + i: letter.upper()}
            return [line._replace(text=line.text.translate(table)) for line in lines]
        for i in range(26):
            syllable = self.chance.choice(HANGUL) if letters == "hangul" else chr(self.chance.randint(0x4E00, 0x9000))
            table[97 + i] = table[65 + i] = syllable if i % 2 else ""
        if letters == "han":
            table |= {32: "", ord("."): "。", ord(","): "，"}
        return [line._replace(text=line.text.translate(table).strip() or "가") for line in lines]
