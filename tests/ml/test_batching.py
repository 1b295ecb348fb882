from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ml.batching import make_batches, padded_width

LENGTHS = st.lists(st.integers(0, 600), max_size=200)
BUDGETS = st.integers(256, 8192)


@given(lengths=LENGTHS, budget=BUDGETS)
def test_every_text_is_in_exactly_one_batch(lengths: list[int], budget: int) -> None:
    batches = make_batches(lengths, budget=budget)
    assert sorted(index for batch in batches for index in batch.indices) == list(range(len(lengths)))


@given(lengths=LENGTHS, budget=BUDGETS)
def test_a_batch_keeps_to_the_budget_unless_it_holds_one_text(lengths: list[int], budget: int) -> None:
    for batch in make_batches(lengths, budget=budget):
        assert len(batch.indices) == 1 or len(batch.indices) * batch.width <= budget


@given(lengths=LENGTHS, budget=BUDGETS)
def test_a_text_is_padded_to_a_width_of_its_own_whatever_the_batch(lengths: list[int], budget: int) -> None:
    for batch in make_batches(lengths, budget=budget):
        assert {padded_width(lengths[index]) for index in batch.indices} == {batch.width}


@given(lengths=LENGTHS, budget=BUDGETS)
def test_the_widest_batches_come_first_and_equal_texts_keep_their_order(lengths: list[int], budget: int) -> None:
    batches = make_batches(lengths, budget=budget)
    assert [b.width for b in batches] == sorted((b.width for b in batches), reverse=True)
    assert all(list(batch.indices) == sorted(batch.indices) for batch in batches)


@pytest.mark.parametrize(("length", "width"), [(0, 8), (1, 8), (8, 8), (9, 16), (256, 256), (257, 264)])
def test_widths_are_multiples_of_eight(length: int, width: int) -> None:
    assert padded_width(length) == width
