"""Writes docs/markets.md, which says of every rule and market what holds and which tests prove it: `make markets`.

What was proven once must stay so: `proven.json` keeps the strongest level of each cell, and only grows.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from chassis.policy_files import Markets, load_markets
from tests.markets.expected import MARKETS, ROWS, Row
from tests.markets.proofs import LEVELS, ROOT, level_of, proofs

PAGE = ROOT / "docs" / "markets.md"
RATCHET = Path(__file__).parent / "proven.json"
TODAY = date(2026, 11, 21)
Proven = Mapping[str, Mapping[str, str]]

_HEAD = """\
# Markets

What the rules say in each market, and which tests prove it. Written by `make markets`; do not edit. A rule is proven at the
lowest level that can prove it:

- **data**: the loaded pack holds the value that the policy table names, as [transcribed by hand](../tests/markets/expected.py);
- **rule**: code is seen to obey it, in a domain, a use case or a door;
- **journey**: it is seen on a whole platform.

A cell never falls back to a weaker level: [proven.json](../tests/markets/proven.json) remembers
([why](decisions/{decision})). To prove more, mark a test with `@pytest.mark.policy("C3", "fr-pro")` and run
`make markets`. Sources are the published terms of five shops, one behind each market; where a shop is silent, the base value
holds. [Add a market](how-to/add-a-market.md) tells how to have rules of your own.

"""
DECISION = "0021-what-was-proven-stays-proven.md"


def page() -> str:
    """The whole page."""
    return "".join(
        [_HEAD.format(decision=DECISION), *_overview(), *(part for row in ROWS.values() for part in _section(row))]
    )


def proven_today() -> dict[str, dict[str, str]]:
    """The strongest level of every cell that is proven."""
    cells = {row: {market: level_of(row, market) for market in MARKETS} for row in ROWS}
    return {row: {market: level for market, level in levels.items() if level} for row, levels in cells.items()}


def lost(before: Proven, now: Proven) -> list[str]:
    """Cells that are proven at a weaker level than before, a sentence each."""
    return [
        f"{row} in {market} was proven by {level}, and now by {now.get(row, {}).get(market) or 'nothing'}"
        for row, levels in before.items()
        for market, level in levels.items()
        if _rank(now.get(row, {}).get(market)) < _rank(level)
    ]


def kept() -> dict[str, dict[str, str]]:
    """What the repository remembers."""
    found: dict[str, dict[str, str]] = json.loads(RATCHET.read_text(encoding="utf-8")) if RATCHET.exists() else {}
    return found


def as_json(proven: Proven) -> str:
    """A line per row."""
    lines = (f"  {json.dumps(row)}: {json.dumps(dict(levels))}" for row, levels in proven.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _rank(level: str | None) -> int:
    return LEVELS.index(level) if level in LEVELS else -1


def _overview() -> Iterator[str]:
    levels = [level_of(row, market) for row in ROWS for market in MARKETS]
    counted = ", ".join(f"{levels.count(level)} by {level}" for level in LEVELS)
    yield f"{len(levels)} cells: {counted}, {levels.count(None)} not yet.\n\n"
    yield "| Row | Rule | " + " | ".join(MARKETS) + " |\n|---|---|" + "---|" * len(MARKETS) + "\n"
    for row in ROWS.values():
        cells = " | ".join(level_of(row.id, market) or "not yet" for market in MARKETS)
        yield f"| [{row.id}](#{_anchor(row)}) | {_plain(row.title)} | {cells} |\n"


def _section(row: Row) -> Iterator[str]:
    yield f"\n## {row.id} {_plain(row.title)}\n\n"
    words = "; ".join(f"{market}: {_plain(text)}" for market, text in row.said.items())
    yield f"The sources: {words}.\n\n" if words else "The sources are silent.\n\n"
    for key in row.values:
        yield f"- `{key}` {_values(key)}\n"
    yield "\n| Level | Markets | Test |\n|---|---|---|\n"
    for level in reversed(LEVELS):
        yield from _proof_lines(row, level)


def _proof_lines(row: Row, level: str) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for proof in proofs():
        if (proof.row, proof.level) == (row.id, level):
            found.setdefault((proof.file, proof.test), []).append(proof.market)
    for (file, test), markets in found.items():
        named = [market for market in MARKETS if market in markets]
        where = "all" if len(named) == len(MARKETS) else ", ".join(named)
        name = test.removeprefix("test_").replace("_", " ")
        yield f"| {level} | {where} | [{name}]({os.path.relpath(ROOT / file, PAGE.parent)}) |\n"


def _values(key: str) -> str:
    """One value where all agree; else the most common one, and who differs."""
    told = {market: _told(_packs().pack(market, TODAY).values[key]) for market in MARKETS}
    several = sorted(
        set(told.values()), key=lambda one: (-list(told.values()).count(one), list(told.values()).index(one))
    )
    if len(several) == 1:
        return several[0]
    if list(told.values()).count(several[0]) == 1:
        return "; ".join(f"{market}: {value}" for market, value in told.items())
    apart = "; ".join(f"{market}: {value}" for market, value in told.items() if value != several[0])
    return f"{several[0]}; {apart}"


@cache
def _packs() -> Markets:
    return load_markets(ROOT / "markets")


def _told(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case time():
            return value.strftime("%H:%M")
        case tuple():
            return ", ".join(_told(item) for item in value) or "none"
        case Mapping() if set(value) == {"minor", "currency"}:
            return f"{value['minor'] // 100}.{value['minor'] % 100:02} {value['currency']}"
        case Mapping() if {"least_minor", "most_minor"} <= set(value):
            least, most = (f"{value[name] // 100}.{value[name] % 100:02}" for name in ("least_minor", "most_minor"))
            return f"{value['category']} {least} to {most} {value['currency']}"
        case Mapping() if "code" in value:
            return str(value["code"])
        case Mapping():
            return ", ".join(f"{name} {_told(item)}" for name, item in value.items()) or "none"
        case _:
            return str(value)


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("<", "&lt;").replace(">", "&gt;").replace("**", "").replace("*", "\\*")


def _anchor(row: Row) -> str:
    """As GitHub makes it of the heading: letters, digits and dashes stay, blanks become dashes."""
    kept_letters = (one for one in f"{row.id} {row.title}".lower() if one.isalnum() or one in " -_")
    return "".join(kept_letters).replace(" ", "-")


def main() -> int:
    """Write the page and remember what is proven; refuse to forget."""
    now = proven_today()
    if forgotten := lost(kept(), now):
        sys.stderr.write("\n".join([*forgotten, "Prove it again, or take the cell out of proven.json and say why.\n"]))
        return 1
    RATCHET.write_text(as_json(now), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
