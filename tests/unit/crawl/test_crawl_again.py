"""When things are asked for again, what is kept of them then, and how the frontier comes back from the archives."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.config import CrawlSettings, Source, load_settings
from tasks.crawl.archive import is_feeds
from tasks.crawl.crawler import open_crawler
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import FILE, MOST_VISITS, Visit, open_frontier
from tasks.crawl.gates import Gates, Manners
from tasks.crawl.rebuild import LOCK, rebuild_frontier
from tasks.crawl.recover import Stored, read_kept
from tasks.crawl.revisit import FIRST, LONGEST, SHORTEST, next_look, next_pause, pause_after_failure
from tasks.crawl.run import ROUNDS, Crawled, crawl
from tasks.crawl.states import load_hosts, load_list, load_lists, save_hosts
from tasks.errors import ConfigError, CorpusError
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving

NOW = 1_756_800_000.0
HOUR = 3600.0
SETTINGS = CrawlSettings(
    contact="test@example.org", delay_seconds=0, timeout_seconds=2.0, allow_hosts=("127.0.0.2", "127.0.0.3")
)


class Town:
    """An outlet that can be crawled again and again, at times of the test's choosing."""

    def __init__(self, lake: Path, *paths: str) -> None:
        self.lake, self.paths, self.runs = lake, list(paths), 0
        self.server = Server("127.0.0.2", {path: web.article_page(path) for path in paths})
        self.feed: web.Answer | bytes | tuple[int, dict[str, str], bytes] | None = None
        self.source = Source(name="Town")

    def crawl(
        self,
        hours: float = 0.0,
        *,
        due_only: bool = False,
        settings: CrawlSettings = SETTINGS,
        source: Source | None = None,
    ) -> Crawled:
        self.runs += 1
        self.server.asked.clear()

        async def main() -> Crawled:
            clock = NOW + hours * HOUR
            async with (
                serving(self.server),
                open_crawler(self.lake, settings, clock=lambda: clock) as crawler,
            ):
                links = [f"{self.server.url}{path}" for path in self.paths]
                self.server.answers["/feed.xml"] = self.feed or web.conditional(web.rss(*links))
                self.source = source or Source(name="Town", feeds=(f"{self.server.url}/feed.xml",))
                return await crawl(crawler, self.source, f"r{self.runs:02}", due_only=due_only)

        return asyncio.run(main())

    def asked(self) -> list[str]:
        return sorted(one.path for one in self.server.asked if one.path != "/robots.txt")

    def records(self, *, feeds: bool = False, kind: str = "") -> list[Stored]:
        paths = [path for path in sorted(self.lake.glob("raw/*/*/*.warc.gz")) if is_feeds(path) == feeds]
        return [one for path in paths for one in read_kept(path) if not kind or one.kind == kind]


# when


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0, 3e6)), max_size=60))
def test_a_pause_stays_between_minutes_and_months(visits: list[tuple[int, float]]) -> None:
    pause = 0.0
    for fresh, elapsed in visits:
        pause = next_pause(pause, elapsed, fresh, 30)
        assert SHORTEST <= pause <= LONGEST


def test_what_changes_is_asked_sooner_and_what_does_not_later() -> None:
    assert next_pause(0.0, 0.0, 30, 30) == FIRST
    full, some, none = (next_pause(HOUR, HOUR, fresh, 30) for fresh in (30, 2, 0))
    assert full < some < HOUR < none
    assert next_pause(HOUR, 10.0, 0, 30) == HOUR  # asked again at once, a list cannot be new
    assert next_pause(HOUR, 10.0, 3, 30) < HOUR
    pauses = [pause_after_failure(HOUR, failures) for failures in range(1, 60)]
    assert all(earlier <= later for earlier, later in pairwise(pauses)) and pauses[-1] == LONGEST


def test_a_feed_settles_between_twice_as_often_and_half_as_often_as_it_changes() -> None:
    for every in (900.0, 6 * HOUR, 10 * 24 * HOUR):
        now = pause = last = 0.0
        pauses = []
        for _ in range(300):
            fresh = int(now // every) - int(last // every)
            pause = next_pause(pause, now - last, fresh, 30)
            last, now = now, now + pause
            pauses.append(pause)
        mean = sum(pauses[100:]) / 200
        assert every / 4 <= mean <= every * 2, (every, mean)


@given(st.lists(st.floats(0.5, 1000), max_size=6), st.integers(1, 9))
def test_looks_at_a_page_come_to_an_end(hours: list[float], number: int) -> None:
    at = next_look(NOW, number, hours)
    assert at == 0.0 if number > len(hours) else at == NOW + hours[number - 1] * HOUR


def test_lists_are_left_alone_until_they_are_due(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.crawl()
    assert town.crawl(0.5, due_only=True).feeds == {town.source.feeds[0]: "not due"}
    assert not town.server.asked  # not even for robots.txt
    town.paths.append("/b")
    town.server.answers["/b"] = web.article_page("b")
    later = town.crawl(1.1, due_only=True)
    assert later.fetched == 1 and town.asked() == ["/b", "/feed.xml"]
    assert town.crawl(1.2).feeds == {town.source.feeds[0]: "not_modified"}  # asked for by hand, it is asked


def test_a_list_that_fails_is_asked_ever_later(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.feed = (500, {}, b"")
    asked, hours = [], 0.0
    for _ in range(12):
        town.crawl(hours, due_only=True)
        asked.append(bool(town.server.asked))
        hours += 1.0
    assert asked[0] and not all(asked) and sum(asked) >= 3
    with open_frontier(tmp_path) as frontier:
        state = load_list(frontier, town.source.feeds[0])
    assert state.failures == sum(asked) and state.status.startswith("server_error")


# articles, again


def test_articles_are_looked_at_again_on_a_schedule_that_decays(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.server.answers["/a"] = web.conditional(
        (200, {"ETag": '"1"', "Content-Type": "text/html"}, web.article_page("a"))
    )
    assert town.crawl().fetched == 1
    looks = []
    for hour in range(1, 400):
        done = town.crawl(float(hour)) if hour in (3, 5, 10, 28, 30, 190, 198, 300, 399) else None
        if done is not None and done.asked:
            assert done.counts == {Result.NOT_MODIFIED: 1}
            looks.append(hour)
    assert looks == [5, 30, 198]  # 4 h after fetching, 24 h after that, 168 h after that, and never again
    revisits = town.records(kind="revisit")
    assert len(revisits) == 3
    (first,) = town.records(kind="response")
    for one in revisits:
        assert one.fields["warc-profile"].endswith("/revisit/server-not-modified") and one.status == 304
        assert one.fields["warc-refers-to-date"] == first.fields["warc-date"]
        assert one.fields["warc-refers-to-target-uri"] == one.url and one.digest == first.digest


def test_an_article_that_was_changed_is_a_capture_of_its_own(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.crawl()
    assert town.crawl(5.0).counts == {Result.NOT_MODIFIED: 1}  # no ETag, but the same bytes
    town.server.answers["/a"] = web.article_page("changed")
    assert town.crawl(30.0).counts == {Result.FETCHED: 1}
    assert [one.kind for one in town.records() if one.kind in ("response", "revisit")] == [
        "response",
        "revisit",
        "response",
    ]
    (same,) = town.records(kind="revisit")
    assert same.fields["warc-profile"].endswith("identical-payload-digest") and not same.body


def test_an_article_that_is_gone_stays_fetched_and_is_not_asked_for_again(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.crawl()
    town.server.answers["/a"] = (410, {}, b"gone")
    assert town.crawl(5.0).counts == {Result.CLIENT_ERROR: 1}
    assert all(town.crawl(hours).asked == 0 for hours in (30.0, 400.0))
    with open_frontier(tmp_path) as frontier:
        assert frontier.counts("Town") == {"fetched": 1}


def test_who_wants_no_second_look_gets_none(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    never = SETTINGS.model_copy(update={"look_again_hours": ()})
    town.crawl(settings=never)
    assert town.crawl(1000.0, settings=never).asked == 0


def dated(url: str, at: str) -> bytes:
    return f"<urlset><url><loc>{url}/a</loc><lastmod>{at}</lastmod></url></urlset>".encode()


def test_a_later_lastmod_brings_an_article_back_and_a_date_that_always_moves_does_not_for_ever(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path, "/a")
    town.server.port = 18_231
    source = Source(name="Town", sitemaps=(f"{town.server.url}/map.xml",))
    counts = []
    for minute in range(40):
        at = f"2025-09-02T07:{minute:02}:00Z" if minute else "2025-09-02T07:00:00Z"
        town.server.answers["/map.xml"] = (200, {}, dated(town.server.url, at))
        counts.append(town.crawl(minute / 60, source=source).asked)
    assert counts[:2] == [1, 1] and sum(counts) == MOST_VISITS and counts[-1] == 0


def test_the_same_date_again_brings_nothing_back(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.server.port = 18_232
    source = Source(name="Town", sitemaps=(f"{town.server.url}/map.xml",))
    for at in ("2025-09-02", "2025-09-02", "2025-09-02T07:00:00Z", "2031-01-01T00:00:00Z"):
        town.server.answers["/map.xml"] = (200, {}, dated(town.server.url, at))
        town.crawl(source=source)
    assert town.asked() == ["/map.xml"]


def test_a_feed_without_etag_that_is_as_it_was_costs_no_space(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.server.port = 18_233
    town.feed = web.rss(f"{town.server.url}/a")
    town.feed[1].pop("ETag")
    assert town.crawl().listed == 1
    again = town.crawl(1.0)
    assert again.feeds == {town.source.feeds[0]: "unchanged"} and again.asked == 0
    kinds = [
        one.kind
        for one in town.records(feeds=True)
        if one.url.endswith("/feed.xml") and one.kind != "request"
    ]
    assert kinds == ["response", "revisit"]


# hosts


def test_how_a_host_wants_to_be_treated_outlives_a_run(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a")
    town.server.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 0.4")
    town.server.answers["/a"] = (429, {"Retry-After": "7200"}, b"")
    never = SETTINGS.model_copy(update={"connections": 1})
    town.crawl(settings=never)
    with open_frontier(tmp_path) as frontier:
        manners = load_hosts(frontier, NOW + HOUR)["127.0.0.2"]
        assert manners.wanted == 0.4 and 3500 < manners.pause <= 3600 and manners.penalty >= 1.0
    done = town.crawl(1.0)
    assert not town.server.asked and done.asked == 0 and "left alone" in done.feeds[town.source.feeds[0]]


def test_a_host_that_says_in_a_moment_is_asked_again_in_the_same_run(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a", "/b", "/never")
    times = 0

    async def at_first_refused(server: Server, asked: web.Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal times
        times += 1
        too_many = (429, {"Retry-After": "0"}, b"")
        web.send(writer, *(too_many if times == 1 else (200, {}, web.article_page("b"))))
        await writer.drain()

    town.server.answers["/b"] = at_first_refused
    town.server.answers["/never"] = (503, {"Retry-After": "0"}, b"")
    done = town.crawl()
    assert done.counts == {Result.FETCHED: 2, Result.REFUSED: 1 + ROUNDS} and done.asked == sum(
        done.counts.values()
    )
    assert town.server.counts["/a"] == 1 and town.server.counts["/b"] == 2
    assert town.server.counts["/never"] == ROUNDS and done.waiting == 1


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.text("abc.", min_size=1, max_size=5), st.builds(Manners, *[st.floats(0, 1e5)] * 4), max_size=5
    )
)
def test_hosts_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, hosts: dict[str, Manners]
) -> None:
    gates = Gates(0.0, 1, clock=lambda: 50.0)
    gates.recall(hosts)
    with open_frontier(tmp_path_factory.mktemp("lake")) as frontier:
        save_hosts(frontier, gates.manners(), NOW)
        back = load_hosts(frontier, NOW)
    assert back.keys() == hosts.keys()
    for host, manners in hosts.items():
        assert back[host].pause == pytest.approx(manners.pause, abs=1e-3)
        assert (back[host].wanted, back[host].penalty, back[host].latency) == (
            manners.wanted,
            manners.penalty,
            manners.latency,
        )


# the frontier, again


def everything(lake: Path) -> dict[str, Sequence[object]]:
    with open_frontier(lake) as frontier:
        rows = frontier.connection.execute(
            "select key, state, visits, digest, etag from urls order by key"
        ).fetchall()
        lists = {
            url: (state.children, state.digest, state.etag, state.entries)
            for url, state in load_lists(frontier, "Town").items()
        }
    return {"urls": rows, "lists": sorted(lists.items())}


def test_a_frontier_made_anew_knows_pages_visits_failures_and_what_is_due(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a", "/gone", "/broken")
    town.server.answers |= {"/gone": (410, {}, b"gone"), "/broken": (500, {}, b"oops")}
    town.crawl()
    town.crawl(5.0)
    town.paths.append("/late")
    town.server.answers["/late"] = (500, {}, b"oops")
    town.crawl(5.1)
    before = everything(tmp_path)
    (tmp_path / FILE).unlink()
    assert rebuild_frontier(tmp_path, NOW, {"Town": town.source}, SETTINGS)[1] == 1
    assert everything(tmp_path) == before
    states = {str(row[0]).rpartition("/")[2]: row[1] for row in before["urls"]}  # type: ignore[index]
    assert states == {"a": "fetched", "gone": "failed", "broken": "due", "late": "due"}


def test_an_entry_that_a_feed_no_longer_lists_is_not_lost_with_the_frontier(tmp_path: Path) -> None:
    town = Town(tmp_path, "/a", "/slow")
    town.server.answers["/slow"] = (503, {}, b"")
    town.crawl()
    town.paths.remove("/slow")
    town.server.answers["/slow"] = web.article_page("slow")
    rebuild_frontier(tmp_path, NOW, {"Town": town.source}, SETTINGS)
    assert town.crawl(1.0).fetched == 1 and "/slow" in town.asked()


def test_nobody_makes_the_frontier_anew_under_a_crawl(tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / LOCK), pytest.raises(CorpusError, match="a crawl is running"):
        rebuild_frontier(tmp_path, NOW)


def test_a_frontier_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / FILE)
    old.executescript(
        """
        create table urls (key text primary key, url text not null, source text not null,
            state text not null default 'due' check (state in ('due', 'fetched', 'refused', 'failed')),
            attempts integer not null default 0, due_at real not null default 0, reason text, listed_at real not null) without rowid;
        create index urls_due on urls (source, due_at) where state = 'due';
        create table feeds (url text primary key, source text not null, etag text, modified text, checked_at real, status text,
            children text not null default '') without rowid;
        create table archives (path text primary key, source text not null, unit_id text not null, size integer not null,
            sha256 text not null, is_done integer not null default 0) without rowid;
        insert into urls values ('k', 'u', 's', 'fetched', 1, 5.0, null, 1.0), ('l', 'v', 's', 'due', 0, 0, null, 1.0);
        insert into feeds values ('f', 's', '"1"', null, 7.0, 'ok', 'c d');
        pragma user_version = 1;
        """
    )
    old.close()
    for _ in range(2):
        with open_frontier(tmp_path) as frontier:
            assert [one.key for one in frontier.due("s", 1e12, 9)] == ["l"]
            assert frontier.visit("k") is not None and load_list(frontier, "f").etag == '"1"'
    with open_frontier(tmp_path) as frontier:
        frontier.mark_fetched(["k"], "s", NOW, Visit(NOW, 2, next_at=NOW + 1))
        assert [one.last.number for one in frontier.due("s", NOW + 2, 9) if one.last] == [2]


@pytest.mark.parametrize("hours", ["[0]", "[-4]", '["soon"]', "[1e9]", "4"])
def test_hours_that_are_none_stop_before_anything_is_asked(tmp_path: Path, hours: str) -> None:
    path = tmp_path / "corpus.toml"
    path.write_text(f"[crawl]\nlook_again_hours = {hours}\n")
    with pytest.raises(ConfigError, match="look_again_hours"):
        load_settings(path)
