"""Settings: from the environment, checked, unknown ones refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from rag.config import Config
from rag.errors import ConfigError


def test_settings_come_from_the_environment() -> None:
    config = Config.from_environment({"DATELINE_LIBRARY": "/news", "DATELINE_TOP_K": "3", "HOME": "/x"})
    assert (config.library, config.top_k) == (Path("/news"), 3)


def test_overrides_win_and_none_does_not_count() -> None:
    config = Config.from_environment({"DATELINE_PORT": "8000"}, port=9000, host=None)
    assert (config.port, config.host) == (9000, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATELINE_TOPK", "3", "Unknown setting 'topk'"),
        ("DATELINE_TOP_K", "0", "Setting 'top_k'"),
        ("DATELINE_PORT", "many", "DATELINE_PORT"),
        ("DATELINE_ANSWER_THRESHOLD", "2", "answer_threshold"),
        ("DATELINE_CLOSEST_THRESHOLD", "-0.1", "closest_threshold"),
        ("DATELINE_PROXIES", "*", "DATELINE_PROXIES"),
        ("DATELINE_CHROMA", "here", "is not usable: write it as http://host:8000"),
        ("DATELINE_PROXIES", "127.0.0.1, proxy.example", "DATELINE_PROXIES"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        Config.from_environment({name: value})
    assert "\n" not in str(error.value)


def test_variables_of_other_parts_are_no_settings() -> None:
    assert Config.from_environment({"DATELINE_PUBLIC_DATA": "/data"}) == Config()


def test_a_database_is_an_address_and_anything_else_a_folder() -> None:
    for named in ("postgresql://u@db/news", "postgres://u@db/news"):
        assert Config.from_environment({"DATELINE_LIBRARY": named}).library == "postgresql://u@db/news"
    assert Config.from_environment({"DATELINE_LIBRARY": "news/postgresql"}).library == Path("news/postgresql")


def test_one_machine_needs_no_driver_of_a_database() -> None:
    said = "import sys, rag.library, ingest.run, rag.doctor, rag.store.backup; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0
