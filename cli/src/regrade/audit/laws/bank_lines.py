"""I7: every transfer that came in is allocated to the last cent."""

from regrade.audit.facts import BankLine, Picture
from regrade.audit.law import Finding, Witness, nothing_yet, repeated


def every_bank_line_is_allocated(picture: Picture) -> Finding:
    """The parts of a bank line are positive and add up to it; orders named are known; a credit is one line only."""
    orders = {order.id for order in picture.orders}
    found = [witness for line in picture.bank_lines if (witness := _wrong(line, orders))]
    found += [
        Witness(f"credit {credit} became two bank lines", {"credit_id": credit})
        for credit in repeated(line.credit_id for line in picture.bank_lines)
    ]
    idle = nothing_yet(not picture.paid_orders, "no transfer has come in yet")
    return Finding(picture.where, len(picture.bank_lines), "bank lines", tuple(found), idle)


def _wrong(line: BankLine, orders: set[str]) -> Witness | None:
    ids = {"bank_line_id": line.id}
    placed = sum(part.minor for part in line.allocations)
    if placed != line.minor:
        return Witness(
            f"bank line {line.id} brought {line.minor} and {placed} is allocated", ids, abs(line.minor - placed)
        )
    if any(part.minor <= 0 for part in line.allocations):
        return Witness(f"bank line {line.id} has a part that is not positive", ids)
    strangers = [part.order_id for part in line.allocations if part.order_id and part.order_id not in orders]
    if strangers:
        return Witness(f"bank line {line.id} is allocated to order {strangers[0]}, which is not known", ids)
    if any(part.kind == "order" and part.order_id is None for part in line.allocations):
        return Witness(f"bank line {line.id} is allocated to an order without a name", ids)
    return None
