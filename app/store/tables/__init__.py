"""The database, as SQLModel tables. Written only by ``app.store``; every derived row says what version made it.

workspace ── api_key; event; webhook ── webhook_delivery ── webhook_attempt; story and article, and all that is below
article ── article_summary
   │└───── claim ── claim_pair (what the models said of two claims) ── claim_match (they answer one question)
 story ─── claim_group ── claim_group_member
   ├────── conflict ─┬ position ── position_evidence
   │                 └ conflict_judgement (what editors said of it, and when)
   └────── timeline_entry ── timeline_evidence

Derived rows go when their article or claim goes (ON DELETE CASCADE); an editor's words (story_id set by hand,
conflict status and note) live on rows that consolidation updates in place.
"""

from app.store.tables.articles import UNANCHORED, Article, ArticleSummary, ClaimRow, Story
from app.store.tables.columns import DEFAULT_WORKSPACE, DIMENSIONS, METADATA, new_id, utc_now
from app.store.tables.derived import (
    ClaimGroup,
    ClaimGroupMember,
    ClaimMatch,
    ClaimPair,
    Conflict,
    ConflictJudgement,
    Position,
    PositionEvidence,
    TimelineEntry,
    TimelineEvidence,
)
from app.store.tables.events import Event
from app.store.tables.requests import IdempotencyRecord
from app.store.tables.tenancy import ApiKey, Workspace
from app.store.tables.webhooks import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "DEFAULT_WORKSPACE",
    "DIMENSIONS",
    "METADATA",
    "UNANCHORED",
    "ApiKey",
    "Article",
    "ArticleSummary",
    "ClaimGroup",
    "ClaimGroupMember",
    "ClaimMatch",
    "ClaimPair",
    "ClaimRow",
    "Conflict",
    "ConflictJudgement",
    "Event",
    "IdempotencyRecord",
    "Position",
    "PositionEvidence",
    "Story",
    "TimelineEntry",
    "TimelineEvidence",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "Workspace",
    "new_id",
    "utc_now",
]
