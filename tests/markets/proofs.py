"""Finds the tests that prove a rule: `@pytest.mark.policy("C3", "fr-pro", …)` says which row, and in which markets.

Tests are read, not run. `"*"` means every market, and is taken only from a test that is parametrised over all of them.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.markets.expected import MARKETS, ROWS

ROOT = Path(__file__).parents[2]
# Weakest first: the loaded pack says so; code obeys it; it was seen on a whole platform.
LEVELS = ("data", "rule", "journey")
_HOMES = ("libs", "services", "gateway", "sandbox", "cli", "tests")
_TABLE_TEST = "test_a_cell_of_the_table_is_what_the_loaded_pack_says"


class MarkerWrong(Exception):
    """A policy marker names what does not exist, or claims more than its test runs over."""


@dataclass(frozen=True, order=True)
class Proof:
    """A test that proves a row in a market."""

    row: str
    market: str
    level: str
    file: str
    test: str


@cache
def proofs() -> tuple[Proof, ...]:
    """Every proof there is, the table's own test first."""
    table = (
        Proof(row, market, "data", "tests/markets/test_policy_table.py", _TABLE_TEST)
        for row in ROWS
        for market in MARKETS
    )
    files = sorted(
        file for home in _HOMES for file in (ROOT / home).rglob("test_*.py") if "node_modules" not in file.parts
    )
    return (*table, *(proof for file in files for proof in proofs_in(file, file.relative_to(ROOT).as_posix())))


def level_of(row: str, market: str) -> str | None:
    """The strongest level at which the cell is proven."""
    found = {proof.level for proof in proofs() if (proof.row, proof.market) == (row, market)}
    return max(found, key=LEVELS.index, default=None)


def proofs_in(file: Path, shown: str) -> Iterator[Proof]:
    """What the markers of one file say; raises MarkerWrong."""
    text = file.read_text(encoding="utf-8")
    if "mark.policy(" not in text:
        return
    module = ast.parse(text)
    level = "journey" if shown.startswith("tests/journeys/") else "rule"
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in _markers(node):
            where = f"{shown}: {node.name}"
            row, *markets = _texts(call, where)
            if row not in ROWS:
                raise MarkerWrong(f"{where}: there is no row {row!r}")
            if not markets:
                raise MarkerWrong(f"{where}: in which market is {row} proven?")
            for market in _meant(markets, node, module, where):
                yield Proof(row, market, level, shown, node.name)


def _markers(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    for decorator in node.decorator_list:
        for call in ast.walk(decorator):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.policy"):
                yield call


def _texts(call: ast.Call, where: str) -> list[str]:
    found = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(found) != len(call.args) or not found or call.keywords:
        raise MarkerWrong(f"{where}: a policy marker is written out, row first, then markets")
    return found


def _meant(
    markets: Sequence[str], node: ast.FunctionDef | ast.AsyncFunctionDef, module: ast.Module, where: str
) -> Sequence[str]:
    if markets != ["*"]:
        if unknown := [market for market in markets if market not in MARKETS]:
            raise MarkerWrong(f"{where}: there is no market {unknown[0]!r}")
        return markets
    if missing := set(MARKETS) - _parameters(node, module):
        raise MarkerWrong(
            f'{where}: "*" needs a parameter `market` over all markets, {", ".join(sorted(missing))} is missing'
        )
    return MARKETS


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, module: ast.Module) -> set[str]:
    """The markets that a test is parametrised over."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).endswith("mark.parametrize"):
            continue
        names = _names(decorator.args[0])
        if "market" in names:
            values = _literal(decorator.args[1], module)
            place = names.index("market")
            return {str(value[place] if isinstance(value, tuple) else value) for value in values}
    return set()


def _names(node: ast.expr) -> list[str]:
    found = ast.literal_eval(node)
    return [name.strip() for name in found.split(",")] if isinstance(found, str) else list(found)


def _literal(node: ast.expr, module: ast.Module) -> list[tuple[str, ...] | str]:
    """The values of a list that is written out, here or under a name in the same file; only texts count."""
    if isinstance(node, ast.Name):
        assigned = (one for one in module.body if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None)
        for one in assigned:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            if any(isinstance(target, ast.Name) and target.id == node.id for target in targets):
                assert one.value is not None
                return _literal(one.value, module)
        return []
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("param"):
        return [tuple(_text(arg) for arg in node.args)]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".items"):
        return _literal(node.func.value, module) if isinstance(node.func, ast.Attribute) else []
    if isinstance(node, ast.Dict):
        return [(_text(key), "") for key in node.keys if key is not None]
    if not isinstance(node, ast.List | ast.Tuple):
        return []
    found: list[tuple[str, ...] | str] = []
    for item in node.elts:
        if isinstance(item, ast.Tuple | ast.List):
            found.append(tuple(_text(part) for part in item.elts))
        elif isinstance(item, ast.Call):
            found += _literal(item, module)
        else:
            found.append(_text(item))
    return found


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
