"""The live pages: the same numbers as the queries, nothing written, nothing injected, strangers refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.export import plain_text
from tasks.analyse.lake import connect
from tasks.analyse.queries import list_queries
from tasks.errors import ConfigError
from tasks.report import desk, serve
from tasks.report.desk import Desk

PLAN = Plan(
    articles=400, days=40, sources=3, actors=15, recent_days=10, rises=1, bursts=0, gaps=1, text_words=12
)
INJECTIONS = [
    "x'); DROP TABLE articles; --", "' OR 1=1 --", "$1", "'; COPY articles TO '/tmp/stolen.csv'; --", "read_csv('/etc/passwd')", "\u0000",
    "<script>alert(1)</script>", "../../etc/passwd", "{{ 7*7 }}", "%27%20OR%201", "\u202e", "a" * 10_000,
]  # fmt: skip


class Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("live lake")
    make_lake(root, PLAN)
    return root


@pytest.fixture(scope="module")
def client(lake: Path) -> Iterator[TestClient]:
    opened = Desk(lake)
    yield TestClient(
        serve.make_app(opened, "A <title>"), base_url="http://127.0.0.1:8616", follow_redirects=False
    )
    opened.close()


def seals(lake: Path) -> dict[str, str]:
    """A hash of every file of the lake."""
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(lake.rglob("*")) if p.is_file()
    }


def example(query: Any) -> dict[str, str]:
    """Parameters with which a query of the planted lake has an answer."""
    known = {"actor": "ci:00001", "topic": "medtop:02000000", "words": "the"}
    return {p.name: known[p.name] for p in query.parameters if p.is_required}


@pytest.mark.parametrize("query", list_queries(), ids=lambda query: query.name)
def test_a_download_has_the_rows_of_the_query(client: TestClient, lake: Path, query: Any) -> None:
    given = example(query)
    with connect(lake) as opened:
        relation = opened.query(query.name, **given)
        columns, rows = list(relation.columns), relation.fetchall()
    table = list(csv.reader(io.StringIO(client.get(f"/query/{query.name}.csv", params=given).text)))
    assert table[0] == columns
    for shown, row in zip(table[1:], rows, strict=True):
        for text, value in zip(shown, row, strict=True):
            if isinstance(value, float):  # threads may add up in another order
                assert float(text) == pytest.approx(value, rel=1e-9)
            else:
                assert text == ("" if value is None else plain_text(value))
    listed = client.get(f"/query/{query.name}.json", params=given).json()
    assert [list(row) for row in listed] == [columns] * len(rows)


def test_parquet_and_arrow_are_what_they_say(client: TestClient) -> None:
    parquet = client.get("/query/rising_actors.parquet")
    arrow = client.get("/query/rising_actors.arrow")
    assert (
        pq.read_table(io.BytesIO(parquet.content)).num_rows
        == pa.ipc.open_file(arrow.content).read_all().num_rows
        == 15
    )
    assert "rising_actors.parquet" in parquet.headers["content-disposition"]


@pytest.mark.parametrize("query", list_queries(), ids=lambda query: query.name)
def test_every_query_has_a_page_that_asks_and_answers(client: TestClient, query: Any) -> None:
    empty = client.get(f"/query/{query.name}")
    assert empty.status_code == 200
    fields = {
        a["name"]
        for tag, a in Page(empty.text).tags
        if (tag in ("input", "select") and a.get("name") != "words") or a.get("id") == "p-words"
    }
    assert fields == {p.name for p in query.parameters}
    assert client.get(f"/query/{query.name}", params=example(query)).status_code == 200


def test_a_page_has_the_numbers_of_its_queries(client: TestClient, lake: Path) -> None:
    page = Page(client.get("/actor/ci:00001").text)
    with connect(lake) as opened:
        named = sum(row[3] for row in opened.actor_trend(actor="ci:00001").fetchall())
        name, total = opened.sql(
            "SELECT (SELECT name FROM actors WHERE actor_id = 'ci:00001'), (SELECT count(DISTINCT group_id) FROM articles)"
        ).fetchall()[0]
    assert f"Named in {named} of {total} reports" in page.text
    assert name in page.text


def test_a_name_or_alias_leads_to_the_page_of_its_id(client: TestClient, lake: Path) -> None:
    with connect(lake) as opened:
        name = opened.sql("SELECT name FROM actors WHERE actor_id = 'ci:00001'").fetchall()[0][0]
    answer = client.get(f"/actor/{name.upper()}", params={"language": "en"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/actor/ci%3A00001?language=en")
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.slow
def test_the_overview_is_the_report_under_the_readers_filter(client: TestClient, lake: Path) -> None:
    with connect(lake) as opened:
        source, articles = opened.sql(
            "SELECT source, count(*) FROM articles GROUP BY source ORDER BY 2 DESC, 1"
        ).fetchall()[0]
    shown = client.get("/", params={"sources": source})
    figures = [word for word in Page(shown.text).text.split("\n") if word.strip()]
    assert str(articles) in " ".join(figures)
    links = [
        a["href"]
        for tag, a in Page(shown.text).tags
        if tag == "a" and str(a.get("href")).startswith("/actor/")
    ]
    assert links
    assert all("sources=" in str(link) for link in links), "the filter goes along"
    assert all(client.get(str(link)).status_code == 200 for link in links[:3])


@pytest.mark.parametrize(
    "values",
    [{"start": "x"}, {"start": "2025-02-01", "until": "2025-02-01"}, {"count": "all"}, {"until": "2025-13-01"}, {"count": "articles'"}],
)  # fmt: skip
def test_a_filter_that_does_not_fit_is_explained(client: TestClient, values: dict[str, str]) -> None:
    answer = client.get("/", params=values)
    assert answer.status_code == 400
    assert "That cannot be asked" in answer.text


def test_a_filter_without_articles_says_so(client: TestClient) -> None:
    assert "No article under this filter" in client.get("/", params={"start": "2031-01-01"}).text
    assert (
        "No article under this filter" in client.get("/actor/ci:00001", params={"start": "2031-01-01"}).text
    )


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_an_address_holds_is_a_value_and_nothing_else(client: TestClient, lake: Path, text: str) -> None:
    before = seals(lake)
    addresses: list[tuple[str, dict[str, str]]] = [
        ("/query/actor_trend", {"actor": text}), ("/query/actor_trend.json", {"actor": text}), ("/query/places", {"sources": text}),
        ("/query/search", {"words": text}), ("/find", {"words": text}), ("/", {"sources": text}), ("/", {"language": text}),
        ("/query/coverage", {"bucket": text}), ("/query/coverage", {text[:50] or "x": "1"}), ("/query/rising_actors", {"top": text}),
    ]  # fmt: skip
    first = INJECTIONS.index(text) % 4
    for address, values in addresses[first::4]:
        answer = client.get(address, params=values)
        assert answer.status_code in (200, 400), (address, answer.text[:500])
        if answer.headers["content-type"].startswith("text/html"):
            page = Page(answer.text)
            assert [a for tag, a in page.tags if tag == "script"] == [{"src": "/live.js"}]
            assert "49" not in page.text or "{{ 7*7 }}" not in text
    assert seals(lake) == before
    assert not Path("/tmp/stolen.csv").exists()


@pytest.mark.parametrize("address", ["/nothing", "/query/nothing", "/query/articles.csv", "/query/coverage.exe", "/actor/nobody at all", "/topic/x", "/live.py", "/../page.py", "/query/../../etc/passwd"])  # fmt: skip
def test_what_is_not_there_is_said_so(client: TestClient, address: str) -> None:
    assert client.get(address).status_code in (400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_sent(client: TestClient, method: str) -> None:
    assert client.request(method, "/query/coverage").status_code == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8616", "127.0.0.1.evil.example", "", "[::2]:8616"]
)
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "script" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8616", "localhost", "LOCALHOST:1", "[::1]:8616"])
def test_names_of_this_machine_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/queries", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("address", ["/queries", "/nothing", "/query/coverage.csv", "/live.js", "/?start=x"])
def test_every_answer_forbids_what_it_does_not_need(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == serve.POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_many_may_ask_at_once(client: TestClient) -> None:
    addresses = [
        "/queries",
        "/actor/ci:00001",
        "/query/actor_trend?actor=ci:00002",
        "/query/places.json",
        "/find?words=a",
    ] * 4
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(client.get, addresses)} == {200}


def test_the_pages_follow_the_marts(tmp_path: Path) -> None:
    make_lake(tmp_path, PLAN)
    opened = Desk(tmp_path)
    live = TestClient(serve.make_app(opened, "T"), base_url="http://localhost")
    first = len(live.get("/query/coverage.json").json())
    make_lake(
        tmp_path,
        Plan(
            articles=400,
            days=20,
            sources=5,
            actors=15,
            rises=0,
            bursts=0,
            gaps=0,
            text_words=0,
            recent_days=5,
        ),
    )
    second = live.get("/query/coverage.json").json()
    assert len(second) != first
    assert len(opened.ask_choices().sources) == 5
    opened.close()


def test_an_answer_is_asked_once_while_the_marts_stay_as_they_are(lake: Path) -> None:
    asked = []

    def ask(reader: object, value: int) -> int:
        asked.append(value)
        return value

    opened = Desk(lake)
    assert [opened.remember(ask, 7), opened.remember(ask, 7), opened.remember(ask, 8)] == [7, 7, 8]
    assert asked == [7, 8]
    opened.close()


def test_a_question_under_which_the_marts_change_is_asked_again(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Desk(lake)
    monkeypatch.setattr(desk, "PAUSE_SECONDS", 0.0)
    failed: list[int] = []

    def ask(reader: object, is_changing: bool) -> str:
        failed.append(len(failed))
        if len(failed) > 2:
            return "answered"
        if is_changing:
            monkeypatch.setattr(desk, "stamp_marts", lambda root: (len(failed), 1))
        raise duckdb.IOException("TProtocolException: Invalid data")

    assert opened.ask(ask, True) == "answered"
    failed.clear()
    monkeypatch.setattr(desk, "stamp_marts", lambda root: (1, 1))
    with pytest.raises(duckdb.IOException):
        opened.ask(ask, False)
    assert failed == [0], "what fails while nothing changes is an error"
    opened.close()


def test_an_empty_lake_is_no_lake_to_serve(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hold no article yet"):
        Desk(tmp_path)
    with pytest.raises(ConfigError, match="there is no lake here"):
        Desk(tmp_path / "nothing")


NASTY = ["</script><script>alert('x')</script>", "<img src=x onerror=alert(1)>", "مرحبا بالعالم \u202eabc", "long " * 400, "' onfocus='x", "a\r\nSet-Cookie: x", "{{ 7*7 }}"]  # fmt: skip


def spoil(lake: Path) -> None:
    """Put hostile text into every name, headline, address and outlet of the marts."""
    columns = {"title", "source", "name", "url", "canonical_url", "lead"}
    for path in lake.glob("marts/**/*.parquet"):
        table = pq.read_table(path, partitioning=None)
        for name in columns & set(table.column_names):
            texts = [
                v if v is None else NASTY[hash_of(v) % len(NASTY)] + f" {v}" for v in table[name].to_pylist()
            ]
            index = table.column_names.index(name)
            table = table.set_column(
                index, table.schema.field(name), pa.array(texts, table.schema.field(name).type)
            )
        pq.write_table(table, path)


def hash_of(value: str) -> int:
    """A number that is the same on every run."""
    return int(hashlib.sha256(value.encode()).hexdigest()[:8], 16)


@pytest.mark.slow
def test_a_hostile_lake_is_shown_as_text(tmp_path: Path) -> None:
    from tasks.report.page import build_report

    make_lake(
        tmp_path,
        Plan(
            articles=120,
            days=40,
            sources=3,
            actors=12,
            rises=1,
            bursts=0,
            gaps=1,
            text_words=5,
            recent_days=10,
        ),
    )
    spoil(tmp_path)
    opened = Desk(tmp_path)
    live = TestClient(serve.make_app(opened, NASTY[0]), base_url="http://localhost")
    texts = [
        live.get(address)
        for address in ("/", "/actor/ci:00001", "/query/samples?top=50", "/find?words=a", "/queries")
    ]
    assert {answer.status_code for answer in texts} == {200}
    for html in [*(answer.text for answer in texts), build_report(tmp_path, NASTY[0])]:
        page = Page(html)
        assert len([tag for tag, _ in page.tags if tag == "script"]) == 1
        assert not [tag for tag, _ in page.tags if tag in ("img", "iframe", "object")]
        assert not [name for _, a in page.tags for name in a if name.startswith("on")]
        hrefs = [str(a["href"]) for _, a in page.tags if "href" in a]
        assert not [
            href for href in hrefs if not href.startswith(("http://", "https://", "/", "#", "data:,"))
        ]
    assert "set-cookie" not in texts[0].headers
    opened.close()


@pytest.mark.slow
@pytest.mark.parametrize(("articles", "days"), [(1, 1), (8, 430)])
def test_lakes_of_one_article_and_with_empty_months_have_a_page(
    tmp_path: Path, articles: int, days: int
) -> None:
    from tasks.report.page import build_report

    make_lake(
        tmp_path,
        Plan(
            articles=articles,
            days=days,
            sources=1,
            actors=12,
            rises=0,
            bursts=0,
            gaps=0,
            text_words=3,
            recent_days=1,
        ),
    )
    with connect(tmp_path) as opened:
        number = opened.sql("SELECT count(*) FROM articles").fetchall()[0][0]
    text = Page(build_report(tmp_path)).text
    assert ("No articles yet" in text) == (number == 0)
    assert number == 0 or "What rose" in text


def test_the_host_of_a_header_is_read_without_its_port() -> None:
    found = [serve.host_of(named) for named in ("a.example:80", "A.example", "[::1]:8616", "[::1", "")]
    assert found == ["a.example", "a.example", "[::1]", "[", ""]


def test_a_filter_is_kept_in_order_and_without_what_is_empty() -> None:
    given = desk.fit_filter(
        {"count": "articles", "sources": "B, A", "start": "2025-01", "until": " ", "other": "x"}
    )
    assert [name for name, _ in given] == ["start", "sources", "count"]
    assert desk.plain(given)["sources"] == ["B", "A"]
    assert serve.suffix_of(given) == "?start=2025-01-01&sources=B%2CA&count=articles"
    assert hash(given)


def test_questions_take_along_what_they_can() -> None:
    from tasks.report.asked import questions

    found = questions("actor", "ci:1 &", desk.fit_filter({"count": "articles", "language": "en"}))
    suffixes = {one["name"]: one["suffix"] for one in found}
    assert suffixes["actor_trend"] == "?actor=ci%3A1+%26&language=en&count=articles"
    assert suffixes["lead_lag"] == "?actor=ci%3A1+%26&language=en"


def test_calls_elsewhere_quote_what_they_hold() -> None:
    from tasks.analyse.queries import find_query
    from tasks.report.asked import calls

    found = calls(find_query("actor_trend"), {"actor": "Côte d'Ivoire", "sources": "A,B", "bucket": "day"})
    assert json.dumps(found, ensure_ascii=False) == json.dumps(
        [
            "columninch query actor_trend --actor='Côte d'\"'\"'Ivoire' --sources=A,B --bucket=day",
            "connect(lake).actor_trend(actor=\"Côte d'Ivoire\", sources=['A', 'B'], bucket='day')",
            "FROM actor_trend('Côte d''Ivoire', sources := ['A', 'B'], bucket := 'day');",
        ],
        ensure_ascii=False,
    )
