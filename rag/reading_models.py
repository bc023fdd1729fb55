"""Loads models that read a passage beside a question or a sentence: our own two, and named cross-encoders."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.config import PACKAGED_READER
from rag.language.known import ENCODER, file_of
from rag.models import loading, packaged_folder, place_of, processor_computes_bf16, refuse_damaged
from rag.reader import Cascade, Reader, SentenceReader

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from tokenizers import Tokenizer

    from rag.mpnet import Network
    from rag.support_network import SupportModel

READER_WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
READER_SHA256 = "f13dca332a84bd716ce5d15e7f0dcca2d6520dd65b68fdd46fa24090c6ca5dde"
LARGE_READER_WEIGHTS = Path(__file__).parent / "weights" / "large_reader.safetensors"
LARGE_READER_SHA256 = "84d35a9cee6573a1adfba0ba5e98fada244b19d41c83ecd96f12d8956e3ca38f"

SUPPORT_WEIGHTS = Path(__file__).parent / "weights" / "support.safetensors"
SUPPORT_SHA256 = "3c9e282582dcb40d1e3020babd356f2b77b2467d5b50f08fa0dd36039ae7d57f"


@functools.lru_cache(maxsize=1)
def load_reader(name: str, again: bool = True) -> Reader:
    """The reading model called `name`: packaged, a folder, or `hub:NAME`. Raises `ModelError`.

    The packaged one points at the answering words, and with `again` a larger one reads the likeliest passages again, if
    its encoder has been fetched; a cross-encoder only scores sentences. All assistants of a process share it.
    """
    if name == PACKAGED_READER:
        first = _load_packaged_reader()
        twice = again and file_of(ENCODER).is_file()
        return Cascade(first, load_large_reader(file_of(ENCODER))) if twice else first
    with loading(
        f"reading model '{name}'", "Name a folder with a cross-encoder, or leave DATELINE_READER_MODEL empty."
    ):
        return SentenceReader(CrossEncoder(name, use_safetensors=True).outputs)


def _load_packaged_reader() -> Reader:
    folder = packaged_folder()
    refuse_damaged("reading model", READER_WEIGHTS, READER_SHA256, "install Dateline anew")
    from rag.encoder import tokenizer_of
    from rag.reader_model import PageReader, packaged_network

    network = packaged_network(folder, READER_WEIGHTS)
    # Stored in bf16, so computing in it costs at most a tenth of a log probability, and takes a quarter of the time.
    return PageReader(network.bfloat16() if processor_computes_bf16() else network, tokenizer_of(folder))


def load_large_reader(base: Path) -> Reader:
    """The larger reading model over the encoder in the file `base`. Raises `ModelError`."""
    from rag.reader_model import LargeReadingNetwork, PageReader

    parts = _over_encoder("larger reading model", base, LargeReadingNetwork, LARGE_READER_WEIGHTS, LARGE_READER_SHA256)
    return PageReader(*parts)


def load_support_model(base: Path) -> SupportModel:
    """Our own support model over the encoder in the file `base`. Raises `ModelError`."""
    from rag.support_network import SupportModel, SupportNetwork

    return SupportModel(*_over_encoder("support model", base, SupportNetwork, SUPPORT_WEIGHTS, SUPPORT_SHA256))


def _over_encoder(
    what: str, base: Path, network_of: Callable[[], Network], weights: Path, sha256: str
) -> tuple[Network, Tokenizer]:
    refuse_damaged(what, weights, sha256, "install Dateline anew")
    from rag.encoder import tokenizer_of
    from rag.mpnet import on_mpnet

    with loading(what, f"Remove '{base}' and run: dateline model get {ENCODER.name}."):
        network = on_mpnet(network_of, base, weights)
    if processor_computes_bf16():
        network.get_submodule("mpnet").bfloat16()  # as it was trained
    return network, tokenizer_of(packaged_folder())


def load_reranker(name: str, top_n: int) -> BaseNodePostprocessor:
    """A cross-encoder as a llama-index postprocessor; `name` is a folder or `hub:NAME`. Raises `ModelError`."""
    place, _ = place_of(name)
    with loading(f"cross-encoder '{name}'", "Name a folder with one, or leave DATELINE_RERANKER_MODEL empty."):
        from llama_index.core.postprocessor import SentenceTransformerRerank

        return SentenceTransformerRerank(model=place, top_n=top_n, device="cpu", trust_remote_code=False)


class CrossEncoder:
    """A model that scores pairs of texts; `labels` names its outputs. `name` is a folder or `hub:NAME`.

    Raises `ModelError` if there is no such folder; OSError, ValueError or KeyError if it cannot be loaded.
    """

    def __init__(self, name: str, use_safetensors: bool | None = None) -> None:
        place, local = place_of(name)
        import sentence_transformers
        import transformers

        given = {"local_files_only": local, "trust_remote_code": False}
        kinds = transformers.AutoConfig.from_pretrained(place, **given).architectures or ()
        if not any(kind.endswith("ForSequenceClassification") for kind in kinds):
            raise ValueError(f"it is {', '.join(kinds) or 'of no kind'}, not a cross-encoder")
        self._model = sentence_transformers.CrossEncoder(
            place, device="cpu", max_length=512, model_kwargs={"use_safetensors": use_safetensors}, **given
        )
        self.labels = {int(place): str(label) for place, label in self._model.config.id2label.items()}

    def outputs(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        """The raw outputs for each pair, one per label."""
        raw = np.atleast_2d(self._model.predict(pairs, activation_fn=lambda scores: scores, show_progress_bar=False))
        return [[float(score) for score in row] for row in raw.reshape(len(pairs), -1)]
