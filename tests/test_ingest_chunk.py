"""Passages: whole sentences within the window that cover the article."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import SPECIAL_TOKENS, cut

WINDOW = 20


def words(texts: object) -> list[int]:
    """One token per word; a run without spaces costs one per ten characters."""
    return [sum(-(-len(word) // 10) for word in text.split()) for text in texts]  # type: ignore[attr-defined]


def test_a_short_article_is_one_passage_with_its_title() -> None:
    (only,) = cut("Ferry strike", "The ferries stood still. Nobody sailed.", words, WINDOW)
    assert (only.start, only.end) == (0, 39)
    assert only.embedded == "Ferry strike\nThe ferries stood still. Nobody sailed."


def test_passages_end_at_sentences_and_are_of_equal_size() -> None:
    sentence = "One two three four five six seven. "
    text = (sentence * 6).strip()  # 42 words, 16 fit beside the title: three passages of two sentences
    cuts = cut("Title here", text, words, WINDOW)
    assert [text[one.start : one.end].count(".") for one in cuts] == [2, 2, 2]


def test_a_sentence_longer_than_the_window_is_broken_at_words() -> None:
    text = " ".join(f"w{number}" for number in range(50)) + "."
    cuts = cut("", text, words, WINDOW)
    assert all(words([one.embedded])[0] <= WINDOW - SPECIAL_TOKENS for one in cuts)
    assert " ".join(text[one.start : one.end] for one in cuts) == text


def test_no_sentences_no_passages() -> None:
    assert cut("Title", " \n ", words, WINDOW) == []


@given(
    st.text(alphabet=st.sampled_from("abc de.\n!é语 "), max_size=400),
    st.text(alphabet=st.sampled_from("ab c"), max_size=300),
)
def test_cuts_cover_the_text_in_order_and_fit(text: str, title: str) -> None:
    cuts = cut(title, text, words, 80)
    for one, following in pairwise(cuts):
        assert one.end <= following.start
    for one in cuts:
        assert one.embedded.endswith(text[one.start : one.end])
        assert words([one.embedded])[0] <= 80 - SPECIAL_TOKENS
    covered = "".join("".join(text[one.start : one.end].split()) for one in cuts)
    assert covered == "".join(text.split())
