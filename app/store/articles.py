"""Articles: accepted once each, read back, listed newest first."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.domain.articles import Page
from app.domain.errors import NotFoundError, SameArticleError
from app.store.loading import without
from app.store.tables import DEFAULT_WORKSPACE, Article, ArticleSummary, new_id
from app.store.workspaces import workspace_of

UNSETTLED = ("queued", "analysing")
Found = TypeVar("Found")
_ADDING = insert(Article).on_conflict_do_nothing().returning(col(Article.fingerprint))


@dataclass(frozen=True, slots=True)
class Submission:
    """An article as a client submits it, with a text or a URL; ``details`` is the client's metadata."""

    text: str = ""
    url: str | None = None  # where the text is to be fetched, as ``Outbound.check`` writes it
    title: str | None = None
    author: str | None = None
    source_name: str | None = None
    source_domain: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    external_id: str | None = None
    story_id: UUID | None = None
    keeps_other_languages: bool = False
    status: str = "queued"  # or "unanalysed": another language, and kept
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing is narrowed to; None does not narrow. ``source`` is a source's name or domain."""

    source: str | None = None
    status: str | None = None
    story_id: UUID | None = None
    published_from: datetime | None = None
    published_to: datetime | None = None


def fingerprint(submission: Submission, *, workspace_id: UUID = DEFAULT_WORKSPACE) -> str:
    """What makes two submissions the same article: the workspace, the text up to white space and Unicode composition,
    the source up to case, and the client's own id. Title, date, language and metadata do not count. Of an article whose
    text is still to be fetched it is the workspace and the URL. 64 hexadecimal digits."""
    # The default workspace is left out: its articles may be older than workspaces are.
    whose = [] if workspace_id == DEFAULT_WORKSPACE else [str(workspace_id)]
    if submission.url and not submission.text:
        return _digest(["url", submission.url, *whose])
    text = " ".join(unicodedata.normalize("NFC", submission.text).split())
    source = [(part or "").strip().casefold() for part in (submission.source_name, submission.source_domain)]
    return _digest([text, source, submission.external_id, *whose])


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def add_articles(session: Session, submissions: Sequence[Submission], *, now: datetime) -> list[tuple[Article, bool]]:
    """Store each submission unless the same article is there; for each its article, and whether it is new.

    Safe against the same article arriving twice at once, also in batches: rows go in by order of fingerprint, so that
    two transactions that share articles wait for each other in one direction only.
    """
    workspace_id = workspace_of(session)
    prints = [fingerprint(submission, workspace_id=workspace_id) for submission in submissions]
    rows: dict[str, Article] = {}
    for submission, print_ in zip(submissions, prints, strict=True):
        if print_ not in rows:
            rows[print_] = _row(submission, workspace_id=workspace_id, fingerprint=print_, now=now)
    fresh = _insert(session, [rows[print_] for print_ in sorted(rows)])
    stored = rows | _known(session, {print_: rows[print_] for print_ in set(rows) - fresh})
    answers = []
    for print_ in prints:
        answers.append((stored[print_], print_ in fresh))
        fresh.discard(print_)  # the same article again in one batch is already there
    return answers


def _row(submission: Submission, *, workspace_id: UUID, fingerprint: str, now: datetime) -> Article:
    # An id and a list given here are cheap; for a default_factory pydantic inspects a signature each time.
    return Article(
        id=new_id(),
        workspace_id=workspace_id,
        fingerprint=fingerprint,
        is_story_pinned=submission.story_id is not None,
        names=[],
        created_at=now,
        **{each.name: getattr(submission, each.name) for each in fields(Submission)},
    )


def _insert(session: Session, rows: Sequence[Article]) -> set[str]:
    """Insert in the order given; the fingerprints of the rows that were not there."""
    if not rows:
        return set()
    return set(session.connection().execute(_ADDING, [row.model_dump() for row in rows]).scalars())


def _known(session: Session, rows: Mapping[str, Article]) -> dict[str, Article]:
    """The stored articles that these rows, by fingerprint, are the same as. One that was fetched since has the
    fingerprint of its text, and is known by its URL as well."""
    if not rows:
        return {}
    by_url = {row.url: print_ for print_, row in rows.items() if row.url}
    is_same: ColumnElement[bool] = col(Article.fingerprint).in_(list(rows))
    if by_url:
        is_here = Article.workspace_id == workspace_of(session)
        is_same = is_same | (col(Article.url).in_(list(by_url)) & is_here)
    found = session.exec(select(Article).where(is_same).options(*without(Article.text, Article.embedding))).all()
    return {article.fingerprint: article for article in found} | {
        by_url[article.url]: article for article in found if article.url in by_url
    }


def retry_fetch(article: Article, *, keeps_other_languages: bool) -> bool:
    """Queue an article that failed and is known by its URL: what is there may have changed. Whether it was."""
    if article.url is None or article.status != "failed":
        return False
    article.status, article.error, article.error_type = "queued", None, None
    article.keeps_other_languages = keeps_other_languages
    return True


def keep_unanalysed(session: Session, article_id: UUID, *, language: str) -> None:
    """Leave an article as it is, because of its language. Raises NotFoundError."""
    article = _found(session.get(Article, article_id, with_for_update=True), article_id)
    article.status, article.language = "unanalysed", article.language or language
    session.flush()


def save_page(session: Session, article_id: UUID, page: Page) -> Article:
    """Store what was fetched for an article. What its submission said of title, author, date and source stays.

    Raises NotFoundError when the article is gone, SameArticleError when the same text is already there.
    """
    article = _found(session.get(Article, article_id, with_for_update=True), article_id)
    article.text = page.text
    article.title = article.title or page.title
    article.author = article.author or page.author
    article.published_at = article.published_at or page.published_at
    if article.source_name is None:
        article.source_name, article.source_domain = page.source_name, page.source_domain
    own = Submission(
        text=article.text,
        source_name=article.source_name,
        source_domain=article.source_domain,
        external_id=article.external_id,
    )
    article.fingerprint = fingerprint(own, workspace_id=article.workspace_id)
    with session.no_autoflush:
        others = select(Article.id).where(Article.fingerprint == article.fingerprint, Article.id != article.id)
        other_id = session.exec(others).one_or_none()
    if other_id is not None:
        raise SameArticleError(id=str(other_id))
    session.flush()
    return article


def get_article(session: Session, article_id: UUID) -> Article:
    """The article without its text and vector, which raise when touched. Raises NotFoundError."""
    query = select(Article).where(Article.id == article_id).options(*without(Article.text, Article.embedding))
    return _found(session.exec(query).one_or_none(), article_id)


def find_text(session: Session, article_id: UUID) -> str | None:
    """None for an article that has not been fetched. Raises NotFoundError."""
    text = session.exec(select(Article.text).where(Article.id == article_id)).one_or_none()
    return _found(text, article_id) or None


def get_text(session: Session, article_id: UUID) -> str:
    """Raises NotFoundError also for an article that has not been fetched yet."""
    text = find_text(session, article_id)
    if text is None:
        raise NotFoundError(what="text of an article", id=str(article_id))
    return text


def get_summary(session: Session, article_id: UUID) -> ArticleSummary | None:
    return session.get(ArticleSummary, article_id)


def list_articles(
    session: Session, filters: Filters, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Article]:
    """Newest first by when they were accepted; ``after`` is the last row's (created_at, id)."""
    query = select(Article).options(*without(Article.text, Article.embedding))
    if filters.source is not None:
        query = query.where(
            (col(Article.source_name) == filters.source) | (col(Article.source_domain) == filters.source)
        )
    if filters.status is not None:
        query = query.where(Article.status == filters.status)
    if filters.story_id is not None:
        query = query.where(Article.story_id == filters.story_id)
    if filters.published_from is not None:
        query = query.where(col(Article.published_at) >= filters.published_from)
    if filters.published_to is not None:
        query = query.where(col(Article.published_at) <= filters.published_to)
    order = tuple_(col(Article.created_at), col(Article.id))
    if after is not None:
        query = query.where(order < after)
    return session.exec(query.order_by(col(Article.created_at).desc(), col(Article.id).desc()).limit(limit)).all()


def unsettled(session: Session, article_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the articles that still wait for their analysis or are in it."""
    query = select(Article.id).where(col(Article.id).in_(list(article_ids)), col(Article.status).in_(UNSETTLED))
    return set(session.exec(query))


def _found(value: Found | None, article_id: UUID) -> Found:
    if value is None:
        raise NotFoundError(what="article", id=str(article_id))
    return value
