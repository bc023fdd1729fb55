"""Lines that stand around and between copied articles, made up for training: bylines, days, buttons, notes."""

from __future__ import annotations

import datetime as dt
import random

from ingest.line_model import AGENCY, BYLINE, CHROME, DAY, OUTLET

Row = tuple[str, int]

_AGENCIES = (
    "AP", "AFP", "PTI", "ANI", "IANS", "Reuters", "dpa", "UNI", "UPI", "EFE", "ANSA", "Kyodo", "Xinhua", "Yonhap",
    "PA Media", "TASS",
)  # fmt: skip
_PLACES = (
    "Harrow Bay", "Vellan", "Lyng", "Ostmere", "Port Ansel", "Karsund", "Mirafiel", "Tolbrück", "Saint-Aubry",
    "Kestrel",
)  # fmt: skip
_PAPERS = (
    "Gazette", "Herald", "Times", "Courier", "News", "Tribune", "Observer", "Echo", "Today", "Post", "Daily",
    "Standard", "Online", "Zeitung", "24",
)  # fmt: skip
_NAMES = (
    "Ann Bo", "Per van der Berg", "Maria Lopez", "Kenji Sato", "Fatima El-Amin", "John P. Carter", "Lena Groß",
    "Priya Nair", "Tom O'Hara", "Sofía Marín",
)  # fmt: skip
_BYLINES = ("By {n}", "By {n}", "{n}", "BY {N}", "by {n}", "By {n} and {m}", "By {n}, {o}", "Written by {n}", "{n}, Staff Reporter", "{n}, {o}", "Von {n}", "Par {n}",
            "Por {n}", "Di {n}", "Author: {n}", "Story by {n}", "{n} | {o}", "By {n} | {p}", "By {n} in {p}", "{o}, {d}. By {n}.", "By {n} | {o} | {d}", "Words by {n}", "{n} Senior Correspondent", "Text: {n}", "Autor: {n}")  # fmt: skip
_LABELS = ("", "", "", "Published ", "Published: ", "Updated : ", "Updated: ", "Last updated ", "Posted: ", "First published on ", "Posted on ", "Date: ",
           "PUBLISHED ", "Published at ", "Veröffentlicht am ", "Publié le ", "Publicado el ", "Stand: ", "Created: ", "- ", "on ")  # fmt: skip
_DAYS = (
    "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y",
    "%A, %B %d, %Y", "%a %d %b %Y", "%Y年%m月%d日", "%Y. %m. %d.", "%Y/%m/%d", "%b. %d, %Y",
)  # fmt: skip
_TIMES = (
    "", "", "", " %H:%M", ", %H:%M", " %I:%M %p", " at %I:%M %p", " | %H:%M IST", ", %I:%M %p EDT", " - %H:%M",
    " / %I:%M AM", " %H:%M GMT", " %H:%M Uhr",
)  # fmt: skip
_DESKS = (
    "World Desk", "National", "Online Desk", "Politics", "Business", "Sport", "Local", "|", "World", "News",
    "Opinion", "Web Desk", "Technology", "Top Stories", "Home > News > World", "Home | News | Politics | Sport",
    "Menu", "Search", "Sign in", "Life & Style",
)  # fmt: skip
_BUTTONS = ("Advertisement", "ADVERTISEMENT", "- Advertisement -", "Story continues below advertisement", "Share this", "Share", "Facebook", "Twitter", "WhatsApp", "Email", "Print", "Copy link",
            "Share this story: {k} shares", "{k} shares", "{k}K shares", "1.{k}k views", "Shares: {k}", "Facebook Twitter WhatsApp", "Follow us on Facebook and Instagram", "Sign up for our newsletter", "Subscribe now",
            "Sign up for our newsletter to get the news in your inbox.", "Get our free weekly newsletter", "{k} min read", "View comments ({k})", "Listen to this article", "Save", "Comments",
            "Add {o} as a preferred source on Google", "Join our WhatsApp channel", "Follow {n} on Twitter: @handle", "Download our app", "Want more? Sign up for the {o} newsletter.", "{k} comments",
            "Next Post", "Previous Post", "Next", "Previous", "Read Full Story", "Gift this article", "Skip to main content", "Anzeige", "Teilen", "Publicité", "Compartir", "https://example.org/{k}", "***", "|",
            "Leave a comment", "Load more", "Watch: {t}", "Accept all cookies", "We use cookies to improve your experience. By continuing you accept our policy.")  # fmt: skip
_POINTERS = ("Also read: {t}", "More: {t}", "More:{t}", "READ MORE:{t}", "Also Read | {t}", "READ MORE: {t}", "Read more: {t}", "Related: {t}", "[Also read: {t}]", "MORE: {t}", "See also: {t}", "Don't miss: {t}", "Lesen Sie auch: {t}", "À lire aussi : {t}",
             "Lea también: {t}", "Recommended: {t}", "In case you missed it: {t}", "Must read: {t}", "READ: {t}", "Watch | {t}", "You may also like: {t}", "ALSO READ: {t}", "More on this: {t}")  # fmt: skip
_CAPTIONS = (
    "Image source, Getty Images", "Photo: {n}/{a}", "Representative image", "(File photo)", "Image: {a}",
    "Foto: {a}", "Credit: {n}", "{n} / {a}", "Getty Images", "Photograph: {n}/{a}", "{p} (Photo: {n})",
    "Image caption, {t}", "{t}. Photo: {n}", "{t}. Photo: {a}", "{t}. Photograph: {n}/{a}", "{t}. (Photo by {n})",
    "{t}. Credit: {n}/{a}", "{t}. | Foto: {n}", "{t}. Bild: {a}", "{t}. Image: {o}",
)  # fmt: skip
_CREDITS = ("(Reporting by {n} in {p}; Editing by {m})", "Reporting by {n}; editing by {m}", "Additional reporting by {n}", "With inputs from {a}", "(With {a} inputs)", "Source: {a}", "{n} is a reporter for the {o}. Reach her at name@example.org.",
            "(This story has not been edited by our staff and is auto-generated from a syndicated feed.)", "(Except for the headline, this story has not been edited by {o} staff and is published from a syndicated feed.)",
            "This story has been updated with additional information.", "Follow {n} on X.", "© {y} {o}. All rights reserved.", "Copyright {y} {o}", "(c) {y} {o}. All rights reserved.", "Tags: {p}, {a}, {o}", "First Published: {d}",
            "This article was originally published on {o}.", "Our Standards: The Principles.", "{o} contributed to this report.", "Disclaimer: {o} may earn a commission.")  # fmt: skip
_TAILS = ("Recommended For You", "Related Stories", "MORE FROM {O}", "Most read", "Trending", "You may also like", "Read more", "Top stories", "Also in the news:", "Around the web", "Related articles", "Latest news",
          "Popular now", "Mehr zum Thema", "À lire aussi", "Más noticias", "More in World", "Read Next", "Up Next", "Suggested", "Next Post", "Most Popular", "Editor's picks", "Das könnte Sie auch interessieren")  # fmt: skip


class Around:
    """Draws the lines around one article. `titles`: headlines of other articles."""

    def __init__(self, chance: random.Random, titles: list[str]) -> None:
        self.chance, self.titles = chance, titles

    def _fill(self, template: str, names: list[str], day: dt.date) -> str:
        pick = self.chance.choice
        name, other = pick(names or list(_NAMES)), pick(_NAMES)
        outlet = f"{pick(('The ', ''))}{pick(_PLACES)} {pick(_PAPERS)}"
        values = {
            "n": name, "m": other, "N": name.upper(), "o": outlet, "O": outlet.upper(), "p": pick(_PLACES), "a": pick(_AGENCIES),
            "t": pick(self.titles), "k": str(self.chance.randint(2, 900)), "y": str(day.year), "d": day.strftime("%d %B %Y"),
        }  # fmt: skip
        return template.format(**values)

    def _day(self, day: dt.date) -> str:
        pick = self.chance.choice
        moment = dt.datetime.combine(day, dt.time(self.chance.randrange(24), self.chance.randrange(60)), dt.UTC)
        return pick(_LABELS) + moment.strftime(pick(_DAYS) + pick(_TIMES))

    def head(self, names: list[str], day: dt.date) -> list[Row]:
        """What stands between a headline and the text."""
        pick = self.chance.choice
        rows: list[Row] = []
        for _ in range(self.chance.choice((0, 1, 1, 2, 3, 4))):
            rows.append(self.chance.choices((
                (self._fill(pick(_BYLINES), names, day), BYLINE),
                (self._day(day), DAY),
                (self._fill("{o}", names, day), OUTLET),
                (pick(_DESKS), CHROME),
                (self._fill(pick(_BUTTONS), names, day), CHROME),
                (self._fill(pick(_CAPTIONS), names, day), CHROME),
            ), (5, 6, 2, 2, 2, 1))[0])  # fmt: skip
        return rows

    def between(self, names: list[str], day: dt.date) -> list[Row]:
        """What stands between two paragraphs: a line, or a list of other articles."""
        templates = self.chance.choice((_BUTTONS, _POINTERS, _POINTERS, _CAPTIONS, _TAILS))
        rows = [(self._fill(self.chance.choice(templates), names, day), CHROME)]
        if templates is _TAILS:
            rows += [(self.chance.choice(self.titles), CHROME) for _ in range(self.chance.randint(1, 4))]
        return rows

    def tail(self, names: list[str], day: dt.date) -> list[Row]:
        """What stands behind the text: initials, credits, other headlines."""
        pick, chance = self.chance.choice, self.chance.random
        rows: list[Row] = []
        if chance() < 0.3:
            initials = " ".join(
                "".join(self.chance.choices("ABCDEGHJKMNPRSTV", k=self.chance.choice((2, 3))))
                for _ in range(self.chance.randint(1, 3))
            )
            rows.append(
                (pick((f"({pick(_AGENCIES)})", pick(_AGENCIES), f"{pick(_AGENCIES)} {initials}", initials)), AGENCY)
            )
            if chance() < 0.4:
                rows.append((initials, AGENCY))
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            rows.append((self._fill(pick(_CREDITS), names, day), CHROME))
        if chance() < 0.2:
            rows.append((self._fill("{o}", names, day), OUTLET))
        if chance() < 0.4:
            rows.append((self._fill(pick(_TAILS), names, day), CHROME))
            rows += [(pick(self.titles), CHROME) for _ in range(self.chance.randint(1, 8))]
        if chance() < 0.3:
            rows += [
                (self._fill(pick((*_BUTTONS, *_CREDITS)), names, day), CHROME) for _ in range(self.chance.randint(1, 5))
            ]
        return rows
