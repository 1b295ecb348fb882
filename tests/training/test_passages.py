from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from passages import passage

from app.domain.values import Passage
from app.ml.passages import passage_text

WORDS = st.text(st.sampled_from("ab |.\n"), max_size=400)


@given(WORDS, WORDS, st.none() | WORDS, st.none() | st.dates(min_value=date(1900, 1, 1)))
def test_the_head_is_trained_on_the_text_it_reads_in_service(
    sentence: str, context: str, title: str | None, published: date | None
) -> None:
    served = passage_text(Passage(text=sentence, context=context, title=title, published=published))
    assert passage(sentence, context=context, title=title, published=published) == served


def test_what_is_missing_is_left_out_with_its_separator() -> None:
    assert passage("It sank.") == "It sank."
    assert passage("It sank.", title="Ferry lost", published=date(2025, 3, 9)) == (
        "Ferry lost | Sunday 9 March 2025 | It sank."
    )
