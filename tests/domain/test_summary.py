import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.summary import summarise
from app.domain.values import BlockKind, Sentence, Summary

NUMBER = re.compile(r"\d[\d,.]*\d|\d")
PARAGRAPH, HEADING, BULLET, METADATA = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.BULLET, BlockKind.METADATA

FIRE = "A fire destroyed the covered market in Tarnby on Friday night and killed three traders."
CAUSE = "Investigators believe the fire began in a kitchen at the north end of the covered market."
COSTS = "The council will spend 4.2 million crowns on a temporary hall for the market's traders."
WEATHER = "A weather station on the coast measured the warmest night of the year on the same date."


def sentences_of(*lines: str | tuple[BlockKind, str]) -> list[Sentence]:
    found, start = [], 0
    for paragraph, line in enumerate(lines):
        kind, text = (PARAGRAPH, line) if isinstance(line, str) else line
        found.append(Sentence(start, start + len(text), text, kind, paragraph))
        start += len(text) + 1
    return found


def vectors_of(sentences: list[Sentence]) -> list[list[float]]:
    """Bags of words, normalised: like enough to an encoder for texts that share words."""
    words = sorted({word for s in sentences for word in re.findall(r"\w+", s.exact.lower())}) or [""]
    rows = [[float(s.exact.lower().split().count(word)) for word in words] for s in sentences]
    return [[x / norm for x in row] if (norm := math.hypot(*row)) else [1.0, *row[1:]] for row in rows]


def summary_of(*lines: str | tuple[BlockKind, str], limit: int = 3) -> Summary | None:
    sentences = sentences_of(*lines)
    return summarise(sentences, vectors_of(sentences), limit=limit, model="bag@1")


def texts_of(*lines: str | tuple[BlockKind, str], limit: int = 3) -> list[str]:
    summary = summary_of(*lines, limit=limit)
    assert summary is not None
    return [sentence.text for sentence in summary.sentences]


def test_sentences_keep_the_order_of_the_article() -> None:
    lines = [FIRE, WEATHER, CAUSE, COSTS]
    chosen = texts_of(*lines)
    assert len(chosen) == 3
    assert chosen == sorted(chosen, key=lines.index)


def test_the_text_is_its_sentences_and_says_what_made_it() -> None:
    summary = summary_of(FIRE, CAUSE, COSTS)
    assert summary is not None
    assert summary.text == f"{FIRE} {CAUSE} {COSTS}"
    assert summary.method == "extractive"
    assert "bag@1" in summary.model


@pytest.mark.parametrize(
    "line",
    [
        (HEADING, "Market fire in Tarnby kills three traders on Friday night"),
        (METADATA, "Published on Saturday by the fire and market desk in Tarnby."),
        "By Ingrid Solhaug, our correspondent at the market fire in Tarnby",
        "Could the fire in the covered market in Tarnby have been prevented?",
        "Fire, again.",
        "Three traders, one covered market in Tarnby and a fire",
    ],
)
def test_what_is_no_plain_sentence_is_left_out(line: str | tuple[BlockKind, str]) -> None:
    text = line if isinstance(line, str) else line[1]
    assert text not in texts_of(line, FIRE, CAUSE, COSTS, limit=4)


@pytest.mark.parametrize(
    "leaning",
    [
        "They had set up their stalls for the fire safety week in the covered market.",
        "However, the covered market in Tarnby had passed its fire inspection on Friday.",
        "This was the worst fire in the covered market in Tarnby for a century.",
        'The covered market will rise again after the fire," the mayor of Tarnby said.',
    ],
)
def test_a_sentence_that_leans_on_another_is_not_chosen_without_it(leaning: str) -> None:
    assert leaning not in texts_of(FIRE, WEATHER, leaning, CAUSE, limit=2)


def test_a_repeated_sentence_gives_way_to_a_new_one() -> None:
    assert texts_of(FIRE, FIRE, CAUSE, COSTS, limit=3) == [FIRE, CAUSE, COSTS]


def test_an_article_of_one_short_line_still_has_it() -> None:
    assert texts_of("Market closed") == ["Market closed"]
    assert texts_of((HEADING, "Tarnby market closed")) == ["Tarnby market closed"]


def test_a_list_without_a_paragraph_is_summarised_from_its_items() -> None:
    lines = [(HEADING, "What we know"), (BULLET, "Three traders died in the market fire"), (BULLET, "Who lit it?")]
    assert texts_of(*lines) == ["Three traders died in the market fire"]


def test_an_article_without_sentences_has_no_summary() -> None:
    assert summarise([], [], limit=3, model="bag@1") is None
    assert summary_of("   ") is None


def test_line_breaks_inside_a_sentence_become_spaces_and_evidence_keeps_them() -> None:
    broken = FIRE.replace(" Tarnby", "\n  Tarnby")
    summary = summary_of(broken)
    assert summary is not None
    assert summary.sentences[0].text == FIRE
    assert summary.sentences[0].evidence[0].exact == broken


def test_sentences_and_vectors_must_match_in_number() -> None:
    sentences = sentences_of(FIRE, CAUSE)
    with pytest.raises(ValueError, match="zip"):
        summarise(sentences, vectors_of(sentences)[:1], limit=3, model="bag@1")


_LINES = st.tuples(
    st.sampled_from(BlockKind),
    st.text(st.sampled_from("ab 1.,?\n\"'é"), max_size=60) | st.sampled_from([FIRE, CAUSE, COSTS, WEATHER]),
)


@given(st.lists(_LINES, max_size=12), st.integers(1, 10))
def test_every_summary_stands_on_its_article(lines: list[tuple[BlockKind, str]], limit: int) -> None:
    sentences = sentences_of(*lines)
    article = "\n".join(text for _, text in lines)
    summary = summarise(sentences, vectors_of(sentences), limit=limit, model="bag@1")
    assert (summary is None) == (not article.strip())
    for sentence in summary.sentences if summary else ():
        assert [article[span.start : span.end] for span in sentence.evidence] == [x.exact for x in sentence.evidence]
        assert all(number in sentence.evidence[0].exact for number in NUMBER.findall(sentence.text))
    assert summary is None or 1 <= len(summary.sentences) <= limit
    assert summary == summarise(sentences, vectors_of(sentences), limit=limit, model="bag@1")
