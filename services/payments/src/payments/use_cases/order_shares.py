"""What each means of payment put on an order, in the order in which the money came."""

from collections.abc import Sequence

from chassis.kernel.ids import Id
from payments.domain.refund import Means
from payments.domain.tender import Share
from payments.use_cases.ports import UnitOfWork


async def order_shares(order_id: Id, uow: UnitOfWork) -> list[Share]:
    """Every source of the order's money; a refund is spread over them from the last to the first."""
    return [*await uow.bank_lines.shares_of(order_id), *await uow.card_payments.shares_of(order_id)]


def means_of(shares: Sequence[Share]) -> Means:
    """The means that decides how long a refund may take: a transfer where any part goes back by one."""
    by_card = bool(shares) and all(share.means == "card" for share in shares)
    return "card" if by_card else "bank_transfer"
