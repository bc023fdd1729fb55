"""Does pasting a sentence from an article find that article first?

    python -m evals.pasted --library LIBRARY

Sentences of 12 to 40 words are drawn at random and asked verbatim, then with one word left out. The first cited
article must be the sentence's own, or another one with the very same words.
"""

from __future__ import annotations

import random
from pathlib import Path

import click

from evals.command import Command
from evals.measures import estimate
from rag.assistant import Assistant
from rag.library import Library
from rag.text.clean import one_line
from rag.text.sentences import sentence_spans
from rag.types import Kind

WORDS_LEAST, WORDS_MOST = 12, 40


def drawn_sentences(library: Library, count: int, seed: int) -> list[tuple[str, str]]:
    """Sentences with the ids of their articles, one per article."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    articles = [one.article_id for one in library.articles()]
    chance.shuffle(articles)
    drawn: list[tuple[str, str]] = []
    for article_id in articles:
        text = library.article(article_id).text
        sentences = [one_line(text[one.start : one.end]) for one in sentence_spans(text)]
        fit = [one for one in sentences if WORDS_LEAST <= len(one.split()) <= WORDS_MOST]
        if fit and len(drawn) < count:
            drawn.append((article_id, chance.choice(fit)))
    return drawn


def is_found(library: Library, assistant: Assistant, article_id: str, sentence: str, pasted: str) -> bool:
    answer = assistant.ask(pasted)
    if answer.kind is not Kind.QUOTATION or not answer.citations:
        return False
    first = answer.citations[0].article_id
    return first == article_id or sentence in one_line(library.article(first).text)


@click.command(cls=Command)
@click.option("--library", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--count", type=click.IntRange(min=1), default=500)
@click.option("--seed", type=int, default=1)
def main(folder: Path, count: int, seed: int) -> None:
    """Prints how many are found, verbatim and with one word left out."""
    library = Library.open(folder)
    assistant = Assistant(library)
    drawn = drawn_sentences(library, count, seed)
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    for name, change in (("word for word", False), ("with one word left out", True)):
        found = []
        for article_id, sentence in drawn:
            words = sentence.split()
            if change:
                del words[chance.randrange(1, len(words) - 1)]
            found.append(float(is_found(library, assistant, article_id, sentence, " ".join(words))))
        click.echo(f"{name}: {sum(found):.0f} of {len(found)} ({estimate(found).interval_text} %)")


if __name__ == "__main__":
    main()
