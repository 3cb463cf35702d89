"""What rose, on the terminal: the first thing an analyst wants to see after a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.terminal import console, print_json

_BAR = 24


def show_rises(lake: Path, *, as_json: bool, top: int = 5) -> None:
    """Print the topics and actors that rose most surely in the last fortnight against the six weeks before."""
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
    out.print(
        f"\n[bold]What rose[/] from {period['start']} to {last} against the six weeks before (share of coverage)"
    )
    _print_rises("topics", topics)
    _print_rises("actors", actors)


def _rows(relation: Any) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _print_rises(what: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.markup import escape

    out = console(stderr=False)
    out.print(f"\n[bold]{what}[/]")
    widest = max((row["recent_share"] for row in rows), default=1.0) or 1.0
    for row in rows:
        bar = "█" * max(1, round(_BAR * row["recent_share"] / widest))
        shares = f"{row['base_share']:5.1%} → {row['recent_share']:5.1%}"
        sure = f"× {row['ratio']:.1f} ({row['ratio_low']:.1f}–{row['ratio_high']:.1f})"
        mark = "[bold red]▲[/]" if row["ratio_low"] > 1 and row["q_value"] < 0.05 else " "
        out.print(f"  {mark} {escape(format(str(row['name'])[:34], '34'))} {shares}  {sure:18} [dim]{bar}[/]")
    if not any(row["ratio_low"] > 1 for row in rows):
        out.print("    nothing rose beyond what chance explains")
