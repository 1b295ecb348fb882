from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.grouping import components, keep_ids

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


@given(PAIRS, st.randoms())
def test_components_do_not_depend_on_the_order_of_links(pairs: list[tuple[int, int]], random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {frozenset(c) for c in components(range(13), pairs)} == {
        frozenset(c) for c in components(range(13), shuffled)
    }


@given(PAIRS)
def test_every_node_is_in_one_component(pairs: list[tuple[int, int]]) -> None:
    assert sorted(x for c in components(range(13), pairs) for x in c) == list(range(13))


def test_an_id_goes_to_the_set_that_shares_most_evidence() -> None:
    old = {"x": frozenset("abc"), "y": frozenset("de")}
    assert keep_ids(old, [frozenset("a"), frozenset("bc"), frozenset("dz"), frozenset("q")]) == [None, "x", "y", None]


def test_an_id_is_given_once() -> None:
    assert keep_ids({"x": frozenset("ab")}, [frozenset("a"), frozenset("b")]) == ["x", None]
