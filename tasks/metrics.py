"""A lake's state for monitoring: Prometheus' text format, for the textfile collector of node exporter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasks.status import LakeStatus

_ABOUT = {
    "columninch_units": "units by the last stage they went through",
    "columninch_rows": "rows read, kept and rejected, all units",
    "columninch_rejected": "rejected rows by reason",
    "columninch_articles": "articles in the marts by month",
    "columninch_bytes": "bytes of all tables",
    "columninch_damaged_files": "files that are missing or not as their receipts say",
    "columninch_last_commit_seconds": "when the last receipt was written (Unix time)",
}


def prometheus_text(lake: str, found: LakeStatus, last_commit: float | None = None) -> str:
    """Gauges of one lake in Prometheus' text format, one block per metric, each with a HELP and a TYPE line.

    Format: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
    """
    stages: dict[str, int] = {}
    for unit in found.units:
        stages[unit.stages[-1]] = stages.get(unit.stages[-1], 0) + 1
    values: Mapping[str, Iterable[tuple[Mapping[str, str], float]]] = {
        "columninch_units": [({"stage": stage}, count) for stage, count in sorted(stages.items())],
        "columninch_rows": [
            ({"what": "read"}, found.read), ({"what": "kept"}, found.kept), ({"what": "rejected"}, found.rejected)
        ],
        "columninch_rejected": [({"reason": reason}, count) for reason, count in sorted(found.reasons.items())],
        "columninch_articles": [({"month": month}, count) for month, count in sorted(found.months.items())],
        "columninch_bytes": [({}, found.bytes)],
        "columninch_damaged_files": [({}, sum(len(unit.damaged) for unit in found.units))],
        "columninch_last_commit_seconds": [({}, last_commit)] if last_commit is not None else [],
    }  # fmt: skip
    lines = []
    for name, samples in values.items():
        lines += [f"# HELP {name} {_ABOUT[name]}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels({'lake': lake, **labels})} {value:.17g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
