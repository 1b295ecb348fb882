"""Groups over links, and ids that outlive a rebuild."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from itertools import combinations, product
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


def components(nodes: Iterable[Node], links: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """Nodes reachable from one another, each component and the list in order of first appearance (union-find)."""
    parent: dict[Node, Node] = {node: node for node in nodes}

    def root(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links:
        parent.setdefault(a, a)
        parent.setdefault(b, b)
        parent[root(a)] = root(b)
    found: dict[Node, list[Node]] = {}
    for node in parent:
        found.setdefault(root(node), []).append(node)
    return list(found.values())


def dense_groups(
    links: Mapping[tuple[Node, Node], float],
    *,
    are_comparable: Callable[[Node, Node], bool],
    answer: Callable[[Node], Hashable],
    share: float = 0.75,
) -> list[list[Node]]:
    """Nodes grouped from the strongest link down, two groups becoming one where the links between them are nearly as
    strong as those inside: average linkage, at least ``share`` of either group's own mean. A chain of links whose ends
    have nothing to do with each other so stays apart, and so do two questions that a few weak links join.

    A mean is over pairs of answers, with the strongest link between two answers for the pair: nodes that give one
    ``answer`` count once, however many they are. Groups are in order of first appearance.
    """
    strength: dict[frozenset[Node], float] = {}
    for pair, weight in links.items():
        strength[frozenset(pair)] = max(weight, strength.get(frozenset(pair), 0.0))

    def mean(pairs: Iterable[tuple[Node, Node]], given_by_both: Set[Hashable] = frozenset()) -> float:
        """Over the pairs of answers. Two answers of which one is given by both sides need no link of their own."""
        found: dict[frozenset[Hashable], float] = {}
        for a, b in pairs:
            key = frozenset((answer(a), answer(b)))
            weight = strength.get(frozenset((a, b)), 0.0)
            if are_comparable(a, b) and (weight or len(key) == 1 or not key & given_by_both):
                found[key] = max(weight, found.get(key, 0.0))
        return sum(found.values()) / len(found) if found else 0.0

    def inside(group: tuple[Node, ...]) -> float:
        return mean((a, b) for a, b in combinations(group, 2) if answer(a) != answer(b))

    group: dict[Node, tuple[Node, ...]] = {node: (node,) for pair in links for node in pair}
    for one, two in sorted(links, key=lambda pair: -links[pair]):
        first, second = group[one], group[two]
        if first is second:
            continue
        between = mean(product(first, second), {*map(answer, first)} & {*map(answer, second)})
        if between >= share * max(inside(first), inside(second)):
            joined = (*first, *second)
            group.update(dict.fromkeys(joined, joined))
    return [list(members) for members in dict.fromkeys(group.values())]


def keep_ids(old: Mapping[Key, frozenset[str]], new: Sequence[frozenset[str]]) -> list[Key | None]:
    """For each new evidence set the old id that shares most evidence with it; an id is given once, None is a new thing.

    Ties go to the smaller old id in text form, so that the outcome never depends on the order of rows.
    """
    shared = Counter({(key, n): len(had & has) for key, had in old.items() for n, has in enumerate(new) if had & has})
    kept: list[Key | None] = [None] * len(new)
    given: set[Key] = set()
    for (key, n), _ in sorted(shared.items(), key=lambda item: (-item[1], str(item[0][0]), item[0][1])):
        if key not in given and kept[n] is None:
            given.add(key)
            kept[n] = key
    return kept
