"""The filters of a question: reading its fields, and chips above it that show each filter and remove it. No Gradio."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ingest.day_reading import LANGUAGES, possible_days
from rag.errors import ConfigError
from rag.question.days import day_phrases
from rag.question.filters import make_filters
from rag.question.window import today
from rag.text.days import resolve_relative
from rag.types import Filters
from ui.web.chat.conversation import Conversation, kept_object
from ui.web.markup import day, render
from ui.web.texts import label, say

DAYS = (
    ("since", label("From"), label("First day, e.g. “yesterday” or 3 Sept")),
    ("until", label("To"), label("Last day")),
    ("as_of", label("As of"), label("Answers as they stood that day; nothing published later is used")),
)
DAY_CHARACTERS = 60  # Longest text that is read, such as "Published on Wednesday, 3 September 2025 at 14:05 GMT".
_TIME = re.compile(
    r"(?<=[T\s])\d\d?:\d\d(?::[\d.]+)?\s?(?:[A-Z]{0,4}[+-]\d\d?:?(?:\d\d)?|Z|[ap]\.?m\.?)?", re.IGNORECASE
)
_ISO = re.compile(rf"\d{{4}}-\d\d-\d\d(?:[T ]\s*{_TIME.pattern})?", re.IGNORECASE)


def only_of(given: object = None) -> tuple[str, str] | None:
    """Id and title of the one article to be asked about, from what a page or browser holds; None for anything else."""
    match given:
        case [str(article_id), str(title)] if article_id:
            return article_id, title
    return None


def read_filters(*values: Any) -> tuple[Filters, dict[str, str]]:
    """The filters that the fields since, until, as of, outlets and perhaps the one article set; the words of each day.

    Raises `ConfigError` if a day is not a date, or the first day is after the last.
    """
    days: dict[str, Any] = {}
    read_from: dict[str, str] = {}
    for (name, words, _), typed in zip(DAYS, values, strict=False):
        if read := read_day(words, typed, today(), last=name != "since"):
            days[name], read_from[name] = read
    last = min((days[name] for name in ("until", "as_of") if name in days), default=None)
    if last and last < days.get("since", last):
        wrong = label("The first day, {first}, is after the last one, {last}; change one of them.")
        raise ConfigError(say(wrong, first=day(days["since"]), last=day(last)))
    only = only_of(*values[4:5])
    return make_filters(**days, outlets=values[3], articles=only and only[:1]), read_from


def filters_from_browser(kept: object) -> tuple[list[str], list[str], tuple[str, str] | None]:
    """The three days as typed, the outlets and the one article that a browser stored."""
    filters = kept_object(kept).get("filters")
    if not isinstance(filters, list) or len(filters) != 5 or not isinstance(filters[3], list):
        return ["", "", ""], [], None
    days = [one[:100] if isinstance(one, str) else "" for one in filters[:3]]
    return days, [one for one in filters[3][:200] if isinstance(one, str)], only_of(filters[4])


def chips_of(follows: str | None, values: Sequence[Any]) -> str:
    """The filters of the next question, as chips that remove them; a problem with a day is shown at once.

    `follows` is the question that one asked again follows: empty when it stands alone, None when it simply continues.
    """
    only = only_of(*values[4:5])
    read_from, problem = dict[str, str](), ""
    try:
        filters, read_from = read_filters(*values)
    except ConfigError as error:
        filters, problem = make_filters(outlets=values[3]), str(error)
    days = [(name, words, getattr(filters, name)) for name, words, _ in DAYS if getattr(filters, name)]
    count = len(days) + len(filters.outlets) + bool(only) + (follows is not None)
    told = {"follows": follows, "problem": problem, "only": only[1] if only else "", "read_from": read_from}
    return render("chips.html", filters=filters, days=days, count=count, **told)


def without(values: Sequence[Any], name: str, value: str) -> list[Any]:
    """The values of the fields with one filter removed; `all` removes them all."""
    days, outlets, only = values[:3], values[3], values[4:]
    days = ["" if name in ("all", field) else typed for (field, *_), typed in zip(DAYS, days, strict=True)]
    kept = [] if name == "all" else [one for one in outlets or () if not (name == "outlet" and one == value)]
    return [*days, kept, *(None if name in ("all", "only") else one for one in only)]


def follows(conversation: Conversation, after: int | None) -> str | None:
    """The question that the next one follows, if that is not the last one; empty if it follows none."""
    if after is None:
        return None
    history = conversation.history(after)
    return history[-1].question if history else ""


def read_day(field: str, typed: str | None, today: dt.date, *, last: bool = False) -> tuple[dt.date, str] | None:
    """The day in a field, and the words that it was read from (none for 2025-08-13); None if the field is empty.

    It reads 2025-08-13, 13 Aug 2025 and 13.08.2025 in seventeen languages, "yesterday", "3 Sept", "last Friday", and
    "August" or 2025-08 as its first day, or its `last`. A day without a year is the latest one up to today.

    Raises `ConfigError`, which names its label, if it is not a date, or names more than one.
    """
    text = " ".join((typed or "")[:DAY_CHARACTERS].split())
    if not text:
        return None
    if _ISO.fullmatch(text):
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(text[:10]), ""
    elif (days := possible_days(text)) and _says_no_more(text, days[0]):
        # "3/4/2025" is ambiguous: most of the world writes the day first, so it is read that way, and the chip says so.
        return days[-1], say("{text}, day first", text=text) if len(days) > 1 else text
    elif period := _as_in_a_question(text, today) or _of_words(text, today):
        return period[last], text
    wrong = label("“{label}”: '{text}' is not a date; write it as 2025-08-13, 13 Aug 2025 or “yesterday”.")
    raise ConfigError(say(wrong, label=say(field), text=text[:20]))


def _says_no_more(text: str, read: dt.date) -> bool:
    """Whether all numbers in the text belong to the day: "2025-08-13 - 2025-08-20" names another one."""
    numbers = Counter(map(int, re.findall(r"\d+", _TIME.sub("", text))))
    return numbers <= Counter((read.year, read.month, read.day)) or numbers == Counter([int(f"{read:%Y%m%d}")])


def _as_in_a_question(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of "last Friday", "August", "from 3 to 9 May", unless it leaves numbers unread."""
    for asked in (f"on {text}", f"in {text}"):
        for one in day_phrases(asked, today, today)[:1]:
            if not re.search(r"\d", asked[: one.start] + asked[one.end :]):
                return one.first, one.last
    return None


def _of_words(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The same for "gestern", "letzte Woche", "3. September", "9월 3일", "3.9.", "08/2025"."""
    from dateparser.date import DateDataParser

    settings = {"RELATIVE_BASE": dt.datetime.combine(today, dt.time()), "REQUIRE_PARTS": ["month"]}
    settings |= {"PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"}
    read = DateDataParser(languages=list(LANGUAGES), settings=settings).get_date_data(text)
    if not read.date_obj:
        return None
    found = read.date_obj.date()
    return (found, found) if read.period in ("day", "time") else resolve_relative(f"this {read.period}", found)
