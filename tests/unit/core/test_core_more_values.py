"""Units, reasons, errors, shipped files, progress and settings: what they promise, for any input."""

import dataclasses
import inspect
import json
import threading
from contextvars import copy_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks import errors
from tasks.config import Settings, Source, load_settings, load_sources, settings_digest, worker_count
from tasks.errors import ConfigError, ContractError, CorpusError, TransientError, UnitError
from tasks.progress import Step, counted, listening, report_step
from tasks.reasons import REASONS, Reason
from tasks.reference import data_file
from tasks.units import Capture, Input, Refusal, Unit

LAW = settings(max_examples=60, deadline=None)
PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda s: st.lists(s, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [(CorpusError, 1), (ConfigError, 2), (ContractError, 3), (UnitError, 1), (TransientError, 1)],
)
def test_every_error_has_its_exit_code(error: type[CorpusError], code: int) -> None:
    assert error("what happened").exit_code == code
    assert str(error("what happened")) == "what happened"
    assert issubclass(error, CorpusError)


def test_no_error_of_the_tree_ends_with_success() -> None:
    tree = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, BaseException)]
    assert len(tree) == 5
    assert all(error.exit_code > 0 and error.__doc__ for error in tree)
    assert not issubclass(CorpusError, (OSError, ValueError))


@LAW
@given(st.text(max_size=20), st.none() | st.floats(0, 1e6))
def test_a_transient_error_keeps_the_wish_of_the_server(message: str, wish: float | None) -> None:
    error = TransientError(message, wish)
    assert (str(error), error.retry_after) == (message, wish)


@pytest.mark.parametrize("reason", list(Reason), ids=str)
def test_every_reason_is_explained_in_one_plain_line(reason: Reason) -> None:
    about = REASONS[reason]
    assert about
    assert "\n" not in about
    assert not about.endswith(".")
    assert reason.value == reason.name.lower()
    assert Reason(reason.value) is reason
    assert f"{reason}" == reason.value


def test_no_two_reasons_are_explained_alike() -> None:
    assert len(set(REASONS.values())) == len(REASONS) == len(Reason)


@pytest.mark.parametrize("value", ["", "DAMAGED", "damaged ", "unknown", "none"])
def test_what_is_no_reason_is_none(value: str) -> None:
    with pytest.raises(ValueError, match="not a valid Reason"):
        Reason(value)


VALUES = [
    Input("a", 1, "x"),
    Unit("u", "warc", ()),
    Capture(None, None, None, None, None, b"", "html", "f", 0, 0),
    Refusal(Reason.EMPTY),
    Step("clean", "u"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_values_are_equal_by_content_and_never_change(value: object) -> None:
    first = dataclasses.fields(value)[0].name  # type: ignore[arg-type]
    assert dataclasses.replace(value) == value  # type: ignore[type-var]
    assert not hasattr(value, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, first, "other")


def test_captures_do_not_share_what_they_were_given() -> None:
    one, other = (Capture(None, None, None, None, None, b"", "html", "f", n, 0) for n in range(2))
    assert one.given == {}
    assert one.given is not other.given


@pytest.mark.parametrize(
    "parts", [("reference",), ("sample",), ("reference", "actors.tsv"), ("reference", "topics_names.tsv")]
)
def test_shipped_files_are_found(parts: tuple[str, ...]) -> None:
    assert data_file(*parts).exists()
    assert data_file("/".join(parts)) == data_file(*parts)


@pytest.mark.parametrize(
    "parts", [("nothing",), ("reference", "nothing.tsv"), ("reference", "actors.tsv", "x"), ("reference ",)]
)
def test_a_missing_file_says_how_to_mend_the_installation(parts: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="install columninch again") as caught:
        data_file(*parts)
    assert "/".join(parts) in str(caught.value)


@LAW
@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_counting_changes_no_row_and_loses_none(rows: list[int], every: int) -> None:
    heard: list[Step] = []
    with listening(heard.append):
        assert list(counted(iter(rows), "clean", "u", every)) == rows
    assert sum(step.rows for step in heard) == len(rows)
    assert all(step.rows == every for step in heard[:-1])
    assert not any(step.is_done for step in heard)


def test_counting_is_lazy() -> None:
    taken: list[int] = []

    def source() -> object:
        for number in range(100):
            taken.append(number)
            yield number

    rows = counted(source(), "clean", "u")  # type: ignore[arg-type,var-annotated]
    assert taken == []
    assert [next(rows), next(rows)] == [0, 1]
    assert taken == [0, 1]


def test_the_innermost_listener_hears_and_the_outer_one_again_after_it() -> None:
    outer: list[str] = []
    inner: list[str] = []
    with listening(lambda step: outer.append(step.unit_id)):
        report_step(Step("clean", "a"))
        with pytest.raises(KeyError), listening(lambda step: inner.append(step.unit_id)):
            report_step(Step("clean", "b"))
            raise KeyError
        report_step(Step("clean", "c"))
    report_step(Step("clean", "d"))
    assert (outer, inner) == (["a", "c"], ["b"])


def test_threads_that_take_the_context_along_are_heard() -> None:
    heard: list[Step] = []
    with listening(heard.append):
        context = copy_context()
        threads = [
            threading.Thread(target=context.run, args=(report_step, Step("clean", "with"))),
            threading.Thread(target=report_step, args=(Step("clean", "without"),)),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert "with" in [step.unit_id for step in heard]


@LAW
@given(st.lists(PARTS, max_size=3), st.lists(PARTS, max_size=3))
def test_settings_digests_are_equal_when_the_settings_are(one: list[object], other: list[object]) -> None:
    same = json.dumps(one) == json.dumps(other)
    assert (settings_digest(*one) == settings_digest(*other)) == same
    assert len(settings_digest(*one)) == 64


@pytest.mark.parametrize("section", list(Settings.model_fields))
def test_sections_refuse_other_keys_and_later_changes(section: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({section: {"no_such_key": 1}})
    model = getattr(Settings(), section)
    with pytest.raises(ValidationError):
        setattr(model, next(iter(type(model).model_fields)), None)


@pytest.mark.parametrize(
    "zone",
    ["", "/etc/passwd", "../../etc/passwd", "Europe", "Europe/", "UTC+99", "europe/nowhere", "a\x00b", "Mars/Olympus", "x" * 5000],
)  # fmt: skip
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="IANA time zone"):
        Source(name="A", timezone=zone)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires", None]
)
def test_time_zones_are_taken(zone: str | None) -> None:
    assert Source(name="A", timezone=zone).timezone == zone


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a\x00b", "/", "../x"])
def test_a_name_that_is_no_name_of_a_folder_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Source(name=name)


@pytest.mark.parametrize("name", ["The Daily Example", "Жизнь", "例", "a.b", "it's", "[x]", "a b"])
def test_outlets_may_have_any_ordinary_name(name: str) -> None:
    assert Source(name=name).name == name


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "EN"), ("language", "english"), ("language", "e"), ("country", "de"), ("country", "DEU")],
)
def test_codes_are_those_of_the_standards(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate({"name": "A", field: value})


@LAW
@given(st.text(max_size=80))
def test_any_text_is_settings_or_an_error_in_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "corpus.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for load in (load_settings, load_sources):
        try:
            load(path)
        except ConfigError as error:
            assert str(path) in str(error)


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "corpus.toml"
    path.write_text("[clean]\nmin_words = 0\nwords = 1\n[limits]\ncpu_seconds = 'x'\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "limits.cpu_seconds",
        "clean.min_words",
        "clean.words",
    ]


@pytest.mark.parametrize("target", ["folder", "loop"])
def test_what_cannot_be_read_is_an_error_in_words(tmp_path: Path, target: str) -> None:
    path = tmp_path / "corpus.toml"
    path.mkdir() if target == "folder" else path.symlink_to(path)
    with pytest.raises(ConfigError, match=r"cannot be read|no such file"):
        load_settings(path)


@pytest.mark.parametrize("number", [1, 2, 255, 256])
def test_as_many_workers_as_were_asked_for(number: int) -> None:
    assert worker_count(Settings.model_validate({"runner": {"workers": number}})) == number


@pytest.mark.parametrize("number", [-1, 257, 10**9])
def test_too_many_workers_are_refused(number: int) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"runner": {"workers": number}})
