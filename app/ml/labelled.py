"""Labelled files that models are measured on: pairs for entailment and sentences for check-worthiness."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

ENTAILMENT, NEUTRAL, CONTRADICTION, NOT_ENTAILMENT = range(4)
"""Labels of an entailment pair; the last is all that a two-way set tells."""
_CODES = {
    "entailment": ENTAILMENT,
    "neutral": NEUTRAL,
    "contradiction": CONTRADICTION,
    "not_entailment": NOT_ENTAILMENT,
    "supports": ENTAILMENT,
    "not enough info": NEUTRAL,
    "refutes": CONTRADICTION,
}


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A premise, a hypothesis and an entailment label; ``category`` is "" in sets that have none."""

    premise: str
    hypothesis: str
    label: int
    category: str = ""


def read_pairs(path: Path) -> dict[str, list[LabelledPair]]:
    """JSON lines with ``premise``, ``hypothesis``, ``label`` and perhaps ``category``: the whole file under its name,
    and each category.

    A file that labels only entailment and neutral is two-way: its neutral pairs may contradict. Raises
    ConfigurationError, naming the line.
    """
    pairs = [_pair(row, where) for where, row in _rows(path)]
    if {pair.label for pair in pairs} == {ENTAILMENT, NEUTRAL}:
        pairs = [replace(pair, label=pair.label and NOT_ENTAILMENT) for pair in pairs]
    sets = {path.stem: pairs}
    for pair in pairs:
        if pair.category:
            sets.setdefault(f"{path.stem} {pair.category}", []).append(pair)
    return sets


def read_sentences(path: Path) -> list[tuple[str, bool]]:
    """(text, is check-worthy) of JSON lines, or of one JSON list, with ``text`` and ``label`` 1 or 0. Raises
    ConfigurationError, naming the row."""
    sentences = []
    for where, row in _rows(path):
        text, label = row.get("text"), row.get("label")
        if not isinstance(text, str) or label not in (0, 1):
            raise ConfigurationError(f"{where}: a row needs a text and a label of 1 (check-worthy) or 0.")
        sentences.append((text, bool(label)))
    if len({label for _, label in sentences}) < 2:
        raise ConfigurationError(f"{path}: sentences of both labels are needed.")
    return sentences


def _pair(row: Mapping[str, Any], where: str) -> LabelledPair:
    premise, hypothesis, label = (row.get(name) for name in ("premise", "hypothesis", "label"))
    if not isinstance(premise, str) or not isinstance(hypothesis, str):
        raise ConfigurationError(f"{where}: premise and hypothesis must be texts.")
    code = _CODES.get(label.casefold()) if isinstance(label, str) else None
    if code is None:
        raise ConfigurationError(f"{where}: the label must be one of {', '.join(_CODES)}, not {label!r}.")
    return LabelledPair(premise, hypothesis, code, str(row.get("category") or ""))


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(where, row) of a file of JSON lines or of one JSON list; at least one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    if text.lstrip().startswith("["):
        parts = [(f"{path}, row {number}", part) for number, part in enumerate(_parse(text, str(path)), start=1)]
    else:
        numbered = [(f"{path}, line {number}", line) for number, line in enumerate(text.split("\n"), start=1)]
        parts = [(where, _parse(line, where)) for where, line in numbered if line.strip()]
    if not parts:
        raise ConfigurationError(f"{path} is empty.")
    for where, row in parts:
        if not isinstance(row, dict):
            raise ConfigurationError(f"{where}: a JSON object is expected.")
        yield where, row


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: not valid JSON: {error}.") from error
