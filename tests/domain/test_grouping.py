from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from app.domain.grouping import components, dense_groups, keep_ids


def _always(_one: object, _two: object) -> bool:
    return True


def _itself(node: Hashable) -> Hashable:
    return node


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


def test_a_chain_whose_ends_are_not_linked_stays_apart() -> None:
    links = {("a", "b"): 0.9, ("b", "c"): 0.8, ("c", "d"): 0.7}
    assert dense_groups(links, are_comparable=_always, answer=_itself) == [["a", "b"], ["c", "d"]]


def test_weak_links_do_not_join_two_questions() -> None:
    inside = {("a1", "b1"): 0.9, ("a2", "b2"): 0.8}
    across = {("a1", "b2"): 0.6, ("a2", "b1"): 0.6}
    groups = dense_groups(inside | across, are_comparable=lambda x, y: x[0] != y[0], answer=_itself)
    assert groups == [["a1", "b1"], ["a2", "b2"]]


def test_answers_that_are_given_often_count_once() -> None:
    nine = {(f"nine {n}", f"nine {n + 1}"): 0.95 for n in range(3)}
    links = nine | {("nine 0", "seven"): 0.6}
    (group,) = dense_groups(links, are_comparable=_always, answer=lambda node: node.split()[0])
    assert set(group) == {"nine 0", "nine 1", "nine 2", "nine 3", "seven"}


def test_pairs_that_cannot_be_linked_do_not_count_against_a_group() -> None:
    links = {("a1", "b1"): 0.9, ("a2", "b1"): 0.8}
    (group,) = dense_groups(links, are_comparable=lambda x, y: x[0] != y[0], answer=_itself)
    assert sorted(group) == ["a1", "a2", "b1"]


@given(st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.floats(0, 1), max_size=20))
def test_dense_groups_are_a_partition_of_what_is_linked(links: dict[tuple[int, int], float]) -> None:
    groups = dense_groups(links, are_comparable=_always, answer=_itself)
    assert sorted(x for group in groups for x in group) == sorted({x for pair in links for x in pair})
