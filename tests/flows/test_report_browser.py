"""The report in headless Chromium: it draws, it is silent, its numbers are those of the marts, and it asks no network.

Chromium is driven over its own protocol with aiohttp, which columninch has anyway.  Without Chromium the tests are
skipped; ``.ci/run`` installs it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from benchmarks.synthetic_marts import Plan, Truth, make_lake
from tasks.analyse.lake import connect
from tasks.report.facts import ask
from tasks.report.page import build_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt-get install chromium)"),
]


class Tab:
    """One page of Chromium: commands, scripts, and what the page wrote to the console or asked of the network."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Drive the page behind *socket*."""
        self.socket = socket
        self.numbers = itertools.count(1)
        self.complaints: list[str] = []
        self.requests: list[str] = []

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of one command; events that come before it are noted."""
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json(timeout=60)
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self.note(message)

    def note(self, event: dict[str, Any]) -> None:
        """Keep errors, warnings and requests."""
        name, about = event.get("method"), event.get("params", {})
        if name == "Runtime.exceptionThrown":
            self.complaints.append(str(about["exceptionDetails"]))
        if name == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(about["args"]))
        if name == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.complaints.append(str(about["entry"]))
        if name == "Network.requestWillBeSent" and not about["request"]["url"].startswith(("data:", "file:")):
            self.requests.append(about["request"]["url"])

    async def run(self, script: str) -> Any:
        """The value of a script; promises are awaited."""
        answer = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def texts(self, selector: str) -> list[str]:
        """The text of every element that *selector* finds."""
        found: list[str] = await self.run(
            f"[...document.querySelectorAll({selector!r})].map(e => e.textContent.trim())"
        )
        return found

    async def open(
        self, path: Path, width: int = 1200, height: int = 900, features: dict[str, str] | None = None
    ) -> None:
        """Load a file at that size and wait until its charts are drawn."""
        await self.go(path.as_uri(), width, height, features)

    async def go(
        self, address: str, width: int = 1200, height: int = 900, features: dict[str, str] | None = None
    ) -> None:
        """Load an address at that size and wait until its charts are drawn."""
        for domain in ("Runtime", "Log", "Network", "Page"):
            await self.send(f"{domain}.enable")
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        wanted = [{"name": name, "value": value} for name, value in (features or {}).items()]
        await self.send("Emulation.setEmulatedMedia", features=wanted)
        await self.send("Page.navigate", url=address)
        await self.wait_for("document.documentElement?.dataset.drawn")

    async def wait_for(self, script: str) -> None:
        """Wait until *script* is true of the page, which may be another one by then."""
        for _ in range(300):
            answer = await self.send("Runtime.evaluate", expression=f"Boolean({script})", returnByValue=True)
            if answer["result"].get("value") is True:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{script} did not become true: {self.complaints}")


@asynccontextmanager
async def open_tab() -> AsyncIterator[Tab]:
    """A page of a Chromium of our own, with a profile that is thrown away."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            port = await _read_port(Path(profile) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                    pages = await answer.json()
                address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    yield Tab(socket)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def _read_port(path: Path, process: subprocess.Popen[bytes]) -> int:
    """The port that Chromium chose, as soon as it says so."""
    for _ in range(400):
        assert process.poll() is None, "chromium ended at once"
        if path.exists() and (lines := path.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.1)
    raise AssertionError("chromium did not start within 40 seconds")


def in_browser(path: Path, act: Callable[[Tab], Awaitable[Any]], **size: Any) -> Any:
    """What *act* returns for the page at *path*."""

    async def visit() -> Any:
        async with open_tab() as tab:
            await tab.open(path, **size)
            result = await act(tab)
            await asyncio.sleep(0.2)
            await tab.run("1")
            assert tab.complaints == []
            assert tab.requests == []
            return result

    return asyncio.run(visit())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, Truth]]:
    """A lake with a planted rise and gaps, the report on it, and what was planted."""
    lake = tmp_path_factory.mktemp("report lake")
    truth = make_lake(lake, Plan(articles=6_000, actors=40, recent_days=14, rises=3, bursts=0))
    page = lake / "report & more.html"
    page.write_text(build_report(lake, "A <planted> rise"), encoding="utf-8")
    yield lake, page, truth


def test_every_chart_is_drawn_without_a_word_on_the_console(planted: tuple[Path, Path, Truth]) -> None:
    async def act(tab: Tab) -> tuple[int, int, int]:
        shown = "[...document.querySelectorAll('svg[role]')].filter(s => s.checkVisibility())"
        places = await tab.run(f"{shown}.length")
        drawn = await tab.run(f"{shown}.filter(s => s.getBoundingClientRect().width > 100).length")
        lines = await tab.run(
            "[...document.querySelectorAll('.lead .line')].filter(p => p.getBoundingClientRect().width > 300).length"
        )
        return places, drawn, lines

    places, drawn, lines = in_browser(planted[1], act)
    assert places == drawn >= 10
    assert lines == 1


def test_the_planted_rise_is_the_headline(planted: tuple[Path, Path, Truth]) -> None:
    lake, page, truth = planted

    async def act(tab: Tab) -> tuple[list[str], list[str]]:
        return await tab.texts("h1"), await tab.texts("#rise-actors tbody th")

    (headline,), names = in_browser(page, act)
    with connect(lake) as opened:
        risen = {
            name
            for (name,) in opened.sql(
                "SELECT name FROM actors WHERE actor_id IN " + str(truth.rising)
            ).fetchall()
        }
    assert any(headline.startswith(name) for name in risen)
    assert risen <= set(names)


def test_numbers_on_the_page_equal_those_in_the_marts(planted: tuple[Path, Path, Truth]) -> None:
    lake, page, _ = planted

    async def act(tab: Tab) -> dict[str, Any]:
        return {
            "figures": await tab.texts(".figures dd"),
            "chosen": await tab.run("document.querySelector('#actors [data-page]:not([hidden])').id"),
            "counts": await tab.texts("#actors [data-page]:not([hidden]) tbody tr td:nth-of-type(1)"),
            "totals": await tab.texts("#actors [data-page]:not([hidden]) tbody tr td:nth-of-type(2)"),
            "outlets": await tab.texts("#outlets tbody td:nth-of-type(1)"),
            "places": await tab.texts("#places tbody td:nth-of-type(2)"),
            "firsts": await tab.texts("#leads .duels tbody td:nth-of-type(1)"),
            "pairs": await tab.run(
                "[...document.querySelectorAll('#leads .duels tbody th')].map(e => [e.firstChild.textContent, e.lastChild.textContent])"
            ),
        }

    shown = in_browser(page, act)
    numbers = {
        key: [int(re.sub(r"\D", "", text)) for text in texts]
        for key, texts in shown.items()
        if key in ("figures", "counts", "totals", "outlets", "places")
    }
    with connect(lake) as opened:
        articles, groups, outlets = opened.sql(
            "SELECT count(*), count(DISTINCT group_id), count(DISTINCT source) FROM articles"
        ).fetchall()[0]
        named = opened.sql(
            "SELECT count(DISTINCT m.group_id) FROM mentions AS m SEMI JOIN articles AS a USING (article_id) WHERE m.actor_id = $actor",
            actor=shown["chosen"].removeprefix("actor-").replace("ci-", "ci:"),
        ).fetchall()[0][0]
        by_outlet = opened.sql(
            "SELECT count(*) FROM articles GROUP BY source ORDER BY count(*) DESC"
        ).fetchall()
        by_place = [row["place_count"] for row in ask(opened, "places", top=150)]
        led = {(r["first_source"], r["later_source"]): r for r in ask(opened, "lead_lag", top=60)}
    assert numbers["figures"][:3] == [articles, groups, outlets]
    assert sum(numbers["counts"]) == named
    assert sum(numbers["totals"]) == groups
    assert numbers["outlets"] == [count for (count,) in by_outlet]
    assert numbers["places"] == by_place
    assert len(shown["pairs"]) == len(led) // 2
    for pair, text in zip(shown["pairs"], shown["firsts"], strict=True):
        row = led[pair[0], pair[1]]
        assert text.startswith(f"{row['first_count']} of {row['shared_count']}")


def test_choosing_an_actor_shows_its_page_alone_and_names_it_in_the_address(
    planted: tuple[Path, Path, Truth],
) -> None:
    async def act(tab: Tab) -> dict[str, Any]:
        look = "[...document.querySelectorAll('#actors [data-page]')].filter(p => p.checkVisibility()).map(p => p.id)"
        before = await tab.run(look)
        await tab.run("document.querySelectorAll('#actors .index a')[2].click()")
        await asyncio.sleep(0.3)
        after, address = await tab.run(look), await tab.run("decodeURIComponent(location.hash)")
        marked = await tab.run("[...document.querySelectorAll('#actors [aria-current]')].map(a => a.hash)")
        where = await tab.run(
            "document.querySelector('#actors [data-page]:not([hidden])').getBoundingClientRect().top"
        )
        await tab.run("history.back()")
        await asyncio.sleep(0.3)
        return {"before": before, "after": after, "address": address, "marked": marked, "where": where}

    found = in_browser(planted[1], act)
    assert len(found["before"]) == len(found["after"]) == 1
    assert found["before"] != found["after"]
    assert found["address"] == "#" + found["after"][0] == found["marked"][0]
    assert 0 <= found["where"] < 900


def test_the_filter_leaves_what_holds_the_words_and_is_of_the_kind(planted: tuple[Path, Path, Truth]) -> None:
    async def act(tab: Tab) -> dict[str, Any]:
        rows = "[...document.querySelectorAll('#actors tr[data-find]')].filter(r => r.checkVisibility())"
        every = await tab.run(
            "[...document.querySelectorAll('#actors tr[data-find] th')].map(e => e.textContent)"
        )
        kinds = await tab.run(
            "[...document.querySelectorAll('#actors tr[data-find]')].map(r => r.dataset.kind)"
        )
        await tab.run("document.querySelector('#actors input').focus()")
        await tab.send("Input.insertText", text=every[3].upper())
        named = await tab.run(f"{rows}.map(r => r.querySelector('th').textContent)")
        said = await tab.texts("#actors output")
        await tab.run(
            "(() => { const f = document.querySelector('#actors form'); f.reset(); f.querySelector('select').value = f.querySelector('select').options[1].value; f.dispatchEvent(new Event('input')); })()"
        )
        return {
            "every": every,
            "kinds": kinds,
            "named": named,
            "said": said,
            "kind": await tab.run(f"{rows}.map(r => r.dataset.kind)"),
        }

    found = in_browser(planted[1], act)
    wanted = [name for name in found["every"] if found["every"][3].lower() in name.lower()]
    assert found["named"] == wanted
    assert found["said"] == [f"{len(wanted)} found"]
    assert set(found["kind"]) == {found["kind"][0]}
    assert len(found["kind"]) == found["kinds"].count(found["kind"][0])


def test_pointing_and_arrow_keys_tell_the_numbers_of_the_table(planted: tuple[Path, Path, Truth]) -> None:
    async def act(tab: Tab) -> dict[str, Any]:
        box = await tab.run(
            "(() => { const b = document.querySelector('.lead .trend').getBoundingClientRect(); return [b.left, b.top, b.width]; })()"
        )
        await tab.send("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + 2, y=box[1] + 60)
        pointed = await tab.texts(".tip > *")
        await tab.run("document.querySelector('#actors [data-page]:not([hidden]) .trend').focus()")
        for key in ("Home", "ArrowRight"):
            await tab.send("Input.dispatchKeyEvent", type="keyDown", key=key, code=key)
        stepped = await tab.texts(".tip > *")
        rows = await tab.run(
            "[...document.querySelectorAll('#actors [data-page]:not([hidden]) tbody tr')].map(r => [...r.children].map(c => c.textContent))"
        )
        await tab.send("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape")
        return {
            "pointed": pointed,
            "stepped": stepped,
            "rows": rows,
            "hidden": await tab.run("document.querySelector('.tip').hidden"),
        }

    found = in_browser(planted[1], act)
    assert found["pointed"][0] == found["rows"][0][0]
    when, count, total, share = found["rows"][1][:4]
    assert found["stepped"][0] == when
    assert found["stepped"][1].startswith(f"{share}, {count} of {total}")
    assert found["hidden"] is True


def test_nothing_is_wider_than_a_small_screen(planted: tuple[Path, Path, Truth]) -> None:
    _, page, _ = planted
    outside = "e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .map .canvas') && !e.closest('.skip')"

    async def act(tab: Tab) -> list[tuple[int, int, list[str]]]:
        found = []
        for width in (320, 360, 820):
            await tab.open(page, width=width, height=800)
            wide = await tab.run(
                f"[...document.querySelectorAll('body *')].filter({outside}).map(e => e.outerHTML.slice(0, 90))"
            )
            found.append((width, await tab.run("document.documentElement.scrollWidth"), wide))
        return found

    for width, scroll, wide in in_browser(page, act):
        assert wide == []
        assert scroll <= width


def test_the_page_is_usable_by_keyboard_and_has_one_of_each_landmark(
    planted: tuple[Path, Path, Truth],
) -> None:
    async def act(tab: Tab) -> dict[str, Any]:
        reached = []
        for _ in range(30):
            await tab.send(
                "Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
            await tab.send(
                "Input.dispatchKeyEvent", type="keyUp", key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
            reached.append(await tab.run("document.activeElement.tagName"))
        return {
            "reached": reached,
            "landmarks": await tab.run(
                "['main','header','footer','nav','h1'].map(t => document.querySelectorAll('body ' + t).length)"
            ),
            "labels": await tab.run(
                "[...document.querySelectorAll('svg')].filter(s => !s.getAttribute('aria-label') && !s.closest('[aria-label]')).length"
            ),
            "ids": await tab.run(
                "(() => { const i = [...document.querySelectorAll('body [id]')].filter(e => !e.closest('svg')).map(e => e.id); return i.length - new Set(i).size; })()"
            ),
            "lost": await tab.run(
                "[...document.querySelectorAll('[aria-labelledby]')].filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))).length"
            ),
        }

    found = in_browser(planted[1], act)
    assert found["reached"][0] == "A"
    assert {"svg", "DIV"} <= set(found["reached"])
    assert found["landmarks"] == [1, 1, 1, 1, 1]
    assert (found["labels"], found["ids"], found["lost"]) == (0, 0, 0)


async def ask_axe(tab: Tab) -> tuple[int, list[str]]:
    """How many rules of axe (WCAG 2.2 A and AA, best practice) the page keeps, and which it breaks and where."""
    pytest.importorskip("axe_core_python", reason="the dev extra has it")
    await tab.run(
        resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8") + ";1"
    )
    kept, broken = await tab.run(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => "
        "[r.passes.length, r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 90))}`)])"
    )
    return kept, broken


def test_a_checker_of_accessibility_finds_nothing_in_light_and_dark(
    planted: tuple[Path, Path, Truth],
) -> None:
    async def act(tab: Tab) -> list[tuple[int, list[str]]]:
        found = []
        for scheme in ("light", "dark"):
            await tab.open(planted[1], features={"prefers-color-scheme": scheme})
            found.append(await ask_axe(tab))
        return found

    for kept, broken in in_browser(planted[1], act):
        assert broken == []
        assert kept >= 30


def test_text_stands_out_from_its_ground_in_light_and_dark(planted: tuple[Path, Path, Truth]) -> None:
    _, page, _ = planted
    names = ("paper", "ink", "muted", "accent", "link", *(f"c{number}" for number in range(7)))
    script = "getComputedStyle(document.documentElement).getPropertyValue('--NAME').trim()"

    async def act(tab: Tab) -> list[dict[str, str]]:
        found = []
        for scheme in ("light", "dark"):
            await tab.open(page, features={"prefers-color-scheme": scheme})
            found.append({name: await tab.run(script.replace("NAME", name)) for name in names})
        return found

    light, dark = in_browser(page, act)
    assert light["paper"] != dark["paper"]
    for colours in (light, dark):
        assert all(contrast(colours[name], colours["paper"]) >= 4.5 for name in names[1:5])
        assert all(contrast(colours[name], colours["paper"]) >= 3 for name in names[5:]), "marks of a drawing"


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#rrggbb`` colours as WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_hostile_names_neither_run_nor_widen_the_page(tmp_path: Path) -> None:
    from tests.unit.report.test_report_serve import spoil

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
            text_words=3,
            recent_days=10,
        ),
    )
    spoil(tmp_path)
    page = tmp_path / "report.html"
    page.write_text(
        build_report(tmp_path, "</title><script>alert(1)</script> مرحبا " + "x" * 300), encoding="utf-8"
    )

    async def act(tab: Tab) -> list[int]:
        found = []
        for width in (360, 1200):
            await tab.open(page, width=width, height=800)
            found.append(await tab.run("document.documentElement.scrollWidth"))
        return found

    assert in_browser(page, act) == [360, 1200]


def test_without_scripts_every_page_and_chart_is_there(planted: tuple[Path, Path, Truth]) -> None:
    async def visit() -> tuple[int, int, int]:
        async with open_tab() as tab:
            await tab.send("Page.enable")
            await tab.send("Emulation.setScriptExecutionDisabled", value=True)
            await tab.send("Page.navigate", url=planted[1].as_uri())
            await asyncio.sleep(2)
            await tab.send("Emulation.setScriptExecutionDisabled", value=False)
            pages = await tab.run("document.querySelectorAll('[data-page]').length")
            shown = await tab.run(
                "[...document.querySelectorAll('[data-page]')].filter(p => p.checkVisibility()).length"
            )
            lines = await tab.run(
                "[...document.querySelectorAll('[data-page] .line')].filter(p => p.checkVisibility()).length"
            )
            return pages, shown, lines

    pages, shown, lines = asyncio.run(visit())
    assert pages == shown == lines >= 14
