"""The Grafana dashboard asks for metrics that exist, and leaves none out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from prometheus_client import REGISTRY

from app import metrics

DASHBOARD = json.loads((Path(__file__).parent.parent / "ops" / "grafana.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def _exposed() -> dict[str, tuple[str, set[str]]]:
    """Every series name that can be asked for: its family, and its labels."""
    found = {}
    for metric in vars(metrics).values():
        if not hasattr(metric, "_labelnames"):
            continue
        labels = set(metric._labelnames)
        for family in metric.describe():
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}[family.type]
            for ending in endings:
                found[family.name + ending] = family.name, labels | ({"le"} if ending == "_bucket" else set())
    return found


def test_every_metric_of_the_dashboard_exists_and_every_metric_is_on_it() -> None:
    exposed = _exposed()
    asked = {name for query in QUERIES for name in re.findall(r"claimline_\w+", query)}
    assert asked <= set(exposed)
    assert {exposed[name][0] for name in asked} == {family for family, _ in exposed.values()}
    assert {family.name for family in REGISTRY.collect()} >= {family for family, _ in exposed.values()}


def test_queries_group_by_labels_that_their_metrics_have() -> None:
    exposed = _exposed()
    for query in QUERIES:
        labels = set().union(*(exposed[name][1] for name in re.findall(r"claimline_\w+", query)))
        for group in re.findall(r"by \(([^)]*)\)", query):
            assert set(re.findall(r"\w+", group)) <= labels, query


def test_panels_do_not_overlap() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
