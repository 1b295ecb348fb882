from __future__ import annotations

from app.domain import timeline
from app.domain.values import Basis, TimeRef
from tests.domain.claims import claim, known, time

EXACT_DAY = "The embankment failed at 4:50 on 9 April 2025."
WHOLE_DAY = "It gave way on 9 April 2025, the council said."


def _dating(text: str, exact: str, edtf: str, article: str, day: int = 1) -> timeline.Dating:
    made = claim(text, times=(time(text, exact, edtf),))
    return timeline.datings([known(made, article, day=day)])[0]


def test_the_narrowest_date_of_an_event_wins() -> None:
    vague = _dating(WHOLE_DAY, "9 April 2025", "2025-04-09", "a", day=1)
    precise = _dating(EXACT_DAY, "4:50 on 9 April 2025", "2025-04-09T04:50", "b", day=2)
    entry = timeline.entry([vague, precise])
    assert (entry.edtf, entry.precision, entry.sort_at) == ("2025-04-09T04:50", "minute", "2025-04-09T04:50")
    assert entry.text == EXACT_DAY
    assert (entry.sources, entry.origins, len(entry.datings)) == (2, 2, 2)


def test_two_days_are_two_events() -> None:
    other = _dating("The gate jammed on 8 April 2025.", "8 April 2025", "2025-04-08", "b")
    assert not timeline.are_one_event(_dating(WHOLE_DAY, "9 April 2025", "2025-04-09", "a"), other)


def test_an_unresolved_time_stays_out_of_the_timeline() -> None:
    text = "On Wednesday the house votes."
    vague = TimeRef(0, 12, "On Wednesday", None, None, None, Basis.EXPLICIT, rule=None, unresolved="no_anchor")
    assert timeline.datings([known(claim(text, times=(vague,)), "a")]) == []
