"""A lake in object storage: what goes up, what comes down, who may write.  The storage is moto's server on loopback."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import remote
from tasks.errors import ConfigError, CorpusError
from tasks.receipts import Receipt, WrittenFile, file_sha256, save_receipt
from tasks.remote import Bucket, cache_folder, is_remote, lake_argument, mark_dirty, pull, push, push_unit
from tasks.remote_lock import remote_lock
from tests.flows.storage_server import storage_server

pytest.importorskip("moto", reason="needs the dev extra")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def storage(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A storage server, named in the environment of this process."""
    kept = dict(os.environ)
    with storage_server(tmp_path_factory.mktemp("moto"), "harbour") as environment:
        os.environ.update(environment)
        remote._client.cache_clear()
        yield environment
        os.environ.clear()
        os.environ.update(kept)
        remote._client.cache_clear()


@pytest.fixture
def url(storage, request) -> str:
    """A lake of each test's own."""
    return f"s3://harbour/lakes/{request.node.name}"


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def read(root: Path) -> dict[str, str]:
    files = [
        path
        for folder in ("units", "marts", "index")
        for path in (root / folder).rglob("*")
        if path.is_file()
    ]
    return {str(path.relative_to(root)): path.read_text() for path in files}


FILES = {
    "units/texts/u1.parquet": "text",
    "units/receipts/clean/u1.json": "{}",
    "marts/articles/month=2024-01/articles.parquet": "rows",
    "units/receipts/marts/2024-01.json": "{}",
    "index/duplicates/state.json": "1",
}


def test_what_one_copy_sends_another_gets(url, tmp_path):
    write(tmp_path / "a", FILES)
    push(tmp_path / "a", url)
    pull(tmp_path / "b", url)
    assert read(tmp_path / "b") == FILES


def test_sending_again_sends_nothing_and_a_change_sends_itself(url, tmp_path, monkeypatch):
    write(tmp_path / "a", FILES)
    push(tmp_path / "a", url)
    sent: list[str] = []
    put = Bucket.put
    monkeypatch.setattr(
        Bucket, "put", lambda self, path, data, **c: sent.append(path) or put(self, path, data, **c)
    )
    push(tmp_path / "a", url)
    assert sent == ["index.tar"]
    write(tmp_path / "a", {"marts/articles/month=2024-01/articles.parquet": "more rows"})
    sent.clear()
    push(tmp_path / "a", url)
    assert sent == ["marts/articles/month=2024-01/articles.parquet", "index.tar"], "one PUT for the partition"


def test_receipts_go_up_after_what_they_vouch_for(url, tmp_path, monkeypatch):
    sent: list[str] = []
    put = Bucket.put
    monkeypatch.setattr(
        Bucket, "put", lambda self, path, data, **c: sent.append(path) or put(self, path, data, **c)
    )
    write(tmp_path / "a", FILES)
    push(tmp_path / "a", url)
    last_table = max(place for place, path in enumerate(sent) if path.endswith(".parquet"))
    assert all(place > last_table for place, path in enumerate(sent) if path.endswith(".json"))


def test_a_unit_goes_up_by_itself_and_stays_where_it_was_made(url, tmp_path):
    root = tmp_path / "a"
    write(root, {"units/texts/u2.parquet": "text"})
    path = root / "units/texts/u2.parquet"
    receipt = Receipt(
        "clean",
        "u2",
        "k",
        1,
        1,
        0,
        (WrittenFile("texts", "units/texts/u2.parquet", 1, path.stat().st_size, file_sha256(path)),),
    )
    save_receipt(root, receipt)
    push_unit(root, url, receipt)
    assert sorted(Bucket(url).list()) == ["units/receipts/clean/u2.json", "units/texts/u2.parquet"]
    write(root, {"units/texts/u3.parquet": "not sent yet"})
    pull(root, url)
    assert (root / "units/texts/u3.parquet").exists()


def test_a_refresh_that_was_killed_before_it_sent_is_thrown_away(url, tmp_path):
    root = tmp_path / "a"
    write(root, FILES)
    push(root, url)
    mark_dirty(root)
    write(
        root,
        {
            "index/duplicates/state.json": "2",
            "marts/articles/month=2024-02/articles.parquet": "half",
            "marts/articles/month=2024-01/articles.parquet": "half",
        },
    )
    pull(root, url)
    assert read(root) == FILES


def test_a_partition_that_was_withdrawn_goes_from_the_bucket_too(url, tmp_path):
    root = tmp_path / "a"
    write(root, FILES)
    push(root, url)
    (root / "marts/articles/month=2024-01/articles.parquet").unlink()
    (root / "units/receipts/marts/2024-01.json").unlink()
    push(root, url)
    pull(tmp_path / "b", url)
    assert read(tmp_path / "b") == {path: text for path, text in FILES.items() if "marts" not in path}


def test_a_copy_that_lost_files_gets_them_back_and_takes_none_from_the_bucket(url, tmp_path):
    root = tmp_path / "a"
    write(root, FILES)
    push(root, url)
    for path in FILES:
        (root / path).unlink()
    pull(root, url)
    assert read(root) == FILES


def test_of_two_writers_one_waits_and_says_for_whom(url, capfd):
    order: list[str] = []

    def second() -> None:
        with remote_lock(url, lease=3):
            order.append("second in")

    with remote_lock(url, lease=3):
        other = threading.Thread(target=second)
        other.start()
        time.sleep(1.5)
        order.append("first out")
    other.join(20)
    assert order == ["first out", "second in"]
    assert f"process {os.getpid()} on " in capfd.readouterr().err
    assert ".lock" not in Bucket(url).list()


def test_a_lock_that_is_renewed_is_not_taken_over(url):
    with remote_lock(url, lease=1.5), pytest.raises(CorpusError, match="has held the lock"):
        with remote_lock(url, wait_seconds=4, lease=1.5):
            pass


def test_the_lock_of_a_dead_writer_is_taken_over_with_a_message(url, capfd):
    Bucket(url).put(".lock", b'{"host": "gone", "process": 7}')
    started = time.monotonic()
    with remote_lock(url, lease=2):
        assert time.monotonic() - started < 15
    assert "took over the lock of process 7 on gone" in capfd.readouterr().err


def test_who_lost_the_lock_sends_nothing(url):
    with remote_lock(url, lease=0.9) as held:
        Bucket(url).put(".lock", b'{"host": "other", "process": 8}')
        assert held.lost.wait(10)
        with pytest.raises(CorpusError, match="lost to another writer"):
            held.check(url)
    assert ".lock" in Bucket(url).list(), "the other's lock stays"


def test_storage_that_refuses_is_a_wrong_setting(storage, tmp_path):
    with pytest.raises(ConfigError, match="no-such-bucket"):
        pull(tmp_path, "s3://no-such-bucket/lake")


def test_names_of_lakes(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNINCH_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert is_remote("s3://harbour/lake") and not is_remote("lake")
    assert lake_argument("s3://harbour/lake/") == "s3://harbour/lake"
    assert lake_argument("lake") == str(tmp_path / "lake")
    assert cache_folder("s3://harbour/a/b/") == tmp_path / "harbour" / "a" / "b"
