from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.values import Passage
from app.ml.passages import passage_text

DAY = date(2025, 3, 9)


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        (Passage("The dam held.", "", None, None), "The dam held."),
        (Passage("It\n held.", " ", "Dam  news", DAY), "It held."),
        (Passage("It held.", "The dam was full.", "Dam news", DAY), "The dam was full. | It held."),
        (Passage("It lost 14 cows.", "«So»", None, None, (8, 10)), '"So" | It lost « 14 » cows.'),
        (Passage("«It» lost 14.", "", None, None, (5, 9)), '"It" « lost » 14.'),
        (
            Passage(" ".join(["s"] * 80), " ".join(["x", *["c"] * 40]), None, None),
            " | ".join([" ".join(["c"] * 40), " ".join(["s"] * 70)]),
        ),
    ],
)
def test_a_passage_is_its_parts_cut_to_length(passage: Passage, text: str) -> None:
    assert passage_text(passage) == text


@given(text=st.text(max_size=50), data=st.data())
def test_marks_stand_only_around_the_slot(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    written = passage_text(Passage(text, "", None, None, (start, end)))
    assert written.count("«") == written.count("»") == 1
    assert passage_text(Passage(text, "", None, None)).count("«") == 0
