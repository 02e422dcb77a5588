"""The table people read, from a kept run."""

from collections.abc import Mapping
from typing import Any


def markdown(run: Mapping[str, Any]) -> str:
    """Where it was measured, the flows beside limits and targets, and what an operation costs by process."""
    rows = {row["key"]: row for row in run["rows"]}
    return "\n".join([_where(run), "", *_flows(rows), "", *_costs(rows), *_parts(rows)]) + "\n"


def short(run: Mapping[str, Any]) -> str:
    """The same without the costs by process."""
    rows = {row["key"]: row for row in run["rows"]}
    return "\n".join([_where(run), "", *_flows(rows)]) + "\n"


def _where(run: Mapping[str, Any]) -> str:
    machine = run["machine"]
    return (
        f"Commit {run['commit']}, {run['at'][:10]}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; {run['rounds']} rounds; "
        "the generator included, everything on this one machine."
    )


def _flows(rows: Mapping[str, Any]) -> list[str]:
    head = [
        "| figure | median (min–max) | p50 / p99 ms | target | limit, same run | share | target share | CPU-ms | errors |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return [*head, *(_flow(row, rows) for row in rows.values())]


def _flow(row: Mapping[str, Any], rows: Mapping[str, Any]) -> str:
    limit = rows.get(row["limit"]) if row["limit"] else None
    cells = [
        row["title"],
        f"**{_number(row['median'])}** ({_number(row['min'])}–{_number(row['max'])}) {row['unit']}",
        f"{_number(row['p50_ms'])} / {_number(row['p99_ms'])}" if row["p50_ms"] is not None else "",
        " / ".join(_number(one) for one in (row["target"], row["target_p99"]) if one is not None),
        _number(limit["median"]) if limit else "",
        _share(row["median"] / limit["median"], row) if limit else "",
        _share(row["target_share"], row) if row.get("target_share") is not None else "",
        _number(sum(row["cpu_ms"].values())) if row["cpu_ms"] else "",
        str(row["errors"]) if row["cpu_ms"] else "",
    ]
    return f"| {' | '.join(cells)} |"


def _share(share: float, row: Mapping[str, Any]) -> str:
    return f"{share:.2%}" if row["more_is_better"] else f"{share:.1f} x"


def _costs(rows: Mapping[str, Any]) -> list[str]:
    head = ["| CPU-ms an operation | by process | afterwards |", "|---|---|---|"]
    return [
        *head,
        *(
            f"| {row['title']} | {', '.join(f'{name} {_number(ms)}' for name, ms in row['cpu_ms'].items() if ms >= 0.001)} "
            f"| {_number(row['cpu_ms_behind']) if row['cpu_ms_behind'] is not None else ''} |"
            for row in rows.values()
            if row["cpu_ms"]
        ),
    ]


def _parts(rows: Mapping[str, Any]) -> list[str]:
    return [
        f"\n{row['title']}: {', '.join(f'{name} {_number(value)}' for name, value in row['parts'].items())} {row['unit']}"
        for row in rows.values()
        if row["parts"]
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
