"""Verbs that say whether something has happened or is to come: one list for questions, articles and checking."""

from __future__ import annotations

import re

_PLANS = r"expected|hoped|planned|proposed|scheduled|slated|supposed"
_IRREGULAR = (
    "was were had did said told wrote became began beat blew bought broke brought built came caught chose cut dealt drew drove "
    "fell felt flew fought found gave got grew held hit kept knew laid led left lost made met paid put ran rose sang sank sat "
    "saw sent shot shut sold spent spoke spread stole stood struck sued swept swore taught thought threw took tore went "
    "withdrew won wore"
)
PAST_VERB = (
    rf"\b(?:{'|'.join(_IRREGULAR.split())}"
    rf"|(?!(?:need|speed|feed|seed|breed|proceed|exceed|succeed|indeed|hundred|{_PLANS})\b)[a-z]{{2,}}ed)\b"
)
PLANNED = re.compile(rf"\b(?:{_PLANS}|delayed|moved|postponed|put off)\b")
FUTURE = re.compile(
    r"\b(?:will|won['’]t|would|shall|going to|about to|(?:is|are|be|due|set|scheduled|expected|slated|likely|planned|plans?"
    r"|planning|hopes?|intends?|wants?|poised) to|due|scheduled)\b|['’]ll\b",
    re.IGNORECASE,
)
SAID = re.compile(r"\b(?:said|told|says|announced|reported|wrote|was|were|had|showed|confirmed|added)\b", re.IGNORECASE)
