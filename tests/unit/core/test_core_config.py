"""A bad setting stops before any write, and says which file, which key and what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.config import Settings, load_settings, load_sources, settings_digest, worker_count
from tasks.errors import ConfigError

ROOT = Path(__file__).parents[3]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "corpus.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()


def test_the_file_in_the_working_folder_is_found(tmp_path, monkeypatch):
    write(tmp_path, "[clean]\nmin_words = 7\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().clean.min_words == 7


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[clean]\nmin_word = 7\n", r"clean\.min_word: remove it or correct its spelling"),
        ("[clean]\nmin_words = 'many'\n", r"clean\.min_words"),
        ("[clean]\nmin_words = 0\n", r"clean\.min_words.*greater than or equal to 1"),
        ("[limits]\ncpu_seconds = -1\n", r"limits\.cpu_seconds"),
        ("[runner]\nkind = 'cloud'\n", r"runner\.kind"),
        ("[cleaning]\n", "cleaning: remove it"),
        ("[clean\n", "not valid TOML"),
    ],
)
def test_a_wrong_setting_names_file_key_and_remedy(tmp_path, text, says):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_there_is_an_error_when_it_was_named(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "nothing.toml")


def test_bytes_that_are_no_text_are_an_error(tmp_path):
    path = tmp_path / "corpus.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(path)


def test_sources_come_by_name_in_the_order_of_the_file(tmp_path):
    text = (
        '[[source]]\nname = "B"\nhosts = ["b.example"]\n[[source]]\nname = "A"\ntimezone = "Europe/Berlin"\n'
    )
    sources = load_sources(write(tmp_path, text))
    assert list(sources) == ["B", "A"]
    assert sources["A"].timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[source]]\nname = "A"\n[[source]]\nname = "A"\n', "'A' appears twice"),
        ('[[source]]\nname = "A"\ntimezone = "Europe/Nowhere"\n', "not an IANA time zone"),
        ('[[source]]\nname = "../A"\n', "name"),
        ("[[source]]\nhosts = []\n", "name"),
        ('[[source]]\nname = "A"\nlanguage = "English"\n', "language"),
    ],
)
def test_a_wrong_source_is_an_error(tmp_path, text, says):
    with pytest.raises(ConfigError, match=says):
        load_sources(write(tmp_path, text))


def test_the_shipped_sources_file_is_right():
    assert isinstance(load_sources(ROOT / "data" / "sources.toml"), dict)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_settings_have_equal_digests_when_they_are_equal(one, other):
    def digest(words: int) -> str:
        return settings_digest(Settings.model_validate({"clean": {"min_words": words}}).clean, ("en",))

    assert (digest(one) == digest(other)) == (one == other)


def test_workers_are_as_set_else_one_per_core():
    assert worker_count(Settings.model_validate({"runner": {"workers": 3}})) == 3
    assert worker_count(Settings()) >= 1
