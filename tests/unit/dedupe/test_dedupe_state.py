"""The index on disk: the old state or the new one, whenever it stops."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tasks.dedupe.batch import DedupeOptions, rebuild_groups, update_groups
from tasks.dedupe.health import is_usable
from tasks.dedupe.state import list_files, open_index, read_state, recover
from tasks.errors import ConfigError

_ROOT = Path(__file__).parents[3]


class _Stopped(BaseException):
    """What a kill looks like from inside: nothing may catch it."""


def _stop_after(monkeypatch, calls):
    """Let the process die at the n-th time it would make something durable."""
    left = [calls]

    def dying(real):
        def call(*args, **more):
            left[0] -= 1
            if left[0] < 0:
                raise _Stopped
            return real(*args, **more)

        return call

    for name in ("fsync", "replace", "rename", "unlink"):
        monkeypatch.setattr(os, name, dying(getattr(os, name)))
    return left


def _world(newsroom):
    articles = newsroom.world(random.Random(8), articles=16)
    return articles[:9], articles[9:]


@pytest.mark.slow
def test_a_stop_at_any_moment_leaves_the_old_state_or_the_new(newsroom, tmp_path, monkeypatch):
    first, second = _world(newsroom)
    base = newsroom.Desk(tmp_path / "base", DedupeOptions())
    base.take(first)
    old = base.answer()
    whole = newsroom.Desk(tmp_path / "whole", DedupeOptions())
    whole.take(first)
    whole.take(second)
    new = whole.answer()
    seen, calls = set(), 0
    while True:
        desk = newsroom.Desk(tmp_path / f"run{calls}", DedupeOptions(), dict(base.texts))
        shutil.copytree(base.folder, desk.folder)
        with monkeypatch.context() as patch:
            _stop_after(patch, calls)
            try:
                desk.take(second)
                stopped = False
            except _Stopped:
                stopped = True
        found = desk.answer()
        assert found in (old, new)
        seen.add(found == new)
        told = desk.take(second)
        assert desk.answer() == new
        assert set(told.grouped["article_id"].to_pylist()) >= {a.number for a in second}
        desk.take([newsroom.Article(1000, newsroom.report(1000))])
        named = list_files(read_state(desk.folder)) | {"state.json", "articles.bin", "assigned.bin"}
        assert {p.name for p in desk.folder.iterdir()} == named
        calls += 1
        if not stopped:
            break
    assert seen == {False, True}
    assert calls > 10


@pytest.mark.slow
def test_a_stop_during_a_rebuild_leaves_an_index_behind(newsroom, tmp_path, monkeypatch):
    first, second = _world(newsroom)
    base = newsroom.Desk(tmp_path / "base", DedupeOptions())
    base.take(first + second)
    answer, units = base.answer(), [newsroom.sketches(first), newsroom.sketches(second)]
    for calls in range(0, 200, 7):
        desk = newsroom.Desk(tmp_path / f"run{calls}", DedupeOptions(), dict(base.texts))
        shutil.copytree(base.folder, desk.folder)
        with monkeypatch.context() as patch:
            left = _stop_after(patch, calls)
            with contextlib.suppress(_Stopped):
                rebuild_groups(desk.folder, units, desk.fetch, desk.options)
        recover(desk.folder)
        assert desk.answer() == answer
        if left[0] > 0:
            break


@pytest.mark.slow
def test_a_killed_process_is_taken_up_where_it_stopped(newsroom, tmp_path):
    """Real SIGKILLs at random moments, until a run comes through; then the answer of an undisturbed run."""
    articles = newsroom.world(random.Random(5), reports=9, articles=60)
    calm = newsroom.Desk(tmp_path / "calm", DedupeOptions())
    calm.take(articles)
    units = tmp_path / "units"
    units.mkdir()
    import pyarrow.parquet as pq

    for at in range(0, 60, 5):
        pq.write_table(newsroom.sketches(articles[at : at + 5]), units / f"{at:02}.parquet")
    (tmp_path / "texts.json").write_text(json.dumps({a.number: a.text for a in articles}))
    script = textwrap.dedent("""
        import json, pathlib, sys, pyarrow.parquet as pq
        from tasks.dedupe.batch import update_groups
        folder = pathlib.Path(sys.argv[1])
        texts = {int(k): v for k, v in json.loads((folder / "texts.json").read_text()).items()}
        print("ready", flush=True)
        for unit in sorted((folder / "units").iterdir()):
            update_groups(folder / "killed", [pq.read_table(unit)], lambda ids: {i: texts[i] for i in ids})
    """)
    rng, kills = random.Random(1), 0
    for _ in range(40):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], cwd=_ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(rng.uniform(0.01, 0.5) if kills < 8 else 60)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.stdout.close()
        if process.wait() == 0:
            break
    killed = newsroom.Desk(tmp_path / "killed", DedupeOptions(), calm.texts)
    assert killed.answer() == calm.answer()


def test_an_index_remembers_its_settings(desk, newsroom):
    desk.take([newsroom.Article(1, newsroom.report(1))])
    with pytest.raises(ConfigError, match="other settings"):
        update_groups(desk.folder, [], desk.fetch, replace(desk.options, window_days=7))
    assert is_usable(desk.folder, desk.options)
    assert not is_usable(desk.folder, replace(desk.options, window_days=7))


def test_another_versions_index_is_refused(desk, newsroom):
    desk.take([newsroom.Article(1, newsroom.report(1))])
    state = read_state(desk.folder)
    (desk.folder / "state.json").write_text(json.dumps(state | {"format": 999}))
    with pytest.raises(ConfigError, match="another version"):
        open_index(desk.folder, desk.options)
    assert not is_usable(desk.folder, desk.options)


@pytest.mark.parametrize(
    "ending", ["shingles", "shingles-fences", "ordinals", "times", "keys", "keys-fences", "bin"]
)
def test_an_index_that_lost_a_file_is_not_usable(desk, newsroom, ending):
    desk.take([newsroom.Article(n, newsroom.report(n)) for n in (1, 2)])
    next(p for p in desk.folder.iterdir() if p.name.endswith(f".{ending}")).unlink()
    assert not is_usable(desk.folder, desk.options)


def test_no_index_is_not_usable(desk):
    assert not is_usable(desk.folder, desk.options)


def test_files_of_others_in_the_folder_are_left_alone(desk, newsroom):
    desk.folder.mkdir()
    (desk.folder / "grouped.parquet").write_text("x")
    desk.take([newsroom.Article(1, newsroom.report(1))])
    assert (desk.folder / "grouped.parquet").exists()


def test_files_do_not_pile_up(desk, newsroom):
    for number in range(20):
        desk.take([newsroom.Article(number, newsroom.report(number))])
    assert len(list(desk.folder.iterdir())) < 60
    state = read_state(desk.folder)
    assert len(state["shelves"]) < 16
    assert state["articles"] == 20


def test_an_index_is_small(desk, newsroom):
    articles = [newsroom.Article(n, newsroom.report(n, 12)) for n in range(120)]
    desk.take(articles)
    assert sum(p.stat().st_size for p in desk.folder.iterdir()) < 500 * len(articles)


def test_many_units_are_taken_in_by_several_commits(newsroom, desk, monkeypatch):
    monkeypatch.setattr("tasks.dedupe.update.STEP", 5)
    first, second = _world(newsroom)
    other = newsroom.Desk(desk.folder.parent / "other", desk.options)
    other.take(first)
    other.take(second)
    desk.take(first + second)
    assert read_state(desk.folder)["generation"] >= 3
    assert desk.answer() == other.answer()


def test_changes_that_were_not_yet_written_in_place_are_seen(desk, newsroom, monkeypatch):
    """The process dies after the switch and before the rows were changed: the redo log stands in for them."""
    desk.take([newsroom.Article(1, newsroom.report(1), hours=3)])
    with monkeypatch.context() as patch:
        patch.setattr("tasks.dedupe.state._apply", lambda directory, changes, count: _die_if_new(changes))
        with pytest.raises(_Stopped):
            desk.take([newsroom.Article(2, newsroom.report(1), hours=1)])
    assert read_state(desk.folder)["changes"]
    assert desk.rows()[1]["copy_of"] == 2
    assert is_usable(desk.folder, desk.options)
    desk.take([newsroom.Article(3, newsroom.report(1), hours=2)])
    assert desk.rows()[1]["copy_of"] == desk.rows()[3]["copy_of"] == 2


def _die_if_new(changes):
    if len(changes.ordinals):
        raise _Stopped


def test_rows_after_the_committed_ones_do_not_exist(desk, newsroom):
    desk.take([newsroom.Article(1, newsroom.report(1))])
    with (desk.folder / "articles.bin").open("ab") as file:
        file.write(np.full(600, 7, np.uint8).tobytes())
    assert set(desk.rows()) == {1}
    desk.take([newsroom.Article(2, newsroom.report(1), hours=1)])
    assert desk.rows()[2]["copy_of"] == 1
