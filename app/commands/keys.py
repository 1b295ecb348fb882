"""``claimline keys``: who may use the service."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.opening import open_sessions, read_settings
from app.domain.errors import ConfigurationError, InvalidInputError, NotFoundError
from app.store import keys
from app.store.keys import Scope
from app.store.tables import ApiKey, utc_now

app = typer.Typer(help="API keys: who may read, write and administer, in which workspace.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what the key is for.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="read, write or admin (which is all); give it once for each.")
    ] = None,
    workspace: Annotated[str, typer.Option(help="Whose articles it opens; a new name begins a workspace.")] = "default",
    days: Annotated[int | None, typer.Option(min=1, max=36500, help="Days until it expires; without: never.")] = None,
) -> None:
    """Make a key and print it. This is the only time that it is shown."""
    now = utc_now()
    if not name.strip() or not workspace.strip() or "\x00" in name + workspace:
        raise ConfigurationError("Keys and workspaces need a name.")
    with open_sessions(read_settings()) as sessions, sessions.begin() as session:
        try:
            row, token = keys.create_key(
                session,
                name=name,
                workspace=workspace,
                scopes=set(scope or (Scope.READ, Scope.WRITE)),
                expires_at=now + timedelta(days=days) if days else None,
                now=now,
            )
        except InvalidInputError as error:
            raise ConfigurationError(str(error)) from error
    typer.echo(token)
    typer.echo(f"{row.prefix} of workspace {workspace!r} may {', '.join(row.scopes)}. Keep it now.", err=True)


@app.command("list")
def list_() -> None:
    """List all keys by their visible prefix, with workspace, scopes and last use."""
    table = Table("prefix", "name", "workspace", "scopes", "created", "expires", "last used", "state")
    with open_sessions(read_settings()) as sessions, sessions.begin() as session:
        for row, workspace in keys.list_keys(session):
            instants = (row.created_at, row.expires_at, row.last_used_at)
            shown = [at.strftime("%Y-%m-%d %H:%M") if at else "-" for at in instants]
            table.add_row(row.prefix, row.name, workspace.name, ",".join(row.scopes), *shown, _state(row))
    Console(width=None if Console().is_terminal else 200).print(table)


@app.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="Its visible beginning, as in claimline_1a2b3c4d.")],
) -> None:
    """Revoke a key for good; running services refuse it within two seconds."""
    with open_sessions(read_settings()) as sessions, sessions.begin() as session:
        try:
            keys.revoke_key(session, prefix, now=utc_now())
        except NotFoundError as error:
            raise ConfigurationError(f"There is no key {prefix!r}: see 'claimline keys list'.") from error
    typer.echo(f"{prefix} is revoked.")


def _state(row: ApiKey) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= utc_now() else "valid"
