from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from passages import passage

from app.domain.values import Passage
from app.ml.passages import passage_text

WORDS = st.text(st.sampled_from("ab |.\n"), max_size=400)


@given(WORDS, WORDS)
def test_the_head_is_trained_on_the_text_it_reads_in_service(sentence: str, context: str) -> None:
    served = passage_text(Passage(text=sentence, context=context, title=None, published=None))
    if sentence.strip():
        assert passage(sentence, context=context) == served


def test_a_sentence_without_one_before_stands_alone() -> None:
    assert passage("It sank.") == "It sank."
    assert passage("It sank.", context="The ferry listed.") == "The ferry listed. | It sank."
