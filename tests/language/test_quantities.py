"""Sentences to quantities: what is one, its bounds and unit, what it counts and what happens to that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.values import Quantity, Span
from app.language.parse import SentenceParser
from app.language.quantities import find_quantities


@pytest.fixture(scope="module")
def parser() -> SentenceParser:
    return SentenceParser()


def read(parser: SentenceParser, text: str, *, taken: tuple[Span, ...] = (), offset: int = 0) -> tuple[Quantity, ...]:
    (parsed,) = parser.parse(text, [(0, len(text))])
    return find_quantities(parsed.span, offset=offset, taken=taken)


@pytest.mark.parametrize(
    "row",
    [
        ("Some 1,250 pilgrims arrived.", "1,250", 1250, 1250, "about", None),
        ("Some 12 300 pilgrims arrived.", "12 300", 12300, 12300, "about", None),
        ("They buried two hundred and fifty horses.", "two hundred and fifty", 250, 250, "exact", None),
        ("They buried a hundred and twelve horses.", "a hundred and twelve", 112, 112, "exact", None),
        ("A hundred and fifty thousand bees left.", "A hundred and fifty thousand", 150_000, 150_000, "exact", None),
        ("Three dozen lambs were stolen.", "Three dozen", 36, 36, "exact", None),
        ("Half a million bees escaped.", "Half a million", 500_000, 500_000, "exact", None),
        (
            "Three-quarters of a million homes went dark.",
            "Three-quarters of a million",
            750_000,
            750_000,
            "exact",
            None,
        ),
        ("Two and a half million voters stayed away.", "Two and a half million", 2_500_000, 2_500_000, "exact", None),
        ("Dozens of geese landed.", "Dozens", 24, None, "at_least", None),
        ("Tens of thousands of geese landed.", "Tens of thousands", 20_000, None, "at_least", None),
        ("Between two and three thousand miners struck.", "two and three thousand", 2000, 3000, "between", None),
        ("Organisers counted 10-12k runners.", "10-12k", 10_000, 12_000, "between", None),
        ("Five or six goats got out.", "Five or six", 5, 6, "between", None),
        ("It drew 5 to 6 million viewers.", "5 to 6 million", 5_000_000, 6_000_000, "between", None),
        ("Nine out of ten tenants objected.", "Nine out of ten", 90, 90, "exact", "%"),
        ("Fewer than one bus in ten ran.", "one bus in ten", None, 10, "less_than", "%"),
        ("Almost two-thirds of the crop failed.", "two-thirds", 66.667, 66.667, "about", "%"),
        ("The fine came to $4.5m.", "$4.5m", 4_500_000, 4_500_000, "exact", "USD"),
        ("The fine came to A$4.5m.", "A$4.5m", 4_500_000, 4_500_000, "exact", "AUD"),
        ("The fine came to 300 Danish kroner.", "300 Danish kroner", 300, 300, "exact", "DKK"),
        ("A stamp costs 85 pence.", "85 pence", 0.85, 0.85, "exact", "GBP"),
        ("They shipped 30 pounds of rice.", "30 pounds", 30, 30, "exact", "lb"),
        ("The rate rose by 25 basis points.", "25 basis points", 25, 25, "exact", "bp"),
        ("Her lead in the poll grew three points.", "three points", 3, 3, "exact", "pp"),
        (
            "It holds 12 million cubic metres of water.",
            "12 million cubic metres",
            12_000_000,
            12_000_000,
            "exact",
            "m3",
        ),
        ("The spill covers 40 sq km.", "40 sq km", 40, 40, "exact", "km2"),
        ("Gusts of up to 90 miles per hour hit Ambry.", "90 miles per hour", None, 90, "up_to", "mph"),
        ("The limit is 10 micrograms per litre.", "10 micrograms per litre", 10, 10, "exact", "ug/L"),
        ("Temperatures fell to -12C.", "-12C", -12, -12, "exact", "°C"),
        ("Temperatures fell to 12 degrees below normal.", "12 degrees", 12, 12, "exact", "°C"),
        ("The search took more than an hour and a half.", "an hour and a half", 1.5, None, "more_than", "h"),
        ("It ended a decade of drought.", "a decade", 10, 10, "exact", "yr"),
        ("He dug for three weeks.", "three weeks", 3, 3, "exact", "wk"),
        ("The 38-metre mast fell.", "38-metre", 38, 38, "exact", "m"),
        ("The lake crested at 7.25 metres.", "7.25 metres", 7.25, 7.25, "exact", "m"),
        ("A 71-year-old baker fell.", "71-year-old", 71, 71, "exact", "yr"),
        ("Ida Holt (34) won again.", "34", 34, 34, "exact", "yr"),
        ("The suspect, 29, was charged.", "29", 29, 29, "exact", "yr"),
        ("Pupils aged between 11 and 14 took part.", "11 and 14", 11, 14, "between", "yr"),
        ("She was 34 when the mill shut.", "34", 34, 34, "exact", "yr"),
        ("As many as 40 huts burned.", "40", None, 40, "up_to", None),
        ("No more than 40 huts burned.", "40", None, 40, "up_to", None),
        ("No fewer than 40 huts burned.", "40", 40, None, "at_least", None),
        ("Upwards of 40 huts burned.", "40", 40, None, "at_least", None),
        ("40 huts or more burned.", "40", 40, None, "at_least", None),
        ("Well over 40 huts burned.", "40", 40, None, "more_than", None),
        ("Just under 40 huts burned.", "40", None, 40, "less_than", None),
        ("An estimated 40 huts burned.", "40", 40, 40, "about", None),
        ("Some 40-odd huts burned.", "40", 40, 40, "about", None),
        ("A dozen or so huts burned.", "A dozen", 12, 12, "about", None),
        ("Some 4½ million hens died.", "4½ million", 4_500_000, 4_500_000, "about", None),
        ("They shipped 3 1/4 tonnes of rice.", "3 1/4 tonnes", 3.25, 3.25, "exact", "t"),
        ("Lead stood at 15 parts per billion.", "15 parts per billion", 15, 15, "exact", "ppb"),
        ("The sill sank by an inch or two.", "an inch or two", 1, 2, "between", "in"),
        ("A 1-in-4 slope awaits.", "1-in-4", 25, 25, "exact", "%"),
        ("The dam cost 7 bln rand.", "7 bln rand", 7_000_000_000, 7_000_000_000, "exact", "ZAR"),
        ("The dam cost Rs 4 crore.", "Rs 4 crore", 40_000_000, 40_000_000, "exact", "INR"),
        ("Temperatures sank below minus 20.", "minus 20", None, -20, "less_than", "°C"),
        ("Prosecutors called 112 witnesses.", "112", 112, 112, "exact", None),
        ("Rents could top 40% of pay.", "40%", 40, None, "more_than", "%"),
        ("The top 40 singers sang.", "40", 40, 40, "exact", None),
        ("She faces a minimum term of 12 years.", "12 years", 12, None, "at_least", "yr"),
        ("The maximum fine of $400 was paid.", "$400", None, 400, "up_to", "USD"),
        ("Close on 4,000 dockers marched.", "4,000", 4000, 4000, "about", None),
        ("The true count is nearer 4,000.", "4,000", 4000, 4000, "about", None),
        ("The island lies about 40 km offshore.", "40 km", 40, 40, "about", "km"),
        ("They heard that about 40 huts had burned.", "40", 40, 40, "about", None),
        ("The dispute cost about $40.", "$40", 40, 40, "about", "USD"),
        ("A man about 40 waited.", "40", 40, 40, "about", None),
        ("The mayor said that one hut had burned.", "one", 1, 1, "exact", None),
        ("Several hundred huts burned.", "Several hundred", 300, None, "at_least", None),
    ],
)
def test_a_number_is_read_with_its_bounds_and_unit(parser: SentenceParser, row: tuple[object, ...]) -> None:
    text, *expected = row
    read_as = [[q.exact, q.low, q.high, q.qualifier, q.unit] for q in read(parser, str(text))]
    assert read_as == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The 810th Brigade took Hill 402.",
        "A Boeing 737 landed on runway 27.",
        "The G7 met after 9/11 anniversaries.",
        "Flight 212 left from Gate 9.",
        "Route 66 Records signed the band Seven Sisters.",
        "Article 5 was invoked on 2024-11-06.",
        "In 1968 the valley was flooded, and in 2004 again.",
        "On 3 May 1944 and from 15 to 17 June the bridge was shut.",
        "The doors open at 6.45pm and close at 11 p.m. sharp.",
        "They left shortly after nine, or at ten to ten.",
        "Two days earlier she had resigned.",
        "The past three weeks were dry.",
        "Call 0300 440 119 for details.",
        "One of them laughed, and no one else did.",
        "On the one hand it is cheap.",
        "The third man was on the second floor.",
        "A third attempt failed.",
        "See page three and section four.",
        "He lives at 14 Mercer Street.",
        "The 7.05 from Ambry was late, and bus riders took the 22 instead.",
        "Her column ran in the 1990s and the 80s.",
        "The Group of 77 objected.",
        "We watched 12 Angry Men again.",
        "3. Leave by the rear stairs.",
        "Flags flew at half mast.",
        "It was a one-off, not a two-way street.",
        "They sold that one first.",
        "Neighbours dialled 112 and waited.",
        "That one barge held up the whole canal.",
    ],
)
def test_numbers_that_name_or_date_are_no_quantities(parser: SentenceParser, text: str) -> None:
    assert [quantity.exact for quantity in read(parser, text)] == []


@pytest.mark.parametrize(
    ("text", "exact", "counted", "role"),
    [
        ("The blast killed 12 dockers.", "12", "docker", "killed"),
        ("Around 11,000 North Koreans were deployed.", "11,000", "north korean people", "deployed"),
        ("Two Syrians were arrested at the port.", "Two", "syrian people", "arrested"),
        ("Three Britons, two French and a cook were hurt.", "Three", "briton people", "hurt"),
        ("Some 200 Chinese were evacuated.", "200", "chinese people", "evacuated"),
        ("Two Portuguese trawlers were seized.", "Two", "portuguese trawler", "seized"),
        ("The blast left 12 dockers dead.", "12", "docker", "dead"),
        ("Twelve dockers were killed.", "Twelve", "docker", "killed"),
        ("Twelve dockers died.", "Twelve", "docker", "died"),
        ("Fire killed nine and injured 20.", "20", "people", "injured"),
        ("The guards said that one docker was killed and nine hurt.", "nine", "docker", "hurt"),
        ("The death toll rose to 23.", "23", "death toll", "killed"),
        ("The number of missing has climbed to 40.", "40", "missing", "climbed"),
        ("The harbour police put the dead at 14.", "14", "dead", "put"),
        ("The club cut its staff to 40.", "40", "staff", "cut"),
        ("The ministry revised the toll down to 19.", "19", "toll", "killed"),
        ("Dairy herds dwindled to 1,200.", "1,200", "dairy herd", "dwindled"),
        ("A labour tribunal cut the ban to six months from two years.", "two years", "ban", "cut"),
        ("Five of those detained, two of them nurses, were fined; the other three died.", "three", "people", "died"),
        ("Police arrested 31 ravers, 12 of them minors.", "12", "minor", "arrested"),
        ("Of the 52 divers, 31 were rescued.", "31", "diver", "rescued"),
        ("Some 3,200 tenants face eviction.", "3,200", "tenant", "eviction"),
        ("Half of the depots were empty.", "Half", "depot", "empty"),
        ("A 16-member panel sat.", "16", "member", "panel"),
        ("They sent five crews of 30 divers each.", "30", "diver", "per crew"),
        ("Exports of cut roses fell 6%.", "6%", "cut rose export", "fallen"),
        ("The barge sank in a gale 14 miles offshore.", "14 miles", "gale", "offshore"),
        ("A barrel holds a load of 3.5 tonnes.", "3.5 tonnes", "load", "held"),
        ("Oil closed at $84 a barrel.", "$84", "oil", "closed per barrel"),
        ("She ordered six tankers of 9,000 litres.", "9,000 litres", "tanker", "ordered"),
        ("North Korea sent 10,000 combat troops.", "10,000", "combat troop", "sent"),
    ],
)
def test_the_counted_thing_and_its_role_come_from_the_grammar(
    parser: SentenceParser, text: str, exact: str, counted: str, role: str | None
) -> None:
    found = next(quantity for quantity in read(parser, text) if quantity.exact == exact)
    assert (found.counted, found.role) == (counted, role)


def test_a_bare_number_takes_up_the_unit_it_is_set_against(parser: SentenceParser) -> None:
    assert [q.unit for q in read(parser, "A loaf costs 54 lira, against 31 in spring.")] == ["TRY", "TRY"]


@pytest.mark.parametrize(
    "text",
    [
        "Her aide lied about the 40 crates.",
        "The abbot was silent about the nine fires.",
        "They have doubts about 40 of the ballots.",
        "A long row about 60 berths split the port.",
        "He wrote a novel about two weavers.",
    ],
)
def test_about_is_no_hedge_where_it_names_a_subject(parser: SentenceParser, text: str) -> None:
    assert [q.qualifier for q in read(parser, text)] == ["exact"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("The cousins, 9 and 12, swam ashore.", ["yr", "yr"]),
        ("Two weavers (31 and 40) were fined.", [None, "yr", "yr"]),
        ("Four boys, 13, 14, 15 and 17, were freed.", [None, "yr", "yr", "yr", "yr"]),
        ("Four boys, the eldest 15, were freed.", [None, "yr"]),
        ("Pupils aged 6, 7 and 9 sang.", ["yr", "yr", "yr"]),
        ("The bishop turns 70 in May.", ["yr"]),
        ("The poet died in her sleep at 88.", ["yr"]),
        ("The hostel turned 70 away.", [None]),
        ("The eldest 15 trees were felled.", [None]),
        ("A woman of 71 from Orm died.", ["yr"]),
        ("A boy of nine was hurt.", ["yr"]),
        ("A man of two villages spoke.", [None]),
    ],
)
def test_ages_come_without_their_years(parser: SentenceParser, text: str, units: list[str | None]) -> None:
    assert [q.unit for q in read(parser, text)] == units


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Sales were 6 million euros ($7 million), against 5 million in May.", ["EUR", "USD", "EUR"]),
        ("The ditch is 40 km (25 miles) long, compared with 30 in May.", ["km", "mi", "km"]),
        ("The ditch (40 km, against 30 in May) is dry.", ["km", "km"]),
    ],
)
def test_a_bare_number_takes_up_no_unit_of_a_conversion_in_brackets(
    parser: SentenceParser, text: str, read_as: list[str]
) -> None:
    assert [q.unit for q in read(parser, text)] == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("The mine lies some 60km (37 miles) inland.", ["about", "about"]),
        ("It lost more than $3bn (£2.4bn) in May.", ["more_than", "more_than"]),
        ("Nearly 60 tenants (45%) objected.", ["about", "exact"]),
        ("Nearly 60 hectares (at least 20 km of beaches) burned.", ["about", "at_least"]),
    ],
)
def test_a_conversion_in_brackets_has_the_bounds_of_what_it_converts(
    parser: SentenceParser, text: str, read_as: list[str]
) -> None:
    assert [q.qualifier for q in read(parser, text)] == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("The province holds 6.2m, against 5.8m in 1990.", [(6_200_000, None), (5_800_000, None)]),
        ("Malaria sickens about 9m a year.", [(9_000_000, None)]),
        ("Rents came to £6m, up from 5m.", [(6_000_000, "GBP"), (5_000_000, "GBP")]),
        ("Of the 4m who queued, 1.5m gave up.", [(4_000_000, None), (1_500_000, None)]),
        ("The drought has uprooted 2m long-term tenants.", [(2_000_000, None)]),
        ("The fence is 2m high and 90m long.", [(2, "m"), (90, "m")]),
        ("A 30m mast fell 15m from the chapel.", [(30, "m"), (15, "m")]),
        ("Of the 200m who queued, few complained.", [(200_000_000, None)]),
        ("The lake rose by 2.5m.", [(2.5, "m")]),
        ("Hulda Rask won the 400m hurdles.", [(400, "m")]),
        ("The drone flew at 3,000m.", [(3000, "m")]),
        ("Gusts reached 40m/s.", [(40, "m/s")]),
    ],
)
def test_an_m_behind_digits_is_metres_only_beside_what_has_a_length(
    parser: SentenceParser, text: str, read_as: list[tuple[float, str | None]]
) -> None:
    assert [(q.low, q.unit) for q in read(parser, text)] == read_as


def test_a_change_from_one_value_to_another_is_no_range(parser: SentenceParser) -> None:
    assert [(q.low, q.high) for q in read(parser, "Dues rose from $2 to $4.")] == [(2, 2), (4, 4)]


def test_a_score_is_two_counts(parser: SentenceParser) -> None:
    first, second = read(parser, "Torvik beat Hellan 3-1 on Sunday.")
    assert (first.low, second.low, first.counted, second.counted) == (3, 1, "goal", "goal")
    assert [q.counted for q in read(parser, "The court ruled 5-4 against him.")] == ["vote", "vote"]


def test_time_expressions_count_nothing_but_stretches_of_time_do(parser: SentenceParser) -> None:
    text = "For three weeks in 1962 the 40 mills stood still."
    taken = (Span(0, 23, text[:23]),)
    assert [q.exact for q in read(parser, text, taken=taken)] == ["three weeks", "40"]
    assert [q.exact for q in read(parser, text, taken=(Span(28, 36, "40 mills"),))] == ["three weeks"]


def test_a_measure_has_its_si_value_and_money_has_none(parser: SentenceParser) -> None:
    (miles,) = read(parser, "The fence runs for nine miles.")
    assert miles.base is not None
    assert (miles.base.low, miles.base.unit) == (pytest.approx(14484.096), "m")
    (money,) = read(parser, "The fence cost $900.")
    assert money.base is None


def test_offsets_are_those_of_the_article(parser: SentenceParser) -> None:
    text = "Heading.\n\nAt least 40 huts and 12 km of fence burned."
    (parsed,) = parser.parse(text, [(10, len(text))])
    for quantity in find_quantities(parsed.span, offset=10):
        assert text[quantity.start : quantity.end] == quantity.exact


_PIECES = (
    "about 12 3,000 two dozen half a million third of in per cent % $ € km years - to and between more than one . , ( "
    ") killed people 1990s 9/11 7.05 ½ m k bn minus each the °"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES.split()), max_size=14).map(" ".join), st.integers(0, 1000))
def test_any_mixture_of_number_words_keeps_offsets_order_and_intervals(
    parser: SentenceParser, text: str, offset: int
) -> None:
    last = offset
    for quantity in read(parser, text, offset=offset) if text.strip() else ():
        assert text[quantity.start - offset : quantity.end - offset] == quantity.exact
        assert quantity.start >= last
        assert quantity.low is not None or quantity.high is not None
        assert quantity.low is None or quantity.high is None or quantity.low <= quantity.high
        last = quantity.end
