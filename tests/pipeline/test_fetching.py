"""Articles by URL, from a real server to the stored row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlmodel import Session, select

from app.domain.articles import Page
from app.domain.errors import (
    InvalidInputError,
    OutboundRefusedError,
    SameArticleError,
    UnreachableError,
    UnsupportedLanguageError,
)
from app.language.webpage import extract, read_page
from app.outbound import Limits, Outbound
from app.pipeline.analyse import Analyst
from app.pipeline.fetching import Fetcher
from app.store.articles import Submission, add_articles, save_page
from app.store.engine import SessionFactory
from app.store.tables import Article, ClaimRow
from tests.pages import TEXT, article_page
from tests.web import Site, page, redirect, serve

NOW = datetime(2025, 6, 1, tzinfo=UTC)
LIMITS = Limits(seconds=5, bytes=1_000_000, redirects=3)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def fetcher() -> Fetcher:
    """Reads pages in the test's own process, which is faster."""
    return Fetcher(Outbound(allowed=[ip_network("127.0.0.0/8")]), LIMITS, extract)


def test_an_article_is_fetched_and_read(fetcher: Fetcher, site: Site) -> None:
    site.pages |= {"/short": redirect("/a"), "/a": page(article_page())}
    assert fetcher.fetch(site.url("/short")) == Page(
        text=TEXT,
        title="Marl bridge closed",
        author="Olaf Brandt",
        published_at=datetime(2024, 11, 5, 17, 30, tzinfo=UTC),
        source_name="The Northern Ledger",
        source_domain="127.0.0.1",
    )


def test_plain_text_is_taken_as_it_is(fetcher: Fetcher, site: Site) -> None:
    site.pages["/a"] = page("Åse said: \u201cyes\u201d.\r\n".encode(), content_type="text/plain")
    site.pages["/b"] = page("Åse".encode("latin-1"), content_type="text/plain; charset=iso-8859-1")
    assert fetcher.fetch(site.url("/a")) == Page(
        text="Åse said: \u201cyes\u201d.\r\n", source_name="127.0.0.1", source_domain="127.0.0.1"
    )
    assert fetcher.fetch(site.url("/b")).text == "Åse"


def test_a_charset_that_is_none_of_the_web_costs_no_time(fetcher: Fetcher, site: Site) -> None:
    """Punycode is decoded in quadratic time: what is sent here would take half a minute."""
    labels = bytes(97 + n % 26 for n in range(200_000))
    site.pages["/a"] = page(labels, content_type="text/plain; charset=punycode")
    started = time.monotonic()
    with pytest.raises(OutboundRefusedError, match="not known here"):
        fetcher.fetch(site.url("/a"))
    assert time.monotonic() - started < 5
    site.pages["/b"] = page(article_page(), content_type="text/html; charset=undefined")
    assert fetcher.fetch(site.url("/b")).text == TEXT  # by what the page itself says


def test_what_a_page_says_of_itself_is_kept_to_a_line(fetcher: Fetcher, site: Site) -> None:
    head = f'<meta property="og:site_name" content="A\nB {"x" * 900}">'
    site.pages["/"] = page(article_page(head=head))
    found = fetcher.fetch(site.url("/"))
    assert found.source_name is not None
    assert found.source_name.startswith("A B xxx")
    assert len(found.source_name) == 500


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410, 451])
def test_an_answer_that_will_stay_is_refused(fetcher: Fetcher, site: Site, status: int) -> None:
    site.pages["/"] = page(status=status)
    with pytest.raises(OutboundRefusedError, match=f"answers {status}"):
        fetcher.fetch(site.url("/"))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_answer_that_may_pass_is_worth_another_try(fetcher: Fetcher, site: Site, status: int) -> None:
    site.pages["/"] = page(status=status)
    with pytest.raises(UnreachableError, match=f"answers {status}"):
        fetcher.fetch(site.url("/"))


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("application/pdf", b"%PDF-1.7", "leads to application/pdf"),
        ("image/png", b"\x89PNG", "leads to image/png"),
        ("application/json", b"{}", "leads to application/json"),
        (None, b"text", "no known type"),
        ("text/html", b"<html></html>", "No article was found"),
        ("text/plain", b"", "no letter"),
        ("text/plain", b"\xff\xfe\xfd", "not in UTF-8"),
        ("text/plain; charset=us-ascii", b"\xc5se", "not in us-ascii"),
        ("text/plain; charset=klingon", b"a", "charset klingon, which is not known"),
        ("text/plain; charset=undefined", b"a", "charset undefined, which is not known"),
        ("text/plain; charset=rot13", b"a", "charset rot13, which is not known"),
        ("text/plain", b"a" * 200_001, "longer than"),
        ("text/plain", b"a\x00b", "NUL"),
        ("text/plain", b"\x01\x02\x03\x04a", "binary"),
        ("text/html", b"x" * 1_000_001, "larger than"),
    ],
)
def test_what_is_no_article_is_refused(
    fetcher: Fetcher, site: Site, content_type: str | None, body: bytes, said: str
) -> None:
    site.pages["/"] = page(body, content_type=content_type)
    with pytest.raises(InvalidInputError, match=said):
        fetcher.fetch(site.url("/"))


def _submit(session: Session, submission: Submission) -> Article:
    [(article, _)] = add_articles(session, [submission], now=NOW)
    session.commit()
    return article


def test_a_fetched_article_is_stored_and_analysed(
    session: Session, sessions: SessionFactory, parts: dict[str, Any], site: Site
) -> None:
    analyst = Analyst(sessions=sessions, now=lambda: NOW, summary_sentences=3, story_window=timedelta(days=14), **parts)
    site.pages["/a"] = page(article_page())
    article_id = _submit(session, Submission(url=site.url("/a"))).id
    analyst.analyse(article_id)
    analyst.analyse(article_id)  # what was fetched is not fetched again
    assert len(site.requests) == 1
    session.expire_all()
    article = session.get_one(Article, article_id)
    assert (article.status, article.text, article.title, article.author) == (
        "analysed",
        TEXT,
        "Marl bridge closed",
        "Olaf Brandt",
    )
    assert (article.source_name, article.source_domain) == ("The Northern Ledger", "127.0.0.1")
    claims = session.exec(select(ClaimRow).where(ClaimRow.article_id == article_id)).all()
    assert any("340 homes" in claim.exact for claim in claims)
    assert all(TEXT[claim.start : claim.end] == claim.exact for claim in claims)


GERMAN = "Die Fähre verließ den Hafen am Dienstagmorgen mit 240 Passagieren an Bord, teilte der Betreiber mit."


def test_a_page_in_another_language_fails_or_is_kept(
    session: Session, sessions: SessionFactory, parts: dict[str, Any], site: Site
) -> None:
    analyst = Analyst(sessions=sessions, now=lambda: NOW, summary_sentences=3, story_window=timedelta(days=14), **parts)
    site.pages |= {path: page(f"{path} {GERMAN}".encode(), content_type="text/plain") for path in ("/a", "/b")}
    refused = _submit(session, Submission(url=site.url("/a"))).id
    with pytest.raises(UnsupportedLanguageError, match="'de'"):
        analyst.analyse(refused)
    kept = _submit(session, Submission(url=site.url("/b"), keeps_other_languages=True)).id
    analyst.analyse(kept)
    session.expire_all()
    article = session.get_one(Article, kept)
    assert (article.status, article.language, article.text) == ("unanalysed", "de", f"/b {GERMAN}")
    assert session.exec(select(ClaimRow).where(ClaimRow.article_id == kept)).all() == []


PAGE = Page(
    text=TEXT, title="Theirs", author="Them", published_at=NOW, source_name="Their Site", source_domain="their.example"
)
SENT_AT = NOW - timedelta(days=1)


def test_what_was_sent_along_stays(session: Session) -> None:
    sent = Submission(url="https://a.example/", title="Ours", author="Us", published_at=SENT_AT, source_name="Our Name")
    article = save_page(session, _submit(session, sent).id, PAGE)
    assert (article.title, article.author, article.published_at) == ("Ours", "Us", SENT_AT)
    assert (article.source_name, article.source_domain) == ("Our Name", None)


def test_the_same_url_is_one_article_before_and_after_it_is_fetched(session: Session) -> None:
    sent = Submission(url="https://a.example/")
    article = _submit(session, sent)
    assert _submit(session, sent).id == article.id
    save_page(session, article.id, PAGE)
    session.commit()
    assert _submit(session, sent).id == article.id
    assert _submit(session, Submission(url="https://a.example/", external_id="7")).id == article.id
    assert _submit(session, Submission(url="https://a.example/b")).id != article.id


def test_the_text_of_a_fetched_article_is_the_same_article(session: Session) -> None:
    article = _submit(session, Submission(url="https://a.example/"))
    save_page(session, article.id, PAGE)
    session.commit()
    sent = Submission(text=f" {TEXT}\n", source_name="their site", source_domain="their.example")
    assert _submit(session, sent).id == article.id
    assert _submit(session, Submission(text=TEXT, source_name="Another Paper")).id != article.id


def test_an_article_that_is_there_already_is_not_taken_in_twice(session: Session) -> None:
    first = _submit(session, Submission(text=TEXT, source_name="Their Site", source_domain="their.example"))
    second = _submit(session, Submission(url="https://a.example/copy"))
    with pytest.raises(SameArticleError, match=str(first.id)):
        save_page(session, second.id, PAGE)


def test_a_hostile_page_costs_no_more_than_its_limits(site: Site) -> None:
    """The reading process of its own is what the service uses; here it has two seconds."""
    site.pages["/"] = page(b"<p " + b" ".join(b"a%d='x'" % n for n in range(80_000)) + b">x</p>")

    def read(html: bytes, *, url: str, charset: str | None) -> Page | None:
        return read_page(html, url=url, charset=charset, seconds=2)

    hasty = Fetcher(Outbound(allowed=[ip_network("127.0.0.0/8")]), Limits(5, 2_000_000), read)
    started = time.monotonic()
    with pytest.raises(InvalidInputError, match="within 2 s"):
        hasty.fetch(site.url("/"))
    assert time.monotonic() - started < 10
