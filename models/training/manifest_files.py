"""Write the manifest.toml of a model folder, with each file's size and sha256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_manifest(out_dir: Path, *, fields: Mapping[str, object], files: Sequence[str]) -> str:
    """Write manifest.toml over ``files`` of ``out_dir`` and return the revision.

    The revision is the first 12 digits of the sha256 over the files' checksums: other contents, other version.
    """
    rows = [(name, (out_dir / name).read_bytes()) for name in sorted(files)]
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in rows}
    revision = hashlib.sha256("".join(f"{name} {sums[name]}\n" for name in sums).encode()).hexdigest()[:12]
    # TOML's basic strings, arrays, integers and floats are written as JSON writes them.
    lines = [f"{key} = {json.dumps(value)}" for key, value in ({"revision": revision} | dict(fields)).items() if value]
    for name, data in rows:
        lines += ["", "[[files]]", f'path = "{name}"', f"bytes = {len(data)}", f'sha256 = "{sums[name]}"']
    (out_dir / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return revision
