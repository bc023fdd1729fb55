"""One frozen set of settings. Every setting can be given as DATELINE_<NAME> in the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from rag.errors import ConfigError

PACKAGED_MODEL = "packaged:all-MiniLM-L6-v2"
PACKAGED_READER = "packaged:reader"

Address = Path | str
"""A library's address: a folder, or `postgresql://…`."""


def address_of(named: Address) -> Address:
    """The address a user gave, as a path or URL."""
    scheme, mark, rest = str(named).partition("://")
    return f"postgresql://{rest}" if mark and scheme in ("postgresql", "postgres") else Path(named)


def cache_folder() -> Path:
    """This user's cache folder, for what can be made or fetched again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline"


class Config(BaseModel):
    """Settings with their units; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Annotated[Path | str, BeforeValidator(address_of)] = Path("library")
    """Folder of the library, or `postgresql://user@host/database` for one shared by several machines."""
    embedding_model: Annotated[str, Field(min_length=1)] = PACKAGED_MODEL
    """`packaged:all-MiniLM-L6-v2`, a sentence-transformers folder, or `hub:NAME` (the only one that downloads)."""
    query_prompt: str = ""
    """What the embedding model wants before a question, e.g. "query: " for E5; empty for its own configuration."""
    passage_prompt: str = ""
    """The same before a passage, e.g. "passage: "; changing it means embedding the library again."""
    reranker_model: str = ""
    """A cross-encoder: a folder or `hub:NAME`; empty for none."""
    reader_model: str = PACKAGED_READER
    """What picks the sentences that answer: `packaged:reader`, or a folder or `hub:NAME` with a cross-encoder; empty to
    go by words alone."""
    second_reading: bool = True
    """Whether a larger model reads the likeliest passages again, if it is here (`dateline model get encoder`)."""
    top_k: Annotated[int, Field(ge=1, le=200)] = 8
    """Passages in an answer and in a search."""
    chroma: str = ""
    """Address of a Chroma server for the dense index, as `http://host:8000` or with `/TENANT/DATABASE`; empty to keep the
    index beside the catalog. The authentication header goes in DATELINE_CHROMA_HEADER."""
    candidates: Annotated[int, Field(ge=10, le=2000)] = 100
    """Passages proposed by each side, dense and lexical."""
    retriever: Literal["hybrid", "dense", "lexical"] = "hybrid"
    """Which sides propose passages: both, fused; the embedding model alone; BM25 alone."""
    time_weight: Annotated[float, Field(ge=0, le=10)] = 1.0
    """How much the days a question is about count in the ranking; 0 ignores them."""
    answer_threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Probability that the library holds the answer below which Dateline does not answer."""
    closest_threshold: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Probability from which the closest passages are shown instead; below it Dateline abstains."""
    llm: str = ""
    """What writes answers: `small`, `gguf:hub:OWNER/REPOSITORY/FILE` (both after `dateline model get`), `gguf:/path/file.gguf`,
    `openai-like:http://127.0.0.1:8080/v1#model`, `ollama:NAME`, `openai:NAME` or `anthropic:NAME`, each also with its
    server's address, as `ollama:http://host:11434#NAME`; empty for quotes alone."""
    llm_timeout_seconds: Annotated[float, Field(ge=1, le=600)] = 30.0
    """How long a language model may take to finish; after that the reader keeps the quotes."""
    llm_context_tokens: Annotated[int, Field(ge=0)] = 0
    """Context size in tokens requested from Ollama and `gguf:`; 0 for 4096."""
    llm_prompt_tokens: Annotated[int, Field(ge=0)] = 0
    """Most tokens of passages given to a language model; 0 for 3000, or for 450 if it runs on this machine's CPU (900
    for a brief)."""
    llm_rewrites: bool = False
    """Whether the language model may rewrite a follow-up; this takes time before anything is found."""
    written_words: Annotated[int, Field(ge=10, le=500)] = 40
    """Most words in an answer that a language model writes to a question of fact; a brief may have three times as many."""
    support_model: str = ""
    """Judges whether a passage supports a written sentence: a folder or `hub:NAME` with a cross-encoder for natural language
    inference or hallucinations; empty for Dateline's own, if it is here (`dateline model get encoder`); `none` to check only
    names, numbers, days and quotations."""
    question_characters: Annotated[int, Field(ge=100)] = 2000
    """Longest question, in characters."""
    lock_wait_seconds: Annotated[float, Field(ge=0)] = 5.0
    """How long a second writer waits before reporting who holds the library."""
    publish_every_seconds: Annotated[float, Field(ge=1)] = 300.0
    """How often a long ingest publishes what it has stored; less often where publishing takes long."""
    follow_every_seconds: Annotated[float, Field(ge=10)] = 45.0
    """How often a followed source is checked for news; one that must be sent whole each time, a sixth as often."""
    allow_private: bool = False
    """Whether addresses on one's own network may be fetched."""
    page_changes: bool = True
    """Whether readers of the chat page may add and remove articles."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    hosts: str = ""
    """Further host names under which the page may be reached, comma-separated, e.g. a proxy's; `host`, this machine's own
    name and plain addresses are always allowed."""
    proxies: str = ""
    """Addresses or networks of reverse proxies, comma-separated: only these are trusted to identify the client by
    `X-Forwarded-For`. Without it, all who come through a proxy count as one."""
    mcp: bool = False
    """Whether `ask` and `search` are also served as MCP tools; needs the extra `dateline[mcp]`."""

    @field_validator("proxies")
    @classmethod
    def _only_addresses(cls, proxies: str) -> str:
        # "*" would trust everybody, and names are never looked up.
        for one in filter(None, map(str.strip, proxies.split(","))):
            ipaddress.ip_network(one)
        return proxies

    @field_validator("chroma")
    @classmethod
    def _only_servers(cls, address: str) -> str:
        parts = urlsplit(address)
        if address and not (parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc):
            raise ValueError("write it as http://host:8000, without a password")
        return address

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **overrides: object) -> Config:
        """Settings from DATELINE_* variables; `overrides` that are not None take precedence. Raises `ConfigError`."""
        variables = os.environ if environment is None else environment
        given: dict[str, object] = {
            name.removeprefix("DATELINE_").lower(): value
            for name, value in variables.items()
            if name.startswith("DATELINE_") and name not in NOT_SETTINGS
        }
        given.update({name: value for name, value in overrides.items() if value is not None})
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise ConfigError(_first_problem(error)) from error


NOT_SETTINGS = frozenset({"DATELINE_PUBLIC_DATA", "DATELINE_PASSWORD", "DATELINE_CHROMA_HEADER", "DATELINE_TEST_MODEL"})
"""Variables read elsewhere: the folder of public evaluation data, two secrets, the tests' model."""


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(Config.model_fields))
        return f"Unknown setting '{name}' (DATELINE_{name.upper()}); the settings are: {known}."
    return f"Setting '{name}' (DATELINE_{name.upper()}) is not usable: {first['msg'].removeprefix('Value error, ')}."
