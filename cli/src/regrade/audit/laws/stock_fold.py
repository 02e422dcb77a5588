"""I8: an offer's figures are the fold of its movements, and none is ever negative."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from regrade.audit.facts import Movement, Picture, Push, StockRow
from regrade.audit.law import Finding, Witness, nothing_yet


@dataclass
class _Tally:
    counted: int = 0
    counted_at: datetime | None = None
    held: int = 0
    sales: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def sold(self) -> int:
        # A sale before the count is in the seller's figure already.
        return sum(units for at, units in self.sales if self.counted_at is not None and at >= self.counted_at)

    @property
    def free(self) -> int:
        return self.counted - self.held - self.sold

    def figures(self) -> tuple[int, int, int, int, int]:
        return self.counted, max(0, self.free), self.held, self.sold, max(0, -self.free)

    def take(self, movement: Movement) -> str | None:
        """Apply a movement; says what is wrong with it."""
        match movement.kind:
            case "pushed" | "adjusted":
                self.counted += movement.quantity
                self.counted_at = movement.at
            case "held":
                if movement.quantity > max(0, self.free):
                    return f"{movement.quantity} units were held when {max(0, self.free)} were free"
                self.held += movement.quantity
            case "released":
                self.held -= movement.quantity
            case "sold":
                self.held -= movement.quantity
                self.sales.append((movement.at, movement.quantity))
            case "returned":
                # Of a sale that did not come about: it has the sale's own instant.
                self.sales.append((movement.at, -movement.quantity))
            case _:
                return f"an unknown movement {movement.kind!r}"
        if self.counted < 0 or self.held < 0:
            return f"a figure fell below zero (counted {self.counted}, held {self.held})"
        return None


def figures_are_the_fold_of_movements(picture: Picture) -> Finding | None:
    """counted + shortage = available + held + sold, all >= 0 after each movement, and the stored row is their fold."""
    if picture.movements is None or picture.stock is None:
        return None
    by_offer: dict[str, list[Movement]] = defaultdict(list)
    for movement in picture.movements:
        by_offer[movement.offer_id].append(movement)
    found: list[Witness] = []
    for row in picture.stock:
        found += _judge(row, by_offer.pop(row.offer_id, []))
    found += [Witness(f"offer {offer} has movements and no figures", {"offer_id": offer}) for offer in by_offer]
    idle = nothing_yet(not picture.orders, "no stock was pushed yet")
    return Finding(picture.where, len(picture.stock), "offers", tuple(found), idle)


def pushed_figures_make_sense(picture: Picture) -> Finding | None:
    """What the catalogue told after each push: nothing negative, free units or a shortage but never both."""
    if picture.pushes is None:
        return None
    found = [witness for push in picture.pushes if (witness := _impossible(push))]
    idle = nothing_yet(not picture.orders, "no stock was pushed yet")
    return Finding(picture.where, len(picture.pushes), "pushed lines", tuple(found), idle)


def _judge(row: StockRow, movements: list[Movement]) -> list[Witness]:
    tally = _Tally()
    ids = {"offer_id": row.offer_id}
    for n, movement in enumerate(movements, start=1):
        if wrong := tally.take(movement):
            return [Witness(f"offer {row.offer_id}, movement {n}: {wrong}", ids, n)]
    told = (row.counted, row.available, row.held, row.sold, row.shortage)
    if told != tally.figures():
        names = "counted, available, held, sold, shortage"
        sentence = f"offer {row.offer_id} shows {names} {told}, its movements give {tally.figures()}"
        return [Witness(sentence, ids, len(movements))]
    return []


def _impossible(push: Push) -> Witness | None:
    committed = push.quantity - push.available + push.shortage
    if min(push.quantity, push.available, push.shortage, committed) < 0 or (push.available and push.shortage):
        sentence = f"offer {push.offer_id}: counted {push.quantity}, available {push.available}, short {push.shortage}"
        return Witness(sentence, {"offer_id": push.offer_id})
    return None
