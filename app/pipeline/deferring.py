"""Jobs queued in a session's own transaction: what the session stores and what is to be done of it, or neither."""

from __future__ import annotations

import functools
from typing import Any

import psycopg
import sqlalchemy.exc
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlmodel import Session


def defer(session: Session, task: str, *, queue: str, lock: str | None = None, **arguments: Any) -> None:
    """Queue ``task`` on ``queue``; of two that wait with one ``lock`` the second is refused.

    Raises procrastinate's AlreadyEnqueued then, and sqlalchemy's OperationalError when the database gives up: the queue
    stands in it, so its trouble is told as that of any other statement.
    """
    raw = session.connection().connection.driver_connection
    try:
        _app().configure_task(task, queue=queue, queueing_lock=lock, connection=raw).defer(**arguments)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            raise sqlalchemy.exc.OperationalError("queue a job", None, error.__cause__) from error
        raise


@functools.cache
def _app() -> App:
    """Never opened: it writes on the connections it is given."""
    return App(connector=SyncPsycopgConnector())
