from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.ml.manifest import load_manifest

WEIGHTS = b"weights " * 100
HEAD = 'name = "toy"\nrevision = "1"\nkind = "encoder"\nlicence = "MIT"\nsource = "made here"\n'


def _files(*, path: str = "w.bin", size: int = len(WEIGHTS), sum_: str = hashlib.sha256(WEIGHTS).hexdigest()) -> str:
    return f'\n[[files]]\npath = "{path}"\nbytes = {size}\nsha256 = "{sum_}"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "w.bin").write_bytes(WEIGHTS)
    (tmp_path / "manifest.toml").write_text(HEAD + "max_length = 64\n" + _files(), encoding="utf-8")
    return tmp_path


def test_a_whole_folder_loads_with_its_version(folder: Path) -> None:
    manifest = load_manifest(folder)
    assert (manifest.version, manifest.max_length, manifest.labels) == ("toy@1", 64, ())
    assert manifest.file("w.bin") == folder / "w.bin"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "w.bin").unlink(), "cannot read w.bin"),
        (lambda f: (f / "w.bin").write_bytes(WEIGHTS[:-1]), "has 799 bytes.*says 800"),
        (lambda f: (f / "w.bin").write_bytes(b"W" + WEIGHTS[1:]), "w.bin does not match its sha256"),
        (
            lambda f: (f / "w.bin").write_bytes(
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 800\n"
            ),
            "w.bin is a git-lfs pointer",
        ),
        (lambda f: (f / "manifest.toml").unlink(), "cannot read manifest.toml"),
        (lambda f: (f / "manifest.toml").write_bytes(b"name = \xff"), "not valid TOML"),
        (lambda f: (f / "manifest.toml").write_text("name = ", encoding="utf-8"), "not valid TOML"),
        (lambda f: (f / "manifest.toml").write_text(HEAD, encoding="utf-8"), "incomplete or malformed"),
        (
            lambda f: (f / "manifest.toml").write_text(HEAD + _files(path="../w.bin"), encoding="utf-8"),
            "leads out of the folder",
        ),
        (
            lambda f: (f / "manifest.toml").write_text(HEAD + "max_length = 0\n" + _files(), encoding="utf-8"),
            "positive integer",
        ),
        (
            lambda f: (f / "manifest.toml").write_text(HEAD.replace('"toy"', "7") + _files(), encoding="utf-8"),
            "a text is expected",
        ),
    ],
)
def test_a_damaged_folder_is_refused_by_name(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_manifest(folder)
    assert str(folder) in str(caught.value)


def test_a_file_the_manifest_does_not_list_is_never_read(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"lists no other\.bin"):
        load_manifest(folder).file("other.bin")


def test_every_shipped_model_folder_is_whole(models_dir: Path) -> None:
    folders = [path.parent for path in models_dir.glob("*/manifest.toml")]
    assert folders
    for each in folders:
        manifest = load_manifest(each)
        listed = {file.path for file in manifest.files} | {"manifest.toml", "card.md"}
        assert {path.name for path in each.iterdir()} == listed
