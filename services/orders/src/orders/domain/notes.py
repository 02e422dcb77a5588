"""What a buyer writes to the sellers of an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NOTE_MAX = 500


@dataclass(frozen=True, slots=True)
class Notes:
    """`order` is for every seller of the order, `lines` (by line number) each for the seller of that line."""

    order: str | None = None
    lines: Mapping[int, str] = field(default_factory=dict)
