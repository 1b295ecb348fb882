"""Taking articles in: stored once, with their analysis deferred in the same transaction, and answered once per key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Header
from sqlmodel import Session

from app.api.deps import Services
from app.api.schemas.articles import ArticleIn
from app.domain.errors import InvalidInputError, NotFoundError, OutboundRefusedError, UnsupportedLanguageError
from app.domain.languages import foreign_language
from app.store.articles import Submission, add_articles, retry_fetch
from app.store.idempotency import StoredAnswer, claim_key, store_answer
from app.store.stories import get_heir
from app.store.tables import Article, utc_now
from app.store.workspaces import bound

log = structlog.get_logger(__name__)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Your own name for this request. Sent again with the same key and body within a day, the request "
        "gets its first answer again (with `Idempotency-Replayed: true`) and has no further effect.",
    ),
]


def to_submission(session: Session, services: Services, article: ArticleIn) -> Submission:
    """The article for storage; a story that was merged is replaced by its heir. Raises InvalidInputError."""
    try:
        url = str(services.outbound.check(article.url)) if article.url else None
    except OutboundRefusedError as error:
        raise InvalidInputError(str(error), pointer="/url") from error
    try:
        story_id = article.story_id and get_heir(session, article.story_id).id
    except NotFoundError as error:
        raise InvalidInputError(str(error), pointer="/story_id") from error
    keeps = article.other_languages == "store"
    language = _foreign(services, article)
    if language is not None and not keeps:
        raise UnsupportedLanguageError(language)
    return Submission(
        text=article.text or "",
        url=url,
        keeps_other_languages=keeps,
        status="unanalysed" if language else "queued",
        title=article.title,
        author=article.author,
        source_name=article.source.name if article.source else None,
        source_domain=article.source.domain if article.source else None,
        published_at=article.published_at,
        language=article.language or language,
        external_id=article.external_id,
        story_id=story_id,
        details=article.metadata or {},
    )


def _foreign(services: Services, article: ArticleIn) -> str | None:
    """The language of a text that is not to be analysed."""
    if article.text is None or services.identify is None:
        return None
    return foreign_language(article.text, declared=article.language, identify=services.identify)


def accept(session: Session, services: Services, submissions: Sequence[Submission]) -> list[tuple[Article, bool]]:
    """Store what is new and defer its analysis; for each submission its article and whether it was taken in: because
    it is new, or because fetching it failed before and is tried again."""
    answers = []
    stored = add_articles(session, submissions, now=utc_now())
    for submission, (article, is_new) in zip(submissions, stored, strict=True):
        is_taken = is_new or retry_fetch(article, keeps_other_languages=submission.keeps_other_languages)
        if is_taken and article.status == "queued":
            services.defer_analysis(session, article.id, is_new=is_new)
        answers.append((article, is_taken))
    new = [str(article.id) for article, is_taken in answers if is_taken]
    log.info("articles_accepted", new=len(new), known=len(answers) - len(new), first_id=new[0] if new else None)
    return answers


def once(
    services: Services,
    workspace_id: UUID,
    key: str | None,
    *,
    request: Sequence[Any],
    work: Callable[[Session], StoredAnswer],
) -> StoredAnswer:
    """Do the work in one transaction, and with a key no more than once: the same request gets its answer again."""
    with bound(services.sessions, workspace_id) as session:
        if key is None:
            return work(session)
        request_hash = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        stored = claim_key(session, key, request_hash=request_hash, now=utc_now())
        if stored is not None:
            return StoredAnswer(stored.status, stored.body, {**stored.headers, "Idempotency-Replayed": "true"})
        answer = work(session)
        store_answer(session, key, answer)
        return answer
