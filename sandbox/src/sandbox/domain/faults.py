"""Faults on demand: what can go wrong at which place of the simulated world."""

from dataclasses import dataclass

from sandbox.domain.errors import FaultDoesNotFit

ERROR_500 = "error_500"
TIMEOUT_BEFORE = "timeout_before"
TIMEOUT_AFTER_SUCCESS = "timeout_after_success"
DELAY = "delay"
DUPLICATE = "duplicate"
DROP = "drop"
REORDER = "reorder"
FAIL = "fail"
UNAVAILABLE = "unavailable"
DECLINE_CAPTURE = "decline_capture"

_ON_REQUEST = frozenset({ERROR_500, TIMEOUT_BEFORE, TIMEOUT_AFTER_SUCCESS, DELAY})
_ON_SENDING = frozenset({DELAY, DUPLICATE, DROP, REORDER})

MODES: dict[str, frozenset[str]] = {
    "psp.virtual_accounts": _ON_REQUEST,
    "psp.transfers": _ON_REQUEST,
    "psp.payouts": _ON_REQUEST | {FAIL},
    "psp.refunds": _ON_REQUEST | {FAIL},
    "psp.cards": _ON_REQUEST,
    "psp.captures": _ON_REQUEST | {DECLINE_CAPTURE},
    "psp.webhooks": _ON_SENDING,
    "carrier.webhooks": _ON_SENDING,
    "vies": _ON_REQUEST | {UNAVAILABLE},
    "smtp": _ON_REQUEST | {DUPLICATE, DROP},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at `name` the next `times` times (None = until removed)."""

    name: str
    mode: str
    times: int | None
    delay_seconds: float


def check_fault(name: str, mode: str) -> None:
    """Raises FaultDoesNotFit with the list of what is possible."""
    if name not in MODES:
        raise FaultDoesNotFit(f"Faults can be placed at {', '.join(MODES)}.")
    if mode not in MODES[name]:
        raise FaultDoesNotFit(f"{name} can have {', '.join(sorted(MODES[name]))}.")
