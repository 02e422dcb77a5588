"""How long each line of a parcel is under warranty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.days import months_after
from aftersales.domain.policies import CoverageRules
from aftersales.domain.shipment import ShippedLine


@dataclass(frozen=True, slots=True)
class SoldLine:
    """What the offer of a line promised, None where it promised nothing of its own, from which country it was sent, and as
    what; None where that was not told."""

    line_no: int
    warranty_months: int | None
    ship_from: str | None = None
    category: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class CoveredLine:
    """The devices of a line, and the last second of their warranty in UTC; None until the offer's promise is known."""

    line_no: int
    units: tuple[str, ...]
    warranty_until: datetime | None


def uncovered(shipped: Iterable[ShippedLine]) -> tuple[CoveredLine, ...]:
    """The lines of a parcel whose offers are not known yet."""
    return tuple(CoveredLine(line.line_no, line.units, None) for line in shipped)


def covered(
    lines: Iterable[CoveredLine],
    sold: Iterable[SoldLine],
    rules: CoverageRules,
    delivery_country: str,
    delivered_at: datetime,
) -> tuple[CoveredLine, ...]:
    """The same lines with their warranty (row I1): the market's months at least, more where the offer promised more."""
    place = rules.calendar_of(delivery_country)
    promised = {line.line_no: line.warranty_months or 0 for line in sold}
    return tuple(
        CoveredLine(
            line.line_no,
            line.units,
            months_after(place, delivered_at, max(promised.get(line.line_no, 0), rules.warranty_months)).due_at,
        )
        for line in lines
    )
