"""``claimline keys`` as an operator types it, and the address that a service without keys may bind."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from typer.testing import CliRunner, Result

from app import cli, composition
from app.domain.errors import ConfigurationError
from app.settings import Settings
from app.store.keys import find_caller
from app.store.tables import utc_now


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["keys", *arguments])


def test_a_key_is_shown_once_listed_by_its_prefix_and_revoked(engine: Engine) -> None:
    made = run("create", "news desk", "--workspace", "news", "--scope", "read", "--days", "30")
    assert made.exit_code == 0, made.output
    token = made.stdout.strip()
    with Session(engine) as session:
        caller = find_caller(session, token, now=utc_now())
        assert caller is not None
        assert [str(scope) for scope in caller.scopes] == ["read"]
    listed = run("list").stdout
    assert token[:18] in listed
    assert token not in listed
    assert all(word in listed for word in ("news desk", "news", "read", "valid"))
    assert run("revoke", token[:18]).exit_code == 0
    assert "revoked" in run("list").stdout
    with Session(engine) as session:
        assert find_caller(session, token, now=utc_now()) is None


def test_what_cannot_be_is_one_line(engine: Engine) -> None:
    for arguments in (["create", " "], ["create", "a", "--workspace", "\x00"], ["revoke", "claimline_00000000"]):
        result = run(*arguments)
        assert isinstance(result.exception, ConfigurationError)
        assert "\n" not in str(result.exception)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_without_keys_only_loopback_is_bound(engine: Engine, host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"keys create.*CLAIMLINE_TRUST_NETWORK") as refused:
        composition.make_api(Settings(host=host), engine)
    assert "\n" not in str(refused.value)
    assert composition.make_api(Settings(host=host, trust_network=True), engine).state.services.gate.allow_keyless
    for loopback in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        assert composition.make_api(Settings(host=loopback), engine).state.services.gate.allow_keyless
    assert run("create", "first").exit_code == 0
    assert not composition.make_api(Settings(host=host), engine).state.services.gate.allow_keyless


def test_the_refusal_comes_before_anything_is_answered(engine: Engine) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = CliRunner().invoke(cli.app, ["api", "--host", "0.0.0.0", "--port", str(port)])
    assert isinstance(result.exception, ConfigurationError)
