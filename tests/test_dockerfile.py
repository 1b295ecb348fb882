"""No container engine runs in the tests: the Dockerfile is held to what ``make setup`` does, its files are tried."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from app.cli import app as commands

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()


def _instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def _only(pattern: str, text: str) -> str:
    found = set(re.findall(pattern, text))
    assert len(found) == 1, found
    return str(found.pop())


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build copies from the checkout, laid out as the image has it."""
    target = tmp_path_factory.mktemp("image")
    ignore = shutil.ignore_patterns("training", "__pycache__")
    for words in (line.split() for line in _instructions("COPY") if not line.startswith("--from")):
        *sources, destination = words
        for source in sources:
            place = target / (destination if (ROOT / source).is_dir() else source)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=ignore)
            else:
                shutil.copy(ROOT / source, place)
    return target


def _run(image: Path, *arguments: str, **settings: str) -> str:
    # Isolated from this checkout: the image's own modules, and the same dependencies.
    code = f"import sys; sys.path.insert(0, {str(image)!r}); from app.cli import main; main()"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLAIMLINE_")} | settings
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=image, env=environment, check=True, capture_output=True, text=True, timeout=120
    ).stdout


def test_the_image_installs_what_make_setup_installs() -> None:
    assert _only(r"uv==([\d.]+)", DOCKERFILE) == _only(r"UV_VERSION := (\S+)", MAKEFILE)
    setup = _only(r"\$\(UV\) (sync .*)", MAKEFILE).split()
    steps = [step.split()[1:] for step in _instructions("RUN") if "uv sync" in step]
    assert [step[: len(setup)] for step in steps] == [setup, setup]
    assert [step[len(setup) :] for step in steps] == [["--no-dev", "--no-install-project"], ["--no-dev"]]
    for variable in ("UV_PROJECT_ENVIRONMENT=.venv", "UV_PYTHON_DOWNLOADS=never"):
        assert variable in DOCKERFILE
        assert variable in MAKEFILE


def test_the_image_has_the_python_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bases = [line.split()[0] for line in _instructions("FROM")]
    wanted = project["requires-python"].removeprefix("==").removesuffix(".*")
    assert len(bases) == 2
    assert all(base.startswith(f"python:{wanted}-slim") for base in bases)


def test_torch_is_no_default_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not any(re.match(r"torch\b", name) for name in project["dependencies"])
    assert "--extra" not in DOCKERFILE + MAKEFILE
    assert "--all-extras" not in DOCKERFILE + MAKEFILE


def test_everything_copied_is_let_through_and_nothing_else() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    copied = {word for line in _instructions("COPY") if not line.startswith("--") for word in line.split()[:-1]}
    assert copied == let_through


def test_the_copied_files_can_check_their_models(image: Path) -> None:
    manifests = list((image / "models").glob("*/manifest.toml"))
    assert manifests
    assert _run(image, "models", "verify").count("ok") == len(manifests)


def test_the_copied_files_can_migrate(image: Path, empty_database_url: str, database_url: str) -> None:
    _run(image, "migrate", CLAIMLINE_DATABASE_URL=empty_database_url)
    assert "No module" not in _run(image, "worker", "--help", CLAIMLINE_DATABASE_URL=database_url)


def test_the_service_does_not_run_as_root_and_is_watched() -> None:
    final = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    user = re.search(r"^USER (\S+)$", final, re.MULTILINE)
    assert user is not None
    assert user[1] not in ("root", "0")
    assert f"useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin {user[1]}" in final
    assert re.search(r"^HEALTHCHECK .*/healthz", final, re.MULTILINE)


def test_image_and_compose_call_commands_that_exist() -> None:
    names = {info.name or getattr(info.callback, "__name__", "") for info in commands.registered_commands}
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    called = {service["command"][0] for service in services.values() if "command" in service}
    assert json.loads(_instructions("ENTRYPOINT")[0]) == ["claimline"]
    assert called | set(json.loads(_instructions("CMD")[0])) <= names
    assert called == {"migrate", "api", "worker"}
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["database"]["image"].startswith("pgvector/pgvector:")
    for role in ("api", "worker"):
        assert services[role]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
