"""Archives over HTTP: whole however the wire breaks, never fetched twice, and refused with words that help."""

import hashlib
import os
import random
import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tasks.backfill import spool, web
from tasks.backfill.patience import Patience
from tasks.backfill.remote import HttpReader, Remote, open_reader
from tasks.backfill.spool import download
from tasks.backfill.web import MissingError, RefusedError, Web, agent, retry_after
from tasks.config import Settings
from tasks.errors import CorpusError, TransientError, UnitError
from tasks.progress import pause, stoppable
from tests.unit.backfill.archive_server import Archive, Handler, answers, breaks_off, serving

BODY = random.Random(4).randbytes(300_000)
NAME = "/a.warc.gz"


@pytest.fixture
def client():
    """A client whose connections are closed with the test."""
    with closing(Web(agent("me@example.org"), timeout=2)) as opened:
        yield opened


QUICK = Patience(tries=3, first_pause=0.0)


@pytest.fixture
def archive():
    with serving(Archive({NAME: BODY})) as served:
        yield served


def get(
    archive: Archive, root: Path, told: list[int] | None = None, patience: Patience = QUICK
) -> spool.Spooled:
    reader = HttpReader(Web(agent(None), timeout=2))
    try:
        remote = Remote(NAME, archive.url.rstrip("/") + NAME)
        return download(reader, remote, root, patience, (told if told is not None else []).append)
    finally:
        reader.close()


def test_a_file_is_known_by_its_contents(archive, tmp_path):
    told: list[int] = []
    done = get(archive, tmp_path, told)
    assert done.path.read_bytes() == BODY
    assert (done.sha256, done.size, sum(told)) == (hashlib.sha256(BODY).hexdigest(), len(BODY), len(BODY))
    assert [path.name for path in spool.spool_folder(tmp_path).iterdir()] == [done.sha256]


@examples(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(0, len(BODY) - 1), max_size=5))
def test_however_often_the_connection_breaks_the_file_comes_whole_and_no_byte_twice(
    archive, tmp_path, breaks
):
    archive.faults[NAME] = [breaks_off(keep) for keep in breaks]
    archive.sent = 0
    done = get(archive, tmp_path / str(random.random()), patience=Patience(10, 0.0))
    assert done.path.read_bytes() == BODY
    assert archive.sent == len(BODY)


def test_what_a_killed_run_got_is_not_asked_for_again(archive, tmp_path):
    archive.faults[NAME] = [breaks_off(100_000)]
    with pytest.raises(UnitError, match="1 tries"):
        get(archive, tmp_path, patience=Patience(1, 0.0))
    archive.asked.clear()
    assert get(archive, tmp_path).path.read_bytes() == BODY
    assert ("GET", NAME, "bytes=100000-") in archive.asked


def test_a_server_without_ranges_sends_it_all_again(archive, tmp_path):
    archive.faults[NAME] = [breaks_off(100_000)]
    archive.ranges = False
    told: list[int] = []
    assert get(archive, tmp_path, told).path.read_bytes() == BODY
    assert sum(told) == len(BODY)


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_that_answers_no_head_is_asked_for_the_file(archive, tmp_path, monkeypatch, status):
    monkeypatch.setattr(Handler, "do_HEAD", lambda handler: handler.reply(status, b""))
    assert get(archive, tmp_path).path.read_bytes() == BODY


def test_a_server_that_sends_short_ranges_is_asked_on(archive, tmp_path):
    def short(handler, data):
        handler.reply(206, data[:1000], {"Content-Range": f"bytes 0-999/{len(data)}"})
        return True

    archive.faults[NAME] = [breaks_off(0), short]
    assert get(archive, tmp_path).path.read_bytes() == BODY


def test_a_range_that_was_not_asked_for_is_not_taken(archive, tmp_path):
    def wrong(handler, data):
        handler.reply(206, data[7:], {"Content-Range": f"bytes 7-{len(data) - 1}/{len(data)}"})
        return True

    archive.faults[NAME] = [breaks_off(1000), wrong]
    assert get(archive, tmp_path).path.read_bytes() == BODY


def test_a_file_that_changes_while_it_is_read_is_refused(archive, tmp_path):
    def change(handler, data):
        breaks_off(1000)(handler, data)
        archive.files[NAME] = data[::-1]
        return True

    archive.faults[NAME] = [change]
    with pytest.raises(UnitError, match="was changed while it was read"):
        get(archive, tmp_path)
    assert get(archive, tmp_path).path.read_bytes() == BODY[::-1]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_that_is_busy_is_asked_again(archive, tmp_path, status):
    archive.faults[NAME] = [answers(status), answers(status, Retry_After="0")]
    assert get(archive, tmp_path).size == len(BODY)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (404, MissingError, "not there"),
        (410, MissingError, "not there"),
        (403, RefusedError, "wants a key"),
        (401, RefusedError, "refused"),
        (400, UnitError, "status 400"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(archive, tmp_path, status, error, says):
    archive.faults[NAME] = [answers(status)]
    with pytest.raises(error, match=says):
        get(archive, tmp_path)
    assert len([one for one in archive.asked if one[0] == "GET"]) == 1


def test_a_server_that_wants_hours_of_rest_is_left_alone(archive, tmp_path):
    archive.faults[NAME] = [answers(503, Retry_After="7200")]
    with pytest.raises(UnitError, match="asks for 7200 s of rest"):
        get(archive, tmp_path)


@pytest.mark.parametrize(
    "place",
    ["http://169.254.169.254/latest/", "//localhost/secret", "http://127.0.0.2:1/", "file:///etc/passwd"],
)
def test_a_redirect_to_another_host_is_not_followed(archive, tmp_path, place):
    archive.faults[NAME] = [answers(302, Location=place)]
    with pytest.raises(UnitError, match=r"another host|not an address"):
        get(archive, tmp_path)


def test_redirects_on_the_same_host_are_followed_up_to_a_bound(client, archive, tmp_path):
    archive.files["/old"] = b""
    archive.faults["/old"] = [answers(301, Location=NAME)]
    assert client.read(archive.url + "old", 1_000_000) == BODY
    archive.faults["/old"] = [answers(301, Location="/old")] * 9
    with pytest.raises(UnitError, match="more than 5 redirects"):
        client.read(archive.url + "old", 1_000_000)


def test_a_list_without_end_is_not_read_to_its_end(client, archive):
    with pytest.raises(UnitError, match="more than 1000 bytes"):
        client.read(archive.url.rstrip("/") + NAME, 1000)


def test_a_body_that_drips_is_given_up(client, archive, monkeypatch):
    now = iter(range(0, 10_000, 50))
    client.clock = lambda: float(next(now))
    archive.files["/drip"] = b"x" * 40
    monkeypatch.setattr(web, "READ", 2)
    with pytest.raises(TransientError, match="bytes in"):
        client.read(archive.url + "drip", 1000)


def test_a_silent_server_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(TransientError, match=r"nothing came for 0\.2 s"):
            Web(agent(None), timeout=0.2).read(url, 10)


def test_nobody_there_is_said_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TransientError, match="ConnectionRefusedError"):
        Web(agent(None)).read(f"http://127.0.0.1:{port}/", 10)


def test_connections_are_kept_and_opened_anew_when_the_server_closed_them(client, archive):
    url = archive.url.rstrip("/") + NAME
    assert client.read(url, 1_000_000) == BODY
    first = next(iter(client.connections.values()))
    assert client.read(url, 1_000_000) == BODY
    assert next(iter(client.connections.values())) is first
    first.sock.shutdown(socket.SHUT_RDWR)
    assert client.read(url, 1_000_000) == BODY


def test_a_full_disk_is_said_before_anything_is_fetched(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SPARE", 1 << 60)
    with pytest.raises(UnitError, match="make room"):
        get(archive, tmp_path)
    assert archive.sent == 0


def test_a_folder_that_cannot_be_written_is_named(archive, tmp_path):
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(UnitError, match="cannot be kept in"):
        get(archive, tmp_path)


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/passwd", "/etc/passwd", "gopher:"])
def test_only_addresses_that_can_be_read_are_read(url):
    with pytest.raises(UnitError):
        open_reader(url, Settings())


@pytest.mark.parametrize(
    "url", ["http://", "http://h:99999/", "http://a b/", "http://h/\r\nX: y", "http://[::1/"]
)
def test_addresses_that_are_none_are_refused(client, url):
    with pytest.raises(UnitError):
        client.read(url, 10)


def test_a_run_that_is_stopped_does_not_wait_for_its_pauses():
    with stoppable():
        from contextvars import copy_context

        context, ended = copy_context(), threading.Event()

        def sleeper() -> None:
            try:
                context.run(pause, 60)
            except CorpusError as error:
                assert "stopped" in str(error)
                ended.set()

        thread = threading.Thread(target=sleeper)
        thread.start()
    assert ended.wait(5)
    thread.join()


def test_retry_after_is_seconds_or_a_date_or_nothing():
    assert retry_after("7") == 7
    assert retry_after("Fri, 01 Jan 2010 00:00:00 GMT") == 0
    assert retry_after(None) is retry_after("soon") is retry_after("-1") is None


def test_the_agent_names_us_and_the_contact_that_is_set():
    assert agent(None).startswith("columninch/")
    assert agent("me@example.org").endswith("(+me@example.org)")


def test_proxies_of_the_environment_are_used(client, archive, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(TransientError, match=r"ConnectionRefused|Tunnel"):
        client.read(archive.url + "a.warc.gz", 1_000_000)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert os.environ["http_proxy"]
    assert client.read(archive.url + "a.warc.gz", 1_000_000) == BODY
