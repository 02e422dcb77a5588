"""From the lines that a buyer chose to an award: nothing beyond what was offered, asked for, and still holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.domain.bid import Bid
from catalog.domain.quote_errors import AwardTooLarge, ChoiceTwice, ChoiceUnknown
from catalog.domain.quote_lines import AskedLine, AwardedLine, Choice
from chassis.kernel.ids import Id


def awarded_lines(
    choices: Sequence[Choice], bids: Mapping[Id, Bid], asked: Sequence[AskedLine], now: datetime
) -> tuple[AwardedLine, ...]:
    """The chosen lines with their terms. Raises ChoiceTwice, ChoiceUnknown or AwardTooLarge."""
    if len({(choice.bid_id, choice.place) for choice in choices}) != len(choices):
        raise ChoiceTwice
    lines = tuple(_awarded(choice, bids.get(choice.bid_id), now) for choice in choices)
    taken: dict[int, int] = defaultdict(int)
    for line in lines:
        taken[line.terms.line_no] += line.quantity
    for wish in asked:
        if taken[wish.line_no] > wish.quantity:
            raise AwardTooLarge(
                f"line {wish.line_no} asks for {wish.quantity}", line_no=wish.line_no, awarded=taken[wish.line_no]
            )
    return lines


def _awarded(choice: Choice, bid: Bid | None, now: datetime) -> AwardedLine:
    terms = next((line for line in bid.lines if line.place == choice.place), None) if bid else None
    if bid is None or terms is None or not bid.holds_at(now):
        raise ChoiceUnknown(bid_id=str(choice.bid_id), bid_line=choice.place)
    if choice.quantity > terms.quantity:
        raise AwardTooLarge(
            f"{terms.quantity} were offered", bid_id=str(bid.id), bid_line=choice.place, awarded=choice.quantity
        )
    return AwardedLine(bid.id, bid.seller_id, choice.quantity, terms)


def shipping_of(lines: Sequence[AwardedLine], bids: Mapping[Id, Bid]) -> tuple[tuple[Id, int], ...]:
    """What each seller takes for sending its part: the highest fee of its bids, once, as for any order."""
    fees: dict[Id, int] = defaultdict(int)
    for line in lines:
        fees[line.seller_id] = max(fees[line.seller_id], bids[line.bid_id].shipping_fee)
    return tuple(sorted(fees.items()))


def expiry_of(lines: Sequence[AwardedLine], bids: Mapping[Id, Bid]) -> datetime:
    """An award can be ordered for as long as all it was made of holds."""
    ends = [end for line in lines if (end := bids[line.bid_id].valid_until) is not None]
    return min(ends)
