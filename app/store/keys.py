"""API keys: made once, kept as a digest, looked up by their visible prefix.

A key is ``claimline_`` + 8 hexadecimal digits + ``_`` + 43 characters, 256 bits of chance: one SHA-256 is enough to
keep it, as nobody can guess what to hash. The first two parts are the prefix: they name the key in listings and logs,
and let scanners for leaked secrets recognise one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import Session, col, select

from app.domain.errors import InvalidInputError, NotFoundError
from app.store.tables import DEFAULT_WORKSPACE, ApiKey, Workspace
from app.store.workspaces import find_workspace

MARK = "claimline_"
_PREFIX_LENGTH = len(MARK) + 8
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do: ``read`` is GET, ``write`` is every other method, ``admin`` is all there is."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a workspace, and what may be done in it. ``key`` is a prefix; None is whoever needs no key."""

    workspace_id: UUID
    scopes: frozenset[Scope]
    key: str | None

    def may(self, scope: Scope) -> bool:
        return bool({scope, Scope.ADMIN} & self.scopes)


KEYLESS = Caller(DEFAULT_WORKSPACE, frozenset(Scope), None)


def create_key(
    session: Session,
    *,
    name: str,
    workspace: str,
    scopes: Collection[Scope],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which is nowhere else. A workspace of a new name is begun."""
    if expires_at is not None and expires_at <= now:
        raise InvalidInputError("The key would have expired already.")
    home = find_workspace(session, workspace)
    if home is None:
        home = Workspace(name=workspace, created_at=now)
        session.add(home)
        session.flush()
    token = f"{MARK}{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    row = ApiKey(
        workspace_id=home.id,
        name=name,
        prefix=token[:_PREFIX_LENGTH],
        digest=_digest(token),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row, token


def list_keys(session: Session) -> Sequence[tuple[ApiKey, Workspace]]:
    """All keys with their workspaces, oldest first; revoked ones too."""
    return session.exec(select(ApiKey, Workspace).join(Workspace).order_by(col(ApiKey.created_at), ApiKey.prefix)).all()


def revoke_key(session: Session, prefix: str, *, now: datetime) -> ApiKey:
    """Revoke for good. Raises NotFoundError."""
    row = session.exec(select(ApiKey).where(ApiKey.prefix == prefix)).one_or_none()
    if row is None:
        raise NotFoundError(what="key", id=prefix)
    row.revoked_at = row.revoked_at or now
    session.add(row)
    session.flush()
    return row


def has_keys(session: Session) -> bool:
    """Whether a key was ever made, be it revoked or expired since."""
    return bool(session.exec(select(exists().select_from(ApiKey))).one())


def find_caller(session: Session, token: str, *, now: datetime) -> Caller | None:
    """Whose key this is, its use noted; None when it is no key, revoked or expired."""
    row = session.exec(select(ApiKey).where(ApiKey.prefix == token[:_PREFIX_LENGTH])).one_or_none()
    is_known = hmac.compare_digest(row.digest if row else "", _digest(token))
    if row is None or not is_known or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    if row.last_used_at is None or row.last_used_at <= now - _USE_IS_NOTED_EVERY:
        row.last_used_at = now
        session.add(row)
    return Caller(row.workspace_id, frozenset(map(Scope, row.scopes)), row.prefix)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
