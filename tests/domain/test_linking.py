from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.linking import Candidate, LinkFeatures, StoryChoice, choose_story

DAY = date(2025, 3, 10)
FERRY = ("Hollin Sound", "Marit Osk", "Coastguard", "Lady Erin")
OTHER_FERRY = ("Port Vaar", "Emil Sand", "Coastguard", "Northern Star")


def candidate(
    story: str, *, similarity: float, names: tuple[str, ...] = FERRY, published: date | None = DAY, article: str = ""
) -> Candidate:
    return Candidate(article or f"article-of-{story}", story, similarity, published, names)


def choose(
    *candidates: Candidate, names: tuple[str, ...] = FERRY, published: date | None = DAY, window_days: int = 14
) -> StoryChoice | None:
    return choose_story(LinkFeatures(published, names), candidates, window_days=window_days)


def test_the_first_article_begins_a_story() -> None:
    assert choose() is None


def test_an_article_like_another_with_the_same_names_joins_its_story() -> None:
    choice = choose(candidate("ferry", similarity=0.7), candidate("market", similarity=0.2, names=("Tarnby",)))
    assert choice is not None
    assert choice.story_id == "ferry"
    assert choice.score > 0.5
    assert choice.gates["similarity"] == 0.7
    assert choice.gates["names"] == pytest.approx(1.0)
    assert choice.gates["gap"] == 0.0


def test_two_events_of_one_kind_in_one_week_stay_apart() -> None:
    later = DAY + timedelta(days=3)
    assert choose(candidate("ferry", similarity=0.6), names=OTHER_FERRY, published=later) is None


def test_names_decide_between_two_events_of_one_kind() -> None:
    near = candidate("other", similarity=0.75, names=OTHER_FERRY)
    choice = choose(near, candidate("ferry", similarity=0.7))
    assert choice is not None
    assert choice.story_id == "ferry"


def test_a_name_that_every_story_has_decides_nothing() -> None:
    stories = [candidate(str(n), similarity=0.4, names=("Coastguard", f"Harbour{'abcdefgh'[n]}")) for n in range(8)]
    assert choose(*stories, names=("Coastguard", "Eastern Point")) is None


def test_a_surname_meets_the_full_name() -> None:
    choice = choose(candidate("ferry", similarity=0.55, names=("Marit Osk",)), names=("Osk",))
    assert choice is not None
    assert choice.gates["names"] > 0.5


@pytest.mark.parametrize(("days", "joins"), [(0, True), (3, True), (14, True), (28, True), (365, False)])
def test_a_story_runs_over_weeks_but_a_long_silence_ends_it(days: int, joins: bool) -> None:
    old = candidate("ferry", similarity=0.62, names=(*FERRY[:2], "Skagen Line", "Ebba Rask"))
    assert (choose(old, published=DAY + timedelta(days=days)) is not None) is joins


def test_a_wider_window_bridges_a_longer_silence() -> None:
    old = candidate("ferry", similarity=0.62, names=(*FERRY[:2], "Skagen Line", "Ebba Rask"))
    assert choose(old, published=DAY + timedelta(days=365), window_days=200) is not None


@pytest.mark.parametrize(("own", "other"), [(None, DAY), (DAY + timedelta(days=900), None), (None, None)])
def test_time_is_no_argument_without_both_dates(own: date | None, other: date | None) -> None:
    assert choose(candidate("ferry", similarity=0.7, published=other), published=own) is not None


@pytest.mark.parametrize(("similarity", "joins"), [(0.4, False), (0.85, True)])
def test_without_names_the_vectors_decide_alone(similarity: float, joins: bool) -> None:
    assert (choose(candidate("ferry", similarity=similarity, names=()), names=()) is not None) is joins


_NAMES = st.lists(st.sampled_from([*FERRY, *OTHER_FERRY, "", "  ", "É", "12"]), max_size=6).map(tuple)
_DATES = st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))
_CANDIDATES = st.lists(
    st.builds(Candidate, st.uuids().map(str), st.sampled_from("abc"), st.floats(-1, 1), _DATES, _NAMES),
    max_size=6,
    unique_by=lambda c: c.article_id,
)


@given(_CANDIDATES, _DATES, _NAMES, st.integers(1, 365), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(candidates, published, names, window_days, random) -> None:
    article = LinkFeatures(published, names)
    choice = choose_story(article, candidates, window_days=window_days)
    shuffled = random.sample(candidates, len(candidates))
    again = choose_story(article, shuffled, window_days=window_days)
    assert (choice and (choice.story_id, choice.score)) == (again and (again.story_id, again.score))
    assert choice is None or (choice.story_id in {c.story_id for c in candidates} and 0.5 <= choice.score <= 1.0)
