"""Draw the pictures in ``docs/images`` again: ``python -m scripts.screenshots DEMO_LAKE`` (needs Chromium; look at them before you commit)."""

from __future__ import annotations

import asyncio
import base64
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from flows.serving import _listen
from tasks.report.desk import Desk
from tasks.report.page import build_report
from tasks.report.serve import make_app
from tests.flows.test_report_browser import Tab, open_tab

IMAGES = Path(__file__).parents[1] / "docs" / "images"
TITLE = "The sample"


async def take(
    tab: Tab, address: str, name: str, width: int, height: int, top: str = "", **media: str
) -> None:
    """Picture of a page, *height* pixels from the element *top* on."""
    await tab.go(address, width, height, {key.replace("_", "-"): value for key, value in media.items()})
    start = await tab.run(
        f"Math.round(({top!r} && document.querySelector({top!r} || 'x')?.getBoundingClientRect().top + scrollY) || 0)"
    )
    clip = {"x": 0, "y": start, "width": width, "height": height, "scale": 1}
    shot: dict[str, Any] = await tab.send(
        "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
    )
    (IMAGES / name).write_bytes(base64.b64decode(shot["data"]))


async def take_all(report: str, live: str) -> None:
    """All pictures."""
    async with open_tab() as tab:
        await take(tab, report, "report.png", 1200, 1420)
        await take(tab, report, "report-dark.png", 1200, 880, prefers_color_scheme="dark")
        await take(tab, report, "report-phone.png", 360, 1500)
        await take(tab, report, "report-actors.png", 1200, 900, top="#actors")
        await take(tab, report, "report-map.png", 1200, 1500, top="#network")
        await take(tab, live + "actor/Q28", "serve-actor.png", 1200, 1000)
        await take(tab, live + "query/actor_trend?actor=Hungary", "serve-query.png", 1200, 1200)


def main() -> None:
    """Write the report, serve the lake, and take the pictures."""
    lake = Path(sys.argv[1])
    desk, listening = Desk(lake), _listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(desk, TITLE), log_level="warning"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        with TemporaryDirectory() as folder:
            page = Path(folder) / "report.html"
            page.write_text(build_report(lake, TITLE), encoding="utf-8")
            asyncio.run(take_all(page.as_uri(), f"http://127.0.0.1:{listening.getsockname()[1]}/"))
    finally:
        server.should_exit = True
        thread.join()
        desk.close()


if __name__ == "__main__":
    main()
