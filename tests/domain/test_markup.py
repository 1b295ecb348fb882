from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<p class='lead'>About <b>11,000</b>\n  were <a href='/x'>sent</a>.</p>", "About 11,000 were sent."),
        ("One<br/>two<BR>three", "One\ntwo\nthree"),
        ("<h2>What next</h2><ul><li>Schools</li><li>Buses</ul>", "What next\nSchools\nBuses"),
        ("Fish &amp; chips &lt;now&gt; &eacute;&nbsp;&#8220;x&#8221;", "Fish & chips <now> é “x”"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("a<!-- <p>not</p> -->b<!-- never ends", "ab"),
        ("<style>p {}</style><script>if (a < b) alert('x')</script>One.", "One."),
        ("<p>One.</p><table><tr><td>9</td><td><table><tr><td>8</table></table><p>Two.</p>", "One.\nTwo."),
        ("No markup at all.", "No markup at all."),
        ("", ""),
    ],
)
def test_the_words_of_markup(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(st.text(alphabet="<>/!-pbr &;a1\n", max_size=200))
def test_no_markup_is_too_odd(markup: str) -> None:
    assert "\n\n" not in plain_text(markup)


@pytest.mark.parametrize("piece", ["<", "<!--", "<div>", "<a", "<table>", "&", "<p", "</", "-->", "<p a='", " ", "<!"])
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    started = time.process_time()
    plain_text(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 8
