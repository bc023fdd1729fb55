"""Invented articles for the story tests, including copies, corrections and reports of the same event."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

QUAKE = (
    "A strong earthquake shook the coast near Port Maliva on Tuesday, and at least 14 people were killed, the governor "
    "of Orvena said. The tremor struck at 4:12 in the morning, when most families in Port Maliva were still asleep, and "
    "it brought down the old customs house and two schools. Governor Elia Strand said that 230 people had been taken to "
    "the hospital of Tarrow, and that helicopters of the Orvena Coast Guard were looking for two fishing boats. Power is "
    "out in half of the province. Engineers from Tarrow expect that the bridge over the Lusk will stay closed for 3 weeks. "
    "The seismological office in Brenholm put the magnitude at 6.4 and warned of further shocks."
)
LOCAL_HEADLINE = QUAKE.replace("on Tuesday, and", "early on Tuesday, and").replace(
    "Power is out in half of the province. ", ""
)
SHORTENED = QUAKE[: QUAKE.index("Power is out")].strip()
CORRECTED = (
    QUAKE.replace("at least 14 people", "at least 41 people")
    + "\n\nCorrection: an earlier version of this article gave the number of dead as 14. It is 41."
)
WITNESS = (
    "Streets in Port Maliva were full of people in blankets on Tuesday after the earthquake that killed at least 14 of "
    "their neighbours. Governor Elia Strand came by boat from Tarrow before noon. Shopkeeper Dov Ansel said that he had "
    "heard the customs house go down like a stack of plates. The Orvena Coast Guard brought water and bread. Doctors in "
    "Tarrow asked for blood, and the seismological office in Brenholm told people not to sleep under a roof."
)
FOLLOW_UP = (
    "Port Maliva has buried the last of its dead. The mayor read out every name in the square, where the stones of the "
    "customs house are still piled up, and the ships in the harbour sounded their horns. The schools will open again in "
    "tents on Monday with teachers from all over the country. A collection has brought in 4 million crowns so far. The "
    "tremor struck at 4:12 in the morning, when most families in Port Maliva were still asleep, and it brought down the "
    "old customs house and two schools."
)


def lottery(number: int, town: str) -> str:
    """The same wording about different things: not copies."""
    return (
        f"A ticket sold in {town} won the jackpot of the Orvena lottery, which had grown to {number} million crowns since "
        f"nobody matched all of the numbers in the spring. The shop in {town} where it was bought gets a bonus of "
        f"{number + 7} thousand crowns. The winner has {number + 90} days to come forward, the lottery said, and the odds "
        "of matching all of the numbers are very small. The next drawing will be held at the usual time."
    )


@dataclass(frozen=True)
class Told:
    """One article of the pool."""

    key: str
    outlet: str
    day: str
    text: str

    @property
    def published(self) -> dt.date:
        """The day of publication."""
        return dt.date.fromisoformat(self.day)

    def row(self) -> dict[str, object]:
        """As a line of a JSONL file."""
        title = f"{self.outlet}: {' '.join(self.text.split()[:6])}"
        return {"id": self.key, "title": title, "text": self.text, "outlet": self.outlet, "published": self.day}


POOL = (
    Told("quake-herald", "Herald", "2024-03-05", QUAKE),
    Told("quake-post", "Post", "2024-03-06", LOCAL_HEADLINE),
    Told("quake-echo", "Echo", "2024-03-05", SHORTENED),
    Told("quake-herald-corrected", "Herald", "2024-03-08", CORRECTED),
    Told("witness-gazette", "Gazette", "2024-03-05", WITNESS),
    Told("follow-up-herald", "Herald", "2024-03-20", FOLLOW_UP),
    Told("lottery-1", "Herald", "2024-03-05", lottery(310, "Tolvik")),
    Told("lottery-2", "Herald", "2024-03-07", lottery(55, "Marrow")),
)
COPIES = {"quake-herald", "quake-post", "quake-echo", "quake-herald-corrected"}


def write_pool(path: Path) -> str:
    """The pool as a JSONL file; its path."""
    path.write_text("".join(json.dumps(one.row()) + "\n" for one in POOL), encoding="utf-8")
    return str(path)
