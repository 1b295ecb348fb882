"""Any text at all is read: offsets are exact, bounds in order, and time grows no faster than length."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain import when

PUBLISHED = datetime(2025, 3, 5, tzinfo=UTC)


def read(reader, text):
    return reader.read(text, title=None, published_at=PUBLISHED)


def all_spans(reading):
    yield from (*reading.sentences, *reading.entities)
    for claim in reading.claims:
        yield claim
        yield from (*claim.quantities, *claim.times, *claim.entities, *claim.frame.slots)


SCRAPS = [
    *(
        "He said ",
        '"',
        "'",
        "; ",
        ": ",
        ", and ",
        "according to ",
        "Ann Lee",
        "12",
        "3 May",
        " (",
        ") ",
        "the mayor",
        "\n",
    ),
    *("\r\n\r\n", "\x00", "\u200b", "\u2028", "\u201c", "\u201d", "\U0001f600", "\u0645\u0631", "\u6f22", "- ", "1. "),
    *("?", ".", "...", "\u20ac", "%", "\t", "THE END", "sank", " "),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join)))
@example("Hes Hes 0 \t;")
def test_any_text_is_read_with_exact_offsets(reader, text):
    reading = read(reader, text)
    for span in all_spans(reading):
        assert text[span.start : span.end] == span.exact
    for claim in reading.claims:
        assert claim.exact == claim.exact.strip()
        if claim.holder:
            assert 0 <= claim.holder.start < claim.holder.end <= len(text)


def joined(*parts):
    """Texts made of one draw of each part in turn."""
    return st.tuples(*parts).map("".join)


WORDS = ["two dozen", "half a million", "three in four", "a third", "hundreds", "twelve", "a score", "forty-two", "no"]
NUMBERS = st.one_of(
    st.integers(0, 10**7).map(str),
    st.integers(0, 10**10).map("{:,}".format),
    st.decimals(0, 5000, places=2).map(str),
    joined(st.integers(0, 999).map(str), st.sampled_from(["k", "m", "bn", " million", " billion", " dozen"])),
    st.sampled_from(WORDS),
)
SPANS = st.one_of(
    NUMBERS,
    joined(st.just("between "), NUMBERS, st.just(" and "), NUMBERS),
    joined(NUMBERS, st.sampled_from([" to ", "-", " or ", "–", " of the "]), NUMBERS),
)
BEFORE = st.sampled_from(
    ["", "about ", "up to ", "at least ", "more than ", "fewer than ", "an estimated ", "$", "over €", "minus ", "-"]
)
AFTER = st.sampled_from(
    [" people", "%", " km", "°C", " percentage points", " basis points", " years", "-year-old men", " pounds", " acres",
     " or more", " votes or so", " litres a day", " hours", "", ", of whom 12"]
)  # fmt: skip
DAYS = st.one_of(
    st.dates().map(lambda day: f"on {day.day} {day:%B} {day.year}"),
    st.dates().map("{:%m/%d/%Y}".format),
    st.sampled_from(["yesterday", "in the 1990s", "since August", "in Q3", "last winter", "by Friday", "at 4:50 a.m."]),
    joined(
        st.just("from "), st.integers(1, 31).map(str), st.just(" to "), st.integers(1, 31).map(str), st.just(" May")
    ),
    joined(st.just("between "), st.integers(1900, 2100).map(str), st.just(" and "), st.integers(1900, 2100).map(str)),
)
FIGURES = joined(
    st.sampled_from(["The toll rose to ", "Police counted ", "The firm lost "]),
    BEFORE, SPANS, AFTER, st.just(" "), DAYS,
    st.sampled_from([". ", ", officials said. ", " and "]), BEFORE, SPANS, AFTER, st.just(" were left.\n"),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FIGURES)
def test_bounds_of_any_figures_and_dates_are_in_order(reader, text):
    reading = read(reader, text)
    for span in all_spans(reading):
        assert text[span.start : span.end] == span.exact
    for claim in reading.claims:
        for quantity in claim.quantities:
            assert in_order(quantity.low, quantity.high), quantity
            assert quantity.low is not None or quantity.high is not None
            if quantity.base is not None:
                assert in_order(quantity.base.low, quantity.base.high), quantity
        for ref in claim.times:
            assert (ref.edtf is None) == (ref.unresolved is not None), ref
            if ref.edtf:
                assert when.bounds(ref.edtf) == (ref.earliest, ref.latest)
                assert in_order(ref.earliest, ref.latest), ref


def in_order(low, high):
    return low is None or high is None or low <= high


JUNK = [
    "a",
    "1 ",
    ". ",
    "\x00",
    "\U0001f600",
    "\n",
    '"',
    "( ",
    "; ",
    "U.S. ",
    "\u200f\u0645\u0631 ",
    "of ",
    "\u6f22",
    "- x\n",
]


@pytest.mark.parametrize("unit", JUNK)
def test_junk_of_any_kind_is_survived(reader, unit):
    text = (unit * 4000)[:4000]
    for span in all_spans(read(reader, text)):
        assert text[span.start : span.end] == span.exact


def seconds(reader, text):
    start = time.process_time()
    read(reader, text)
    return time.process_time() - start


LONG_JUNK = {
    "digits": "1",
    "stops": ".",
    "quotation marks": '"',
    "nulls": "\x00",
    "letters": "a",
    "letters and marks": "a/",
    "dashes": "- ",
    "dates": "2024-11-06 ",
    "blank lines": "\n",
    "invisible": "\u200b",
    "emoji": "\U0001f600",
    "emoji between letters": "\U0001f600" * 900 + "a",
    "symbols between letters": "$" * 900 + "a",
    "punctuation": ".,;:!?()[]{}\"'-@#%^&*~|<>=+_",
    "right to left": "\u0645\u0631\u062d\u0628\u0627",
    "right to left words": "\u0645\u0631\u062d\u0628\u0627 \u0628\u0644\u062f ",
    "combining marks": "e\u0301\u0302",
    "marks alone": "\u0301" * 900 + "a",
    "nested phrases": "the man of ",
}


@pytest.mark.parametrize("unit", LONG_JUNK.values(), ids=LONG_JUNK.keys())
def test_junk_twice_as_long_takes_about_twice_as_long(reader, unit):
    half, whole = (unit * 10_000)[:10_000], (unit * 20_000)[:20_000]
    spent = seconds(reader, whole)
    assert spent <= 3 * seconds(reader, half) + 0.3
    assert spent <= 12


@pytest.mark.parametrize("unit", ["1", ".", "\x00", "\U0001f600", "\n", '"', "a", "- ", "2024-11-06 ", "\u200b"])
def test_the_longest_junk_is_read_in_seconds(reader, unit):
    assert seconds(reader, (unit * 200_000)[:200_000]) <= 10


LONGEST = {
    "digits": "1",
    "punctuation": LONG_JUNK["punctuation"],
    "right to left": LONG_JUNK["right to left"],
    "emoji": "\U0001f600",
    "nulls": "\x00",
    "number words": "seventy two thousand three hundred and five ",
    "quotations": '"Nine died," she said. "He told me \'she said "nobody came" to us\' today," Ann Lee said. ',
}


@pytest.mark.timeout(900)  # processor time is bounded; a busy machine's clock runs on
@pytest.mark.parametrize("unit", LONGEST.values(), ids=LONGEST.keys())
def test_two_hundred_thousand_characters_take_about_four_times_as_long_as_fifty(reader, unit):
    quarter, whole = (unit * 50_000)[:50_000], (unit * 200_000)[:200_000]
    assert seconds(reader, whole) <= 5 * seconds(reader, quarter) + 1


def test_the_time_to_read_prose_grows_no_faster_than_its_length(reader):
    text = "The river authority said on Tuesday that at least 14 people had died when the dam gave way. "
    assert seconds(reader, text * 160) <= 8 * seconds(reader, text * 40) + 0.5
