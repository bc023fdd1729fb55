"""Verbs that say whether something has happened or is still to come: one list for questions, articles and checking."""

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
FUTURE = re.compile(
    r"\b(?:will|won['’]t|would|shall|going to|about to|(?:is|are|be|due|set|scheduled|expected|slated|likely|planned|plans?"
    r"|planning|hopes?|intends?|wants?|poised) to|due|scheduled"
    r"|(?:has|have) (?:arranged|asked|booked|called|convened|invited|ordered|organi[sz]ed|scheduled|set|summoned|urged))\b"
    r"|['’]ll\b",
    re.IGNORECASE,
)
"""What someone "has summoned" others to, or "has called", on a day without a date lies ahead: English does not use the
perfect with a day that is over."""
NOT_PAST = re.compile(
    r"\b(?:is|are|am|has|have|does|do|can|could|may|might|must|should|[Ii]f|[Uu]nless|(?:s?he|it|who|that|what|there)['’]s"
    rf"|(?:they|we|you|I)['’](?:ve|re|m))\b(?: (?:not|also|now|already|be|been|being|\w+ly))*(?: {PAST_VERB})?"
)
"""A present-tense verb, a perfect, or a modal, up to its end."""
SAID = re.compile(r"\b(?:said|told|says|announced|reported|wrote|was|were|had|showed|confirmed|added)\b", re.IGNORECASE)
