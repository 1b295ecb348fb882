"""Junk of any kind is read in linear time and never fails."""

from __future__ import annotations

import time

import pytest
import spacy
from spacy.tokens import Doc

from app.language.quantities import find_quantities

SIZE = 200_000
SMALL = 4_000
JUNK = {
    "ones": "1 ",
    "digits": "7",
    "dots": ".",
    "digit groups": "111 ",
    "commas": "1,",
    "hyphens": "1-2-",
    "scales": "two million ",
    "words": "twenty ",
    "ranges": "1 to 2 or 3 and ",
    "units": "5 km of ",
    "money": "$5m or 7 dinars ",
    "hedges": "about more than 3 or more ",
    "halves": "half a ",
    "brackets": "(1) [2] {3} ",
    "names": "Xy 9 Zz ",
    "right to left": "٣٤ שלום ",
    "emoji": "7️⃣ 🚒 ",
    "nulls": "\0 4 ",
}


def seconds(text: str) -> float:
    """Processor time to read a text without a parse, and a check of its offsets."""
    nlp = spacy.blank("en")
    nlp.max_length = len(text) + 1
    doc = nlp.make_doc(text)
    started = time.process_time()
    found = find_quantities(doc[:], offset=0)
    spent = time.process_time() - started
    assert all(text[quantity.start : quantity.end] == quantity.exact for quantity in found)
    return spent


@pytest.mark.parametrize("unit", JUNK.values(), ids=JUNK.keys())
def test_junk_four_times_as_long_takes_about_four_times_as_long(unit: str) -> None:
    small, large = (unit * SMALL)[:SMALL], (unit * 4 * SMALL)[: 4 * SMALL]
    # The better of two, and far from sixteen times: a busy machine spends more processor time on the same work.
    assert min(seconds(large), seconds(large)) < 12 * max(seconds(small), 0.02)


@pytest.mark.parametrize("unit", ["1 ", "9", "."])
def test_two_hundred_thousand_characters_are_read(unit: str) -> None:
    assert seconds((unit * SIZE)[:SIZE]) < 60


@pytest.mark.parametrize("shape", ["chain", "fan"])
def test_a_broken_parse_of_any_shape_is_walked_in_bounded_steps(shape: str) -> None:
    size = 900
    words = ["12", "km"] * (size // 2)
    heads = [max(0, i - 1) if shape == "chain" else 0 for i in range(size)]
    doc = Doc(spacy.blank("en").vocab, words, heads=heads, deps=["conj"] * size, pos=["NUM", "NOUN"] * (size // 2))
    started = time.process_time()
    assert len(find_quantities(doc[:], offset=0)) == size // 2
    assert time.process_time() - started < 10
