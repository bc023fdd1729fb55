"""Reading models in torch: the packaged one, a folder's, and any cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertForQuestionAnswering,
    PreTrainedModel,
)

from rag.reader import LONGEST_ANSWER_TOKENS, Candidate, Reader, Reading, Readings, Window, window

IMPOSSIBLE = -1e4


def packaged_network(base: Path, trained: Path | None) -> BertForQuestionAnswering:
    """The packaged embedding model with a head for spans.

    Args:
        base: folder of the embedding model; its word embeddings are not trained, so they are not stored again.
        trained: safetensors with the encoder and the head; None for a network that was not trained yet.
    """
    network = BertForQuestionAnswering(AutoConfig.from_pretrained(base))
    weights = {f"bert.{name}": tensor for name, tensor in load_file(base / "model.safetensors").items()}
    if trained:
        weights |= {name: tensor.float() for name, tensor in load_file(trained).items()}
    missing, _ = network.load_state_dict(weights, strict=False)
    lost = [name for name in missing if trained or not name.startswith("qa_outputs.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network


def load_packaged(base: Path, trained: Path, in_bf16: bool) -> SpanReader:
    """The reading model that comes with Dateline, over the embedding model in `base`."""
    network, tokenizer = packaged_network(base, trained), AutoTokenizer.from_pretrained(base)
    # Stored in bf16, so computing in it costs no more than a tenth of a log probability, and takes a quarter of the time.
    return SpanReader(network.bfloat16() if in_bf16 else network, tokenizer)


def load_from(name: str, local: bool) -> Reader:
    """The model of a folder, or of the hub where it is not `local`. Raises what transformers raises."""
    config = AutoConfig.from_pretrained(name, local_files_only=local, trust_remote_code=False)
    kinds = config.architectures or ()
    given = {"local_files_only": local, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(name, **given)
    if any(kind.endswith("ForQuestionAnswering") for kind in kinds):
        return SpanReader(AutoModelForQuestionAnswering.from_pretrained(name, use_safetensors=True, **given), tokenizer)
    if any(kind.endswith("ForSequenceClassification") for kind in kinds):
        network = AutoModelForSequenceClassification.from_pretrained(name, use_safetensors=True, **given)
        return SentenceReader(network, tokenizer)
    raise ValueError(f"it is {', '.join(kinds) or 'of no kind'}, neither for question answering nor a cross-encoder")


class Windows:
    """Candidates become tensors."""

    def __init__(self, tokenizer: Any, segments: int = 2) -> None:
        self._encode = tokenizer.backend_tokenizer
        self._encode.no_truncation()
        self._encode.no_padding()
        self._begins, self._separates = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
        self._padding = int(tokenizer.pad_token_id)
        self._segments = segments

    def of(self, question: str, candidates: Sequence[Candidate]) -> list[Window]:
        """One window a candidate."""
        texts = [question]
        for candidate in candidates:
            texts += [candidate.title, candidate.before, candidate.sentence]
        asked, *rest = self._encode.encode_batch(texts, add_special_tokens=False)
        triples = zip(rest[0::3], rest[1::3], rest[2::3], strict=True)
        return [window(asked, *triple, begins=self._begins, separates=self._separates) for triple in triples]

    def batch(self, windows: Sequence[Window]) -> dict[str, Tensor]:
        """Tensors of shape (windows, tokens) for the network."""
        shape = (len(windows), max(len(one.ids) for one in windows))
        ids = torch.full(shape, self._padding)
        seen, segment = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        for row, one in enumerate(windows):
            ids[row, : len(one.ids)] = torch.tensor(one.ids)
            seen[row, : len(one.ids)] = 1
            segment[row, one.question_tokens : len(one.ids)] = 1
        batch = {"input_ids": ids, "attention_mask": seen}
        return {**batch, "token_type_ids": segment} if self._segments > 1 else batch


class _NetworkReader:
    """A network over windows; what its output says is for the kinds of reader to know."""

    def __init__(self, network: PreTrainedModel, tokenizer: Any) -> None:
        self._network = network.train(False)
        self._windows = Windows(tokenizer, int(getattr(network.config, "type_vocab_size", 1)))

    @torch.inference_mode()
    def read(self, question: str, candidates: Sequence[Candidate]) -> Readings:
        """One reading a candidate."""
        if not candidates:
            return Readings()
        windows = self._windows.of(question, candidates)
        return self._readings(windows, self._network(**self._windows.batch(windows)))

    def _readings(self, windows: Sequence[Window], output: Any) -> Readings:
        raise NotImplementedError


class SpanReader(_NetworkReader):
    """Points at the words that answer: any model for extractive question answering."""

    def _readings(self, windows: Sequence[Window], output: Any) -> Readings:
        return spans(windows, torch.stack([output.start_logits, output.end_logits], dim=2).float())


class SentenceReader(_NetworkReader):
    """Scores sentences as a whole, without words: any cross-encoder with one score, or with "no" and "yes".

    A score of 0 is taken for "as likely as not".
    """

    def _readings(self, windows: Sequence[Window], output: Any) -> Readings:
        logits = output.logits.float()
        scores = logits[:, -1] - (logits[:, 0] if logits.shape[1] > 1 else 0.0)
        shares = torch.cat([scores, torch.zeros(1)]).log_softmax(0).tolist()
        return Readings(tuple(Reading(share) for share in shares[:-1]), shares[-1])


def tokens_of_sentences(windows: Sequence[Window], logits: Tensor) -> Tensor:
    """Which tokens belong to the sentences: booleans of shape (windows, tokens)."""
    inside = torch.zeros(logits.shape[:2], dtype=torch.bool)
    for row, one in enumerate(windows):
        inside[row, one.first : one.first + len(one.offsets)] = True
    return inside


def spans(windows: Sequence[Window], logits: Tensor) -> Readings:
    """The best span of each window.

    Args:
        logits: shape (windows, tokens, 2), for the first and the last token of an answer.
    """
    inside = tokens_of_sentences(windows, logits)
    nowhere = logits[:, 0].mean(0)
    totals = torch.cat([logits[inside], nowhere[None]]).logsumexp(0)
    # Small matrices, one a sentence: numpy is five times as quick at them as torch.
    log_shares = (logits - totals).numpy()
    readings = [
        _best_span(one, log_shares[row, one.first : one.first + len(one.offsets)]) for row, one in enumerate(windows)
    ]
    return Readings(tuple(readings), float((nowhere - totals).sum()))


def _best_span(one: Window, log_shares: npt.NDArray[np.float32]) -> Reading:
    """The likeliest first and last token; `log_shares` has the shape (tokens of the sentence, 2)."""
    if not len(log_shares):
        return Reading(IMPOSSIBLE)
    pairs = log_shares[:, 0, None] + log_shares[None, :, 1]
    allowed = np.tril(np.triu(np.ones_like(pairs, dtype=bool)), LONGEST_ANSWER_TOKENS - 1)
    first, last = divmod(int(np.where(allowed, pairs, IMPOSSIBLE).argmax()), len(log_shares))
    return Reading(float(pairs[first, last]), one.offsets[first][0], one.offsets[last][1])
