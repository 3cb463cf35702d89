"""What rose, on the terminal: the first thing an analyst wants to see after a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.terminal import console, print_json

_BAR = 22
_NAME = 42
_LEAST_RISE = 1.1
"""Times the share before under which nothing is called a rise, as in the report."""


def show_rises(lake: Path, *, as_json: bool, top: int = 5) -> None:
    """Print the actors and topics that rose most surely in the last fortnight against the six weeks before."""
    from tasks.analyse.lake import connect

    with connect(lake) as opened:
        last = opened.sql(
            "select max(published_on) + 1 from articles where published_from <> 'capture'"
        ).fetchall()[0][0]
        if last is None:
            return
        start = opened.sql(f"select date '{last}' - 14").fetchall()[0][0]
        period = {"start": str(start)[:10], "until": str(last), "baseline_days": 42, "top": top}
        topics = _rows(opened.rising_topics(**period))
        actors = _rows(opened.rising_actors(**period))
    if as_json:
        print_json({"period": period, "rising_topics": topics, "rising_actors": actors})
        return
    out = console(stderr=False)
    out.print(f"\n[bold]What rose[/] in the two weeks from {period['start']}, against the six weeks before")
    out.print("[dim]share of reports before → now, and how many times as much with its 95 % interval[/]")
    _print_rises("actors", actors)
    _print_rises("topics", topics)
    out.print("\n[bold red]▲[/] [dim]stands up to chance; without it, a rise may be chance[/]")


def _rows(relation: Any) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _print_rises(what: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.markup import escape

    out = console(stderr=False)
    risen = [row for row in rows if row["recent_count"] and row["ratio"] >= _LEAST_RISE]
    is_sure = any(row["ratio_low"] > 1 and row["q_value"] <= 0.05 for row in risen)
    out.print(f"\n[bold]{what}[/]" + ("" if is_sure else ": nothing rose beyond what chance explains"))
    widest = max((row["recent_share"] for row in risen), default=1.0) or 1.0
    for row in risen:
        bar = "█" * max(1, round(_BAR * row["recent_share"] / widest))
        shares = f"{row['base_share']:5.1%} → {row['recent_share']:5.1%}"
        sure = f"× {row['ratio']:.1f} ({row['ratio_low']:.1f}–{row['ratio_high']:.1f})"
        mark = "[bold red]▲[/]" if row["ratio_low"] > 1 and row["q_value"] <= 0.05 else " "
        name = str(row["name"]) if len(str(row["name"])) <= _NAME else f"{str(row['name'])[: _NAME - 1]}…"
        out.print(f"  {mark} {escape(f'{name:{_NAME}}')} {shares}  {sure:18} [dim]{bar}[/]")
