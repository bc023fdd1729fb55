"""Which language is a text in the Latin script in? By its commonest small words alone; unknown where they do not say."""

from __future__ import annotations

import re
from collections import Counter

# The commonest words that are no names and no words of the others' news; a word may belong to several.
_WORDS = {
    "en": "the of and to in is was were that for with on as by at from it he she his her has have had been will which "
    "who what when where how why are not be this said did does do an or their its",
    "de": "der die das und ist nicht ein eine einen dem den des zu mit von auf für im sich auch wurde wird sind war wer "
    "wie wann was hat haben nach bei über dass aus oder er sie werden wurden",
    "fr": "le la les des et est une un du dans pour que qui sur pas au aux avec par plus ce cette sont été était qu il "
    "elle ont quand comment où quel quelle en ne se de",
    "es": "el la los las de que y en un una por con no para su del se es al lo como más fue ha han qué quién cuándo "
    "dónde cómo cuál son era este esta sus pero",
    "pt": "o os as de que e em um uma por com não para seu sua do da dos das no na nos nas se é ao foi mais como quem "
    "quando onde qual são era pelo pela",
    "it": "il lo la gli le di che e è un una per con non del della dei delle nel nella sono si al alla ha hanno come "
    "chi quando dove quale più anche stato da questo",
    "nl": "de het een en van is dat niet in op te voor met zijn aan er om door bij ook werd wordt wie wat wanneer waar "
    "hoe heeft naar over uit maar deze",
    "sv": "och att det som är en ett på för med av till den inte har de om var från hade vem vad när hur blev ska",
    "da": "og at det som er en et på for med af til den ikke har de om var fra havde hvem hvad hvornår hvordan blev skal",
    "no": "og at det som er en et på for med av til den ikke har de om var fra hadde hvem hva når hvordan ble skal",
    "pl": "i w na z że nie do to się jest jak przez po od dla oraz był była było są ale kto co kiedy gdzie który która",
    "tr": "ve bir bu için ile da de olarak olan çok daha ne kim nasıl gibi sonra kadar değil mi ki oldu",
    "id": "yang dan di dari ke untuk dengan pada ini itu tidak adalah dalam akan oleh juga telah siapa apa kapan bagaimana",
    "ro": "și de la în a cu pe nu că din este un o pentru care sunt fost mai cine ce când cum prin",
}
_OF = {tongue: frozenset(words.split()) for tongue, words in _WORDS.items()}
_NAMELESS = re.compile(r"(?<![\w'’])[^\W\d_]+")
_LEAST_WORDS, _LEAST_HITS = 12, 5
_SHARE = 0.25
"""Least share of small words: running text has a third to a half."""
_LEAD = 2.0
"""How many times the hits of English."""


def tongue_of(text: str, *, certain: bool = True) -> str:
    """The language's code; empty when it cannot be told.

    Args:
        certain: only with a clear lead over English, in a text that is long enough; otherwise by the most small words.
    """
    words = [word for word in _NAMELESS.findall(text) if word.islower() or not certain]
    hits = Counter({tongue: sum(word.lower() in known for word in words) for tongue, known in _OF.items()})
    tongue, most = hits.most_common(1)[0]  # English before others with as many
    if not most or not certain:
        return tongue if most else ""
    if len(words) < _LEAST_WORDS or most < _LEAST_HITS or most < _SHARE * len(words):
        return ""
    return tongue if tongue == "en" or most >= _LEAD * hits["en"] else ""
