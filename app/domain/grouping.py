"""Groups over links, and ids that outlive a rebuild."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
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
    links: Mapping[tuple[Node, Node], float], *, are_comparable: Callable[[Node, Node], bool], share: float = 0.5
) -> list[list[Node]]:
    """Nodes grouped from the strongest link down, two groups becoming one where at least ``share`` of their comparable
    pairs are linked: average linkage over links that are there or not. A chain of links whose ends have nothing to do
    with each other so stays apart. Groups are in order of first appearance.
    """
    linked = {frozenset(pair) for pair in links}
    group: dict[Node, tuple[Node, ...]] = {node: (node,) for pair in links for node in pair}
    for one, two in sorted(links, key=lambda pair: -links[pair]):
        first, second = group[one], group[two]
        if first is second:
            continue
        pairs = [(a, b) for a in first for b in second if are_comparable(a, b)]
        if sum(frozenset(pair) in linked for pair in pairs) >= share * len(pairs):
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
