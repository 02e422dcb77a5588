"""Which order a bank transfer belongs to: a pure function from a credit and the buyer's payments to a full allocation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from chassis.kernel.ids import Id

PartKind = Literal["order", "unapplied", "refund"]

# Between the digits of a number people write blanks, dots, dashes and slashes; letters end it.
_DIGIT_GROUPS = re.compile(r"\d+(?:[ .\-/_]*\d+)*")


class MatchCase(StrEnum):
    """The row of the matching table that a transfer fell into."""

    EXACT = "exact"
    UNDERPAID = "underpaid"
    OVERPAID = "overpaid"
    LATE = "late"
    AMBIGUOUS = "ambiguous"
    NO_OPEN_ORDER = "no_open_order"
    WRONG_CURRENCY = "wrong_currency"


@dataclass(frozen=True, slots=True)
class Credit:
    """What came in. `debtor_name` is who the bank says paid, `account_name` whose virtual account it is."""

    amount_minor: int
    currency: str
    remittance: str
    debtor_name: str
    account_name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One payment of the buyer: `missing_minor` is what is still due (0 once secured), `is_closed` that it takes no money."""

    order_id: Id
    number: str
    currency: str
    missing_minor: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the transfer. `order_id` is set for orders, and for refunds that a closed order caused."""

    kind: PartKind
    amount_minor: int
    order_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """The parts add up to the transfer. `third_party` asks a person to look: somebody else paid for the buyer."""

    case: MatchCase
    parts: tuple[Part, ...]
    third_party: bool


def match_credit(credit: Credit, payments: Sequence[Candidate]) -> Allocation:
    """Allocate every minor unit of the transfer.

    An order whose number stands in the remittance text is meant. Without one: the only open order that misses exactly this
    amount, else the only open order. Money for a closed order, or in a currency that the buyer has no order in, goes back.
    Whatever is left waits as unapplied money and is never put on an order that was not meant.
    """
    assert credit.amount_minor > 0
    case, parts = _parts(credit, payments)
    return Allocation(case, _with_rest(parts, credit.amount_minor), _is_third_party(credit))


def _parts(credit: Credit, payments: Sequence[Candidate]) -> tuple[MatchCase, list[Part]]:
    same_currency = [one for one in payments if one.currency == credit.currency]
    if payments and not same_currency:
        return MatchCase.WRONG_CURRENCY, [Part("refund", credit.amount_minor)]
    named = [one for one in same_currency if _names(credit.remittance, one.number)]
    if named:
        return _for_named(credit.amount_minor, named)
    open_ones = [one for one in same_currency if not one.is_closed and one.missing_minor > 0]
    exact = [one for one in open_ones if one.missing_minor == credit.amount_minor]
    if len(exact) == 1:
        return _onto(credit.amount_minor, exact)
    if len(open_ones) == 1 and not _fits_a_closed_one(credit, same_currency):
        return _onto(credit.amount_minor, open_ones)
    return (MatchCase.AMBIGUOUS if open_ones else MatchCase.NO_OPEN_ORDER), []


def _for_named(amount_minor: int, named: Sequence[Candidate]) -> tuple[MatchCase, list[Part]]:
    open_ones = [one for one in named if not one.is_closed and one.missing_minor > 0]
    if open_ones:
        return _onto(amount_minor, open_ones)
    closed = [one for one in named if one.is_closed]
    if closed:
        return MatchCase.LATE, [Part("refund", amount_minor, closed[0].order_id)]
    # Named and fully paid already: somebody paid twice.
    return MatchCase.OVERPAID, []


def _onto(amount_minor: int, orders: Sequence[Candidate]) -> tuple[MatchCase, list[Part]]:
    parts: list[Part] = []
    left = amount_minor
    for one in orders:
        share = min(left, one.missing_minor)
        if share:
            parts.append(Part("order", share, one.order_id))
            left -= share
    missing = sum(one.missing_minor for one in orders)
    if amount_minor == missing:
        return MatchCase.EXACT, parts
    return (MatchCase.OVERPAID if amount_minor > missing else MatchCase.UNDERPAID), parts


def _with_rest(parts: list[Part], amount_minor: int) -> tuple[Part, ...]:
    rest = amount_minor - sum(part.amount_minor for part in parts)
    assert rest >= 0
    return (*parts, Part("unapplied", rest)) if rest else tuple(parts)


def _fits_a_closed_one(credit: Credit, payments: Sequence[Candidate]) -> bool:
    # Exactly what a cancelled order missed: more likely that one, late, than the order that happens to be open.
    return any(one.is_closed and one.missing_minor == credit.amount_minor for one in payments)


def _names(remittance: str, number: str) -> bool:
    """Whether the order number stands in the text, whatever prefix, blanks and leading zeros surround its digits."""
    wanted = "".join(re.findall(r"\d", number)).lstrip("0")
    if not wanted:
        return False
    for found in _DIGIT_GROUPS.finditer(remittance):
        groups = re.findall(r"\d+", found.group())
        for start in range(len(groups)):
            for end in range(start + 1, len(groups) + 1):
                if "".join(groups[start:end]).lstrip("0") == wanted:
                    return True
    return False


def _is_third_party(credit: Credit) -> bool:
    return _plain(credit.debtor_name) != _plain(credit.account_name)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
