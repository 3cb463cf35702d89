"""``columninch duplicates``: why articles are one group, as numbers and as their texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.options import DEFAULT_LAKE, JsonOption, LakeOption
from tasks.errors import ConfigError

if TYPE_CHECKING:
    from rich.text import Text

    from tasks.dedupe.explain import Change, Explanation, Member

_LONGEST_SAME = 24
"""Words of an unchanged stretch that are shown; of a longer one only its ends."""
_WIDE = 110
"""Columns of a terminal from which titles have a place beside the numbers."""
_STYLES = {"same": "", "removed": "red", "added": "green"}
_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def register(app: typer.Typer) -> None:
    """Add the command to *app*; ids may be negative, so what looks like an option may be one."""
    app.command(context_settings={"ignore_unknown_options": True})(duplicates)


def duplicates(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="Article id, group id, or an article's URL.")],
    copies: Annotated[
        int, typer.Option(min=0, help="Copies whose text is shown beside the canonical one.")
    ] = 3,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Explain a duplicate group: its members, how alike they are, and their texts side by side."""
    from flows.terminal import print_json
    from tasks.dedupe.explain import explain
    from tasks.dedupe.texts import fetch_texts
    from tasks.store import open_lake

    opened = open_lake(lake)
    number = _number(lake, wanted)
    index = opened.root / "index"
    found = explain(index / "duplicates", number, fetch_texts(opened, index / "homes"))
    if found is None:
        raise ConfigError(
            f"{wanted}: no article or group of {lake} has this id; 'columninch sql \"select article_id, title from articles\"' lists "
            "them, and 'columninch refresh' takes in new ones"
        )
    known = _articles(lake, [member.article_id for member in found.members])
    if as_json:
        print_json(_plain(found, known))
    else:
        _print(found, known, copies)


def _number(lake: str, wanted: str) -> int:
    """The id that was asked for; of an address the id of its article."""
    try:
        number = int(wanted)
    except ValueError:
        from tasks.analyse.lake import connect
        from tasks.urls import canonical_url

        with connect(lake) as opened:
            rows = opened.sql(
                "select article_id from articles where canonical_url = $url order by captured_at limit 1",
                url=canonical_url(wanted),
            ).fetchall()
        if not rows:
            raise ConfigError(f"{wanted}: no article of {lake} has this address, and it is no id") from None
        return int(rows[0][0])
    if not -(2**63) <= number < 2**63:
        raise ConfigError(f"{wanted}: ids are numbers of 64 bits")
    return number


def _articles(lake: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Source, title and URL of articles, as the marts have them; articles that no mart has yet are left out."""
    from tasks.analyse.lake import connect

    with connect(lake) as opened:
        rows = opened.sql(
            "select article_id, source, title, url from articles where article_id in (select unnest($ids::bigint[]))",
            ids=list(ids),
        ).fetchall()
    return {row[0]: {"source": row[1], "title": row[2], "url": row[3]} for row in rows}


def _plain(found: Explanation, known: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The explanation as JSON."""
    plain = asdict(found)
    for member in plain["members"]:
        member.update(known.get(member["article_id"], {"source": None, "title": None, "url": None}))
        member["changes"] = [{"kind": kind, "text": text} for kind, text in member["changes"]]
    return plain


def _print(found: Explanation, known: dict[int, dict[str, Any]], copies: int) -> None:
    """The explanation as people read it."""
    from flows.terminal import console, print_table

    out = console(stderr=False)
    sources = {known[m.article_id]["source"] for m in found.members if m.article_id in known}
    out.print(
        f"[bold]group {found.group_id}[/]: {len(found.members)} articles of {len(sources)} sources"
        + (f", asked for as {found.asked}" if found.asked != found.group_id else "")
    )
    rows = _rows(found.members, known)
    shown = list(rows[0]) if out.width >= _WIDE else ["", "article", "published", "kind", "similar", "source"]
    values = [[row[name] for name in shown] for row in rows]
    print_table("members, in the order they were published", shown, values, whole=("article", "published"))
    for number, member in enumerate(found.members):
        if 0 < number <= copies:
            _print_side_by_side(number, found.members[0], member, known)
    left_out = len(found.members) - 1 - copies
    if copies and left_out > 0:
        out.print(f"[dim]{left_out} more copies: --copies {len(found.members) - 1} shows their texts too[/]")


def _rows(members: Sequence[Member], known: dict[int, dict[str, Any]]) -> list[dict[str, object]]:
    """One row per member, by name of the column."""
    return [
        {
            "": str(number),
            "article": str(member.article_id),
            "published": f"{member.published:%Y-%m-%d}" if member.published else None,
            "kind": member.kind or "canonical",
            "similar": f"{member.similarity:.2f}" if member.kind else None,
            "within": f"{member.containment:.2f}" if member.kind else None,
            "words": member.words,
            "source": known.get(member.article_id, {}).get("source"),
            "title": known.get(member.article_id, {}).get("title"),
        }
        for number, member in enumerate(members)
    ]


def _print_side_by_side(
    number: int, canonical: Member, member: Member, known: dict[int, dict[str, Any]]
) -> None:
    """The canonical text at the left, a copy at the right; what only one has is coloured and marked."""
    from rich import box
    from rich.table import Table

    from flows.terminal import console

    out = console(stderr=False)
    names = [
        known.get(one.article_id, {}).get("source") or str(one.article_id) for one in (canonical, member)
    ]
    shared = f"{member.shared:,} of its {member.shingles:,} three-word shingles"
    title = f"0 and {number}: {member.kind}, similar {member.similarity:.2f}, within {member.containment:.2f}, {shared}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", expand=True)
    for name in names:
        table.add_column(name, ratio=1, overflow="fold")
    plain = out.color_system is None
    for hunk in hunks(member.changes):
        table.add_row(_flow(hunk, "added", plain), _flow(hunk, "removed", plain))
    out.print(table, soft_wrap=False)


def hunks(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes in groups that stand side by side: a long unchanged stretch is cut to its ends and parts two groups."""
    found: list[list[Change]] = [[]]
    for change in changes:
        words = change.text.split()
        if change.kind != "same" or len(words) <= _LONGEST_SAME:
            found[-1].append(change)
            continue
        ends, left = _LONGEST_SAME // 2, len(words) - _LONGEST_SAME
        found[-1].append(change._replace(text=" ".join(words[:ends]) + f" … {left} words alike …"))
        found.append([change._replace(text=" ".join(words[-ends:]))])
    return [hunk for hunk in found if hunk]


def _flow(hunk: Sequence[Change], without: str, plain: bool) -> Text:
    """One side of a hunk: what both texts have and what this one alone has."""
    from rich.text import Text

    flow = Text()
    for change in hunk:
        if change.kind == without:
            continue
        text = " ".join(change.text.split())
        before, after = _MARKS[change.kind] if plain else ("", "")
        flow.append(f"{before}{text}{after}", _STYLES[change.kind]).append(" ")
    return flow
