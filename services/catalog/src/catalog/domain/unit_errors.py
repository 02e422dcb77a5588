"""Every refusal about single devices by name, for whole requests and for lines of a push."""

from typing import Any

from catalog.domain.errors import LineProblem
from chassis.kernel.errors import NotFound, WrongState


class UnitNotFound(NotFound):
    """No passport has this id, or it is another seller's."""

    code = "unit_not_found"
    title = "There is no such unit"


class UnitCheckNotFound(NotFound):
    """Nobody's passport has this code."""

    code = "unit_check_not_found"
    title = "No device has this code"


class UnitMoveRefused(WrongState):
    """What a seller may do with a unit depends on where it is."""

    code = "unit_move_refused"
    title = "The unit's state does not allow this"


def held_elsewhere() -> LineProblem:
    """A device is in one place: another seller has its passport. Who, is nobody else's business."""
    return LineProblem(
        "unit_held_elsewhere",
        "Another seller holds this device",
        "Its passport is not yours; if the device is, ask the platform's support",
    )


def number_wrong(pointer: str, code: str, title: str, detail: str) -> LineProblem:
    """An IMEI with a wrong check digit, or a serial number that cannot be one."""
    return LineProblem(code, title, detail, ({"pointer": pointer, "detail": detail or title, "code": code},))


def unit_repeated(by_line: int) -> LineProblem:
    """The same device comes again further down; the last line wins."""
    return LineProblem("unit_repeated", "A later line names the same device", f"Line {by_line} was applied instead")


def sku_unknown(sku: str) -> LineProblem:
    """A unit is one of an offer's."""
    return LineProblem(
        "unit_sku_unknown", "You have no offer with this SKU", f"There is no {sku}; push the offer first"
    )


def facts_missing(names: list[str]) -> LineProblem:
    """The first line of a device must say what it is and how good it looks."""
    return LineProblem(
        "fields_missing",
        "A new unit needs more fields",
        f"Missing: {', '.join(names)}",
        tuple({"pointer": f"/{name}", "detail": "is needed for a new unit", "code": "missing"} for name in names),
    )


def facts_wrong(errors: list[dict[str, Any]]) -> LineProblem:
    """Facts that contradict the offer, the market or the clock."""
    detail = "; ".join(str(error["detail"]) for error in errors)
    return LineProblem("unit_facts_invalid", "Some facts of the unit are not right", detail, tuple(errors))


def move_refused(move: str, state: str) -> LineProblem:
    """A unit that is with its buyer, or gone, is not described any more."""
    return LineProblem("unit_move_refused", "The unit's state does not allow this", f"cannot {move} while {state}")
