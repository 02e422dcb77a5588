"""Reads a push of passports line by line, and writes its answer."""

from collections.abc import Callable
from typing import Any

from catalog.api.ndjson import numbered_lines, read_as
from catalog.api.pushes import line_text
from catalog.api.unit_schemas import UnitLine
from catalog.domain.errors import LineProblem
from catalog.domain.unit import Diagnostic, Erasure, ReplacedPart, UnitPatch, checked_number
from catalog.use_cases.push_units import ReadUnitLine, UnitLineResult


def read_unit_lines(body: bytes) -> tuple[ReadUnitLine, ...]:
    """All lines that are not blank, under their number in the body; raises BatchEmpty or BatchTooLong."""
    return tuple(_read(number, raw) for number, raw in numbered_lines(body))


def result_line(result: UnitLineResult, check_url: Callable[[str], str]) -> str:
    """One line of the answer."""
    line: dict[str, Any] = {"line": result.line, "number": result.number, "status": result.status}
    if unit := result.unit:
        line |= {"unit_id": str(unit.id), "state": unit.state, "check_url": check_url(unit.check_code)}
    return line_text(line, result.problem)


def _read(number: int, raw: bytes) -> ReadUnitLine:
    line = read_as(UnitLine, raw)
    if isinstance(line, LineProblem):
        return ReadUnitLine(number, None, problem=line)
    imei, serial, problem = checked_number(line.imei, line.serial)
    if problem:
        return ReadUnitLine(number, line.imei or line.serial, problem=problem)
    patch = _patch(line, imei, serial)
    return ReadUnitLine(number, patch.number, patch)


def _patch(line: UnitLine, imei: str | None, serial: str | None) -> UnitPatch:
    tests, parts, erasure = line.diagnostics, line.replaced_parts, line.erasure
    return UnitPatch(
        imei=imei,
        serial=serial,
        sku=line.sku,
        grade=line.grade,
        battery_health_percent=line.battery_health_percent,
        battery_cycles=line.battery_cycles,
        diagnostics=None if tests is None else tuple(Diagnostic(one.test, one.result, one.at) for one in tests),
        replaced_parts=None if parts is None else tuple(ReplacedPart(one.part, one.kind) for one in parts),
        erasure=Erasure(erasure.standard, erasure.certificate_sha256, erasure.at, erasure.tool) if erasure else None,
        state=line.state,
    )
