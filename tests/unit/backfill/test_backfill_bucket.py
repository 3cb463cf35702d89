"""Files in a bucket: every page of its list, ranged reads, refusals in words.  The bucket is emulated on loopback."""

import http.client

import pytest

from tasks.backfill.archives import plan_ccnews
from tasks.backfill.bucket import BucketReader
from tasks.backfill.days import parse_span
from tasks.backfill.patience import Patience
from tasks.backfill.remote import Remote, open_reader
from tasks.backfill.spool import download
from tasks.backfill.web import MissingError, RefusedError
from tasks.config import BackfillSettings, Settings
from tasks.errors import ConfigError, UnitError
from tasks.store import Lake

QUICK = Settings(backfill=BackfillSettings(tries=1))
FOLDER = "crawl-data/CC-NEWS/2019/03"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base():
    """1,203 files in one folder of an emulated bucket, two of them of CC-NEWS; yields the address above it."""
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("ACCESS_KEY_ID", "testing"),
            ("SECRET_ACCESS_KEY", "testing"),
            ("EC2_METADATA_DISABLED", "true"),
        ):
            patch.setenv(f"AWS_{name}", value)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        connection = http.client.HTTPConnection(host, port)

        def put(path: str, data: bytes = b"") -> None:
            connection.request("PUT", path, data)
            connection.getresponse().read()

        put("/news")
        for place in range(1201):
            put(f"/news/{FOLDER}/A-{place:04}", b"-")
        put(f"/news/{FOLDER}/CC-NEWS-20190301000000-00001.warc.gz", b"0123456789" * 1000)
        put(f"/news/{FOLDER}/CC-NEWS-20190331235959-00002.warc.gz", b"x")
        yield f"s3://news?endpoint_override=http://{host}:{port}&region=us-east-1"
        connection.close()
        server.stop()


def below(base: str, path: str) -> str:
    return base.replace("s3://news", f"s3://news/{path}")


def test_every_page_of_a_list_is_read(base):
    reader = BucketReader(base)
    found = list(reader.list(below(base, FOLDER)))
    assert len(found) == 1203
    assert found == sorted(found)
    assert {size for _, (size, _) in found} == {1, 10_000}
    assert list(reader.list(below(base, "nothing/here"))) == []


def test_a_span_of_days_is_planned_with_sizes_from_the_list(base, tmp_path):
    plan = plan_ccnews(Lake(tmp_path), QUICK, parse_span("2019-03", "--ccnews"), "newest", base)
    assert [(one.remote.name.rpartition("/")[2], one.remote.size) for one in plan.files] == [
        ("CC-NEWS-20190331235959-00002.warc.gz", 1),
        ("CC-NEWS-20190301000000-00001.warc.gz", 10_000),
    ]
    assert plan.odd == 1201
    with pytest.raises(ConfigError, match="has no list"):
        plan_ccnews(Lake(tmp_path), QUICK, parse_span("2019-04", "--ccnews"), "newest", base)


def test_a_file_is_read_from_any_place_on(base, tmp_path):
    url = below(base, f"{FOLDER}/CC-NEWS-20190301000000-00001.warc.gz")
    reader = open_reader(url, QUICK)
    with reader.stream(url, 9_995) as part:
        assert (part.start, part.found.size, b"".join(part.body)) == (9_995, 10_000, b"56789")
    with reader.stream(url, 3, 7) as part:
        assert b"".join(part.body) == b"3456"
    assert reader.read(url, 10_000) == b"0123456789" * 1000
    with pytest.raises(UnitError, match="more than 9999 bytes"):
        reader.read(url, 9_999)
    done = download(reader, Remote("a", url), tmp_path, Patience(1, 0.0), lambda _: None)
    assert done.size == 10_000
    reader.close()


def test_what_is_not_there_and_what_is_refused_is_said(base):
    reader = BucketReader(base)
    with pytest.raises(MissingError, match="not there"):
        reader.find(below(base, "none"))
    stranger = base + "&anonymous=true"
    with pytest.raises(RefusedError, match="check the keys"):
        BucketReader(stranger).find(below(stranger, f"{FOLDER}/A-0001"))


def test_an_address_with_unknown_words_is_refused():
    with pytest.raises(UnitError, match="secret_key is not known"):
        open_reader("s3://news?secret_key=x", QUICK)
