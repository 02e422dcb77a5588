"""The figures people read are those that were measured: the README's table is the last kept run, word for word."""

from typing import Any

import pytest

from bench import kept, table
from bench.figures import Flow, Row
from bench.plan import PLAN
from launcher.paths import clone_root

MACHINE = {"cores": 2, "processor": "AMD", "memory_gib": 24, "system": "Linux", "python": "3.11.7"}


def a_run(*rows: Row) -> dict[str, Any]:
    kept_rows = [row.kept() for row in rows]
    return {"at": "2026-11-21T12:00:00+00:00", "commit": "abc1234", "machine": MACHINE, "rounds": 3, "rows": kept_rows}


def a_row(*rounds: float, more_is_better: bool = True) -> Row:
    return Row(Flow("f", "a flow", "orders/s", more_is_better=more_is_better), list(rounds))


def test_the_readme_shows_the_last_kept_run() -> None:
    text = (clone_root() / "README.md").read_text()
    assert text.count(kept.BEGIN) == text.count(kept.END) == 1
    run = kept.last()
    assert kept.in_readme(text) == ("\n" if run is None else f"\n{table.short(run)}")


@pytest.mark.parametrize("shown", ["", "| an old table |\n"])
def test_a_table_takes_the_place_of_the_last_one_and_leaves_the_rest_alone(shown: str) -> None:
    page = f"# Regrade\n\nWords.\n{kept.BEGIN}\n{shown}{kept.END}\n\nMore words.\n"
    written = kept.with_table(page, "| a table |\n")
    assert written == f"# Regrade\n\nWords.\n{kept.BEGIN}\n| a table |\n{kept.END}\n\nMore words.\n"
    assert kept.in_readme(written) == "\n| a table |\n"


def test_every_kept_run_has_its_table_beside_it() -> None:
    assert {path.stem for path in kept.folder().glob("*.json")} == {path.stem for path in kept.folder().glob("*.md")}


def test_limits_are_figures_of_the_same_run() -> None:
    assert {flow.limit for flow in PLAN.values() if flow.limit} <= set(PLAN)


@pytest.mark.parametrize(
    ("before", "after", "more_is_better", "said"),
    [
        ((100, 101, 102), (80, 81, 82), True, ["WORSE: a flow: 101.0 -> 81.0 orders/s (-20%)"]),
        ((100, 101, 102), (80, 81, 82), False, ["better: a flow: 101.0 -> 81.0 orders/s (-20%)"]),
        ((100, 101, 102), (80, 85, 100), True, []),
        ((100, 101, 102), (95, 95, 95), True, []),
    ],
    ids=["slower", "less to wait for", "ranges that meet", "within noise"],
)
def test_only_what_lies_outside_of_noise_is_named(
    before: tuple[float, ...], after: tuple[float, ...], more_is_better: bool, said: list[str]
) -> None:
    old = a_run(a_row(*before, more_is_better=more_is_better))
    new = a_run(a_row(*after, more_is_better=more_is_better))
    assert list(kept.changes(new, old)) == said


def test_a_flow_stands_beside_its_limit_and_its_costs() -> None:
    row = Row(Flow("f", "a flow", "orders/s", 150, limit="l", limit_there=500), [9.0, 10.0, 30.0])
    row.cpu_ms = [{"orders": 3.0, "generator": 0.5}, {"orders": 5.0, "generator": 0.5}]
    limit = Row(Flow("l", "limit: the most", "orders/s"), [40.0])
    text = table.markdown(a_run(row, limit))
    assert "| a flow | **10** (9–30) orders/s |  | 150 | 40 | 25.00% | 30.00% | 4.5 | 0 |" in text
    assert "| a flow | orders 4, generator 0.5 |  |" in text
