from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.domain import abstractive
from app.domain.abstractive import Option, options
from app.domain.values import BlockKind, Entailment, Factuality, Reading, Span, Summary
from tests.domain.claims import claim
from tests.domain.test_summary import HEADING, sentences_of, vectors_of

BRIDGE = "The bridge over the Tesk was closed on Friday after a lorry overturned."
MAYOR = "Mayor Ana Brel said the repair would cost 4 million crowns."
BUSES = "Buses  take the longer\nroad through the village of Ulm."
YES, NO = Entailment(0.9, 0.05, 0.05), Entailment(0.4, 0.5, 0.1)


def reading_of(*lines: str | tuple[BlockKind, str]) -> Reading:
    return Reading(tuple(sentences_of(*lines)), (), (), None)


def options_of(*said: str, article: Sequence[str | tuple[BlockKind, str]] = (BRIDGE, MAYOR, BUSES)) -> list[Option]:
    draft, read = reading_of(*said), reading_of(*article)
    vectors = vectors_of([*draft.sentences, *read.sentences])
    return options(draft, read, draft_vectors=vectors[: len(said)], article_vectors=vectors[len(said) :])


def summary_of(*said: str, judged: Sequence[Entailment] = (), limit: int = 3) -> Summary | None:
    """Every option judged YES, or each sentence of the draft by its place."""
    found = options_of(*said)
    judgements = [judged[option.place] if judged else YES for option in found]
    return abstractive.summarise(list(zip(found, judgements, strict=True)), limit=limit, model="w@1+e@1")


def test_each_kept_sentence_cites_sentences_of_the_article_at_exact_offsets() -> None:
    text = "\n".join((BRIDGE, MAYOR, BUSES))
    summary = summary_of("A lorry overturned on the bridge over the Tesk.", "The village of Ulm has buses on its road.")
    assert summary is not None
    assert [[span.exact for span in each.evidence] for each in summary.sentences] == [[BRIDGE], [BUSES]]
    spans = [span for each in summary.sentences for span in each.evidence]
    assert [text[span.start : span.end] for span in spans] == [BRIDGE, BUSES]
    assert all(type(span) is Span for span in spans)


def test_it_says_how_and_with_what_it_was_made() -> None:
    said = ["A lorry overturned on the bridge over the Tesk.", "The repair would cost 4 million crowns."]
    summary = summary_of(*said)
    assert summary is not None
    assert summary.method == "abstractive"
    assert summary.model == f"{abstractive.VERSION}+w@1+e@1"
    assert summary.text == " ".join(said)


def test_what_does_not_follow_is_dropped_and_with_nothing_left_there_is_no_summary() -> None:
    said = ["A lorry overturned on the bridge over the Tesk.", "The repair would cost 4 million crowns."]
    summary = summary_of(*said, judged=[NO, YES])
    assert summary is not None
    assert summary.text == said[1]
    assert summary_of(*said, judged=[NO, NO]) is None
    assert abstractive.summarise([], limit=3, model="w@1") is None


@pytest.mark.parametrize(
    "said",
    [
        "The repair would cost 5 million crowns.",
        "Mayor Ana Marr said the repair would be dear.",
        "The bridge over the Tesk was closed on Monday.",
        "the bridge over the tesk was closed after a lorry overturned.",
        "The bridge over the Tesk was closed after a lorry",
        "Was the bridge over the Tesk closed on Friday?",
        "Bridge closed.",
    ],
)
def test_what_brings_something_new_is_cut_off_or_hides_its_names_is_never_judged(said: str) -> None:
    assert options_of(said) == []


def test_the_nearest_sentence_is_tried_alone_then_with_the_next_two_in_the_order_of_the_text() -> None:
    found = options_of("Ana Brel said the bridge was closed after a lorry overturned.")
    assert [[each.exact for each in option.evidence] for option in found] == [[BRIDGE, MAYOR], [BRIDGE, MAYOR, BUSES]]
    assert found[0].pair == (f"{BRIDGE} {MAYOR}", "Ana Brel said the bridge was closed after a lorry overturned.")


def test_the_fewest_sentences_that_it_follows_from_are_its_evidence() -> None:
    found = options_of("The bridge over the Tesk was closed on Friday.")
    sizes = [len(option.evidence) for option in found]
    assert sizes == [1, 2, 3]
    summary = abstractive.summarise(list(zip(found, [NO, YES, YES], strict=True)), limit=3, model="w@1")
    assert summary is not None
    assert [len(each.evidence) for each in summary.sentences] == [2]


def test_headings_are_no_evidence() -> None:
    assert options_of("The bridge over the Tesk was closed.", article=[(HEADING, "Bridge over the Tesk closed")]) == []


def test_what_is_only_possible_is_not_stated_as_a_fact() -> None:
    stated, said = "The bridge may be closed next week.", "The bridge is closed next week."
    (sentence,), (draft,) = sentences_of(stated), sentences_of(said)
    for factuality, expected in ((Factuality.POSSIBLE, 0), (Factuality.ASSERTED, 1)):
        article = Reading((sentence,), (claim(stated, factuality=factuality),), (), None)
        read = Reading((draft,), (claim(said, factuality=Factuality.ASSERTED),), (), None)
        assert len(options(read, article, draft_vectors=[[1.0]], article_vectors=[[1.0]])) == expected


def test_what_leans_on_a_dropped_sentence_goes_with_it() -> None:
    first, second = "Ana Brel said the repair would be dear.", "She said the repair would cost 4 million crowns."
    kept = summary_of(first, second)
    assert kept is not None
    assert kept.text == f"{first} {second}"
    assert summary_of(first, second, judged=[NO, YES]) is None
    assert summary_of(second) is None


def test_what_is_said_again_counts_once_and_the_limit_holds() -> None:
    said = ["A lorry overturned on the bridge.", "A lorry overturned on the bridge.", "The road is longer for buses."]
    summary = summary_of(*said)
    assert summary is not None
    assert [each.text for each in summary.sentences] == [said[0], said[2]]
    assert len(getattr(summary_of(*said, limit=1), "sentences", ())) == 1
