"""``claimline purge``: let go of old articles now."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from app.commands.opening import open_sessions, read_settings
from app.domain.errors import ConfigurationError
from app.store.retention import purge as purge_articles
from app.store.tables import utc_now
from app.store.workspaces import find_workspace


def purge(
    days: Annotated[
        int | None, typer.Option(min=0, help="Instead of CLAIMLINE_RETENTION_DAYS; 0: everything there is.")
    ] = None,
    workspace: Annotated[str | None, typer.Option(help="Only what is in this workspace.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the articles that were accepted longer ago, with all they brought, stories left empty, and old events."""
    settings, now = read_settings(), utc_now()
    kept_for = settings.retention_days if days is None else days
    if days is None and not kept_for:
        raise ConfigurationError("Say how old: --days, or CLAIMLINE_RETENTION_DAYS.")
    if not yes:
        typer.confirm(f"Delete all articles accepted more than {kept_for} days ago?", abort=True)
    with open_sessions(settings) as sessions:
        workspace_id = None
        if workspace is not None:
            with sessions() as session:
                found = find_workspace(session, workspace)
            if found is None:
                raise ConfigurationError(f"There is no workspace {workspace!r}.")
            workspace_id = found.id
        purged = purge_articles(sessions, before=now - timedelta(days=kept_for), workspace_id=workspace_id, now=now)
    typer.echo(f"{purged} articles deleted.")
