"""I3: of each order, what came in is where it should be: paid out, earned as commission, given back, or still held."""

from collections import defaultdict
from dataclasses import dataclass, field

from regrade.audit.facts import ENDED_UNPAID, Book, Journal, Order, Payout, Picture
from regrade.audit.law import Finding, Witness, nothing_yet

_ENDED = (*ENDED_UNPAID, "completed", "refused", "cancelled_exception")


@dataclass
class _Trail:
    """The money of all orders, followed from account to account."""

    captured: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    escrow: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pending: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fee: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    released: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    given_back: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    order_of_part: dict[str, str] = field(default_factory=dict)
    order_of_refund: dict[str, str] = field(default_factory=dict)
    owed_back: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    available: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    # What credit notes took of a part after its release, less the commission that came back with it.
    taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    advanced: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid_by_journal: dict[str, int] = field(default_factory=dict)


def every_orders_money_is_accounted_for(picture: Picture) -> Finding:
    """Captured = paid out + commission + given back + held, order by order; an order that has ended holds nothing."""
    trail = _follow(picture.book)
    settled = {part for payout in picture.payouts if payout.state == "settled" for part in payout.seller_order_ids}
    orders = {order.id: order for order in picture.orders}
    found: list[Witness] = []
    for id, captured in trail.captured.items():
        order = orders.get(id)
        found += _judge_order(id, order, captured, trail, settled)
    found += _payouts_pay_what_was_released(picture.payouts, trail)
    found += _available_is_what_waits(picture, trail)
    return Finding(
        picture.where,
        len(trail.captured),
        "orders with money",
        tuple(found),
        nothing_yet(not picture.paid_orders, "no order is paid yet"),
    )


def _follow(book: Book) -> _Trail:
    trail = _Trail()
    for journal in sorted(book.journals, key=lambda one: one.step):
        _note(journal, trail)
    return trail


def _note(journal: Journal, trail: _Trail) -> None:
    if journal.kind.startswith(("P9", "P13")):
        _note_return(journal, trail)
        return
    giving = next((one for one in journal.postings if one.side == "debit" and ":" in one.account), None)
    for one in journal.postings:
        gained = -one.debit_minor
        match one.kind:
            case "buyer.escrow":
                trail.escrow[one.owner] += gained
                trail.captured[one.owner] += max(gained, 0)
            case "seller.pending":
                trail.pending[one.owner] += gained
                if giving is not None and giving.kind == "buyer.escrow":
                    trail.order_of_part[one.owner] = giving.owner
            case "seller.available":
                trail.available[one.owner] += gained
                if giving is not None and giving.kind == "seller.pending":
                    trail.released[giving.owner] += gained
            case "mkt.commission" | "mkt.vat_out" if giving is not None and giving.kind == "seller.pending":
                trail.fee[giving.owner] += gained
            case "refund.payable":
                trail.owed_back[one.owner] += gained
                if giving is not None and giving.kind == "buyer.escrow":
                    trail.order_of_refund[one.owner] = giving.owner
                if gained < 0:
                    trail.given_back[one.owner] -= gained
    if journal.kind.startswith("P7_paid_out"):
        payout = journal.cause.removeprefix("payout/")
        trail.paid_by_journal[payout] = sum(one.minor for one in journal.postings if one.side == "debit")


def _note_return(journal: Journal, trail: _Trail) -> None:
    """P9 takes from a part, before or after its release; P13 puts the platform's money in a seller's place, and back."""
    part = journal.seller_order_id or ""
    for one in journal.postings:
        gained = -one.debit_minor
        match one.kind:
            case "seller.pending":
                trail.pending[one.owner] += gained
            case "seller.available":
                trail.available[one.owner] += gained
                if journal.kind.startswith("P9"):
                    trail.taken[part] -= gained
                else:
                    trail.advanced[one.owner] += gained
            case "mkt.commission" | "mkt.vat_out":
                trail.fee[part] += gained
            case "refund.payable":
                trail.owed_back[one.owner] += gained
                trail.order_of_refund[one.owner] = trail.order_of_part[part]


def _judge_order(id: str, order: Order | None, captured: int, trail: _Trail, settled: set[str]) -> list[Witness]:
    ids = {"order_id": id}
    if order is None:
        return [Witness(f"order {id} has {captured} captured but is not known", ids)]
    parts = [part for part, owner in trail.order_of_part.items() if owner == id]
    refunds = [refund for refund, owner in trail.order_of_refund.items() if owner == id]
    # What a refund took after the release is not the order's any more, whoever's later sale paid for it.
    paid_out = sum(trail.released[part] - trail.taken[part] for part in parts if part in settled)
    fee = sum(trail.fee[part] for part in parts)
    back = sum(trail.given_back[refund] for refund in refunds)
    waiting = sum(trail.released[part] - trail.taken[part] for part in parts if part not in settled)
    in_escrow = trail.escrow[id] + sum(trail.pending[part] for part in parts)
    held = in_escrow + waiting + sum(trail.owed_back[refund] for refund in refunds)
    found: list[Witness] = []
    if captured != paid_out + fee + back + held:
        found.append(
            Witness(
                f"order {id}: captured {captured} is not paid out {paid_out} + fee {fee} + given back {back} + held {held}",
                ids,
            )
        )
    if order.state in _ENDED and in_escrow:
        found.append(Witness(f"order {id} is {order.state} and still holds {in_escrow}", ids, 2))
    if order.gross_minor is not None and captured > order.gross_minor:
        found.append(Witness(f"order {id} costs {order.gross_minor} and captured {captured}", ids))
    return found


def _payouts_pay_what_was_released(payouts: tuple[Payout, ...], trail: _Trail) -> list[Witness]:
    found = []
    for payout in payouts:
        earned = sum(trail.released[part] for part in payout.seller_order_ids)
        least = earned - sum(trail.taken[part] for part in payout.seller_order_ids)
        booked = trail.paid_by_journal.get(payout.id)
        ids = {"payout_id": payout.id}
        fits = payout.minor == booked and least <= payout.minor + payout.withheld_minor <= earned
        if payout.state == "settled" and not fits:
            sentence = f"payout {payout.id} says {payout.minor}, its seller orders earned {earned}, booked is {booked}"
            found.append(Witness(sentence, ids, len(payout.seller_order_ids)))
        if payout.state != "settled" and booked is not None:
            found.append(Witness(f"payout {payout.id} is {payout.state} and {booked} is booked as paid", ids))
    known = {payout.id for payout in payouts}
    for id, minor in trail.paid_by_journal.items():
        if id not in known:
            found.append(Witness(f"{minor} is booked as paid by payout {id}, which is not known", {"payout_id": id}))
    return found


def _available_is_what_waits(picture: Picture, trail: _Trail) -> list[Witness]:
    seller_of = {part.id: part.seller_id for part in picture.seller_orders}
    waits: dict[str, int] = defaultdict(int)
    for part, released in trail.released.items():
        waits[seller_of.get(part, "nobody")] += released - trail.taken[part]
    for seller, minor in trail.advanced.items():
        waits[seller] += minor
    for payout in picture.payouts:
        if payout.state == "settled":
            waits[payout.seller_id] -= payout.minor
    return [
        Witness(
            f"seller {seller} has {trail.available[seller]} available, and {waits[seller]} is released and not paid out",
            {"seller_id": seller},
        )
        for seller in sorted(trail.available.keys() | waits.keys())
        if trail.available[seller] != waits[seller]
    ]
