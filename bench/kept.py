"""Kept runs: a file of data and a table for each, what has changed since the last one, and the table in the README."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import table
from launcher.paths import clone_root

BEGIN, END = "<!-- the last kept run of `make bench KEEP=1`: written by it -->", "<!-- end of the kept run -->"
# Medians of a busy machine differ by so much without a cause.
NOISE = 0.10


def folder() -> Path:
    """Where runs are kept."""
    return clone_root() / "bench" / "results"


def last() -> dict[str, Any] | None:
    """The newest kept run."""
    runs = [json.loads(path.read_text()) for path in folder().glob("*.json")]
    return max(runs, key=lambda run: run["at"], default=None)


def keep(run: Mapping[str, Any]) -> Path:
    """Write the run as data and as a table, and put the table into the README."""
    folder().mkdir(exist_ok=True)
    name = f"{run['at'][:10]}-{run['commit'].rstrip('+')}"
    (folder() / f"{name}.md").write_text(table.markdown(run))
    data = folder() / f"{name}.json"
    data.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    readme = clone_root() / "README.md"
    readme.write_text(with_table(readme.read_text(), table.short(run)))
    return data


def with_table(text: str, shown: str) -> str:
    """The text with this table between the markers, and nothing else changed."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{shown}{END}{rest.partition(END)[2]}"


def in_readme(text: str) -> str:
    """What stands between the markers."""
    return text.partition(BEGIN)[2].partition(END)[0]


def changes(run: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """A line for each figure that is worse or better by more than noise; ranges that overlap are noise."""
    old = {row["key"]: row for row in before["rows"]}
    for row in run["rows"]:
        was = old.get(row["key"])
        if was is None or not was["median"]:
            continue
        change = row["median"] / was["median"] - 1
        apart = row["max"] < was["min"] or row["min"] > was["max"]
        if apart and abs(change) > NOISE:
            verdict = "better" if (change > 0) == row["more_is_better"] else "WORSE"
            yield f"{verdict}: {row['title']}: {was['median']:,} -> {row['median']:,} {row['unit']} ({change:+.0%})"
