"""The article of a page, and pages that are made to keep a parser busy."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from app.domain.articles import Page
from app.domain.errors import InvalidInputError
from app.language.webpage import extract, read_page
from tests.pages import TEXT, article_page

URL = "https://northern-ledger.example/2024/11/05/marl-bridge"


def test_the_article_is_read_without_what_stands_around_it() -> None:
    assert read_page(article_page(), url=URL) == Page(
        text=TEXT,
        title="Marl bridge closed",
        author="Olaf Brandt",
        published_at=datetime(2024, 11, 5, 17, 30, tzinfo=UTC),
        source_name="The Northern Ledger",
    )


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024-11-05T18:30:00+01:00", datetime(2024, 11, 5, 17, 30, tzinfo=UTC)),
        ("2024-11-05T18:30:00Z", datetime(2024, 11, 5, 18, 30, tzinfo=UTC)),
        ("2024-11-05", datetime(2024, 11, 5, tzinfo=UTC)),
        ("last week", None),
    ],
)
def test_the_date_is_the_pages_own(published: str, expected: datetime | None) -> None:
    page = extract(
        article_page(head=f'<meta property="article:published_time" content="{published}">'), url="https://a.example/x"
    )
    assert page is not None
    assert page.published_at == expected


def test_a_date_in_the_url_is_better_than_none() -> None:
    page = extract(article_page(head="<title>Bridge</title>"), url=URL)
    assert page is not None
    assert page.published_at == datetime(2024, 11, 5, tzinfo=UTC)


def test_a_date_in_the_running_text_is_not_taken_for_the_articles() -> None:
    told = ("The old bridge was opened on 12 May 1931 and closed for the first time on 3 June 1947, records show.",) * 3
    page = extract(article_page(head="<title>Old bridges</title>", paragraphs=told), url="https://a.example/x")
    assert page is not None
    assert page.published_at is None


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1251"])
def test_the_charset_that_http_names_is_used(charset: str) -> None:
    words = "Мэр сказал" if charset == "windows-1251" else "Bürgermeister Åse Øverås"
    line = f"{words}: about 340 homes had been evacuated after the bridge was closed on Tuesday evening."
    html = article_page(paragraphs=(line, *TEXT.split("\n")), head="<title>Bridge</title>").decode().encode(charset)
    page = extract(html, url=URL, charset=charset)
    assert page is not None
    assert line in page.text


@pytest.mark.parametrize(
    "html", [b"", b"   ", b"<html></html>", bytes(range(256)) * 100, b"<nav><a href='/'>x</a></nav>"]
)
def test_a_page_without_an_article_is_none(html: bytes) -> None:
    assert read_page(html, url=URL) is None


def test_a_page_that_takes_too_long_is_given_up() -> None:
    attributes = " ".join(f"a{n}='x'" for n in range(100_000))
    started = time.monotonic()
    with pytest.raises(InvalidInputError, match="within 3 s"):
        read_page(f"<p {attributes}>x</p>".encode(), url=URL, seconds=3)
    assert time.monotonic() - started < 20


def test_a_page_that_takes_too_much_memory_is_given_up() -> None:
    with pytest.raises(InvalidInputError, match=r"too much time or memory"):
        read_page(b"<p>" + b"<b>x</b>" * 2_000_000, url=URL, memory=200_000_000)


@pytest.mark.parametrize("tag", ["<div>", "<table><tr><td>", "<b><i>", "<!--", "<![CDATA[", "&lt;", "<svg><style>"])
def test_nesting_without_end_is_no_trouble(tag: str) -> None:
    page = read_page(article_page() + tag.encode() * 100_000, url=URL)
    assert page is not None
    assert "340 homes" in page.text
