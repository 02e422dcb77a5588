"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from aftersales.storage.coverages import read_coverages_ahead
from aftersales.storage.sold_lines import be_alone
from aftersales.use_cases.note_seller_order import NoteSellerOrder
from chassis.db.session import Session


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """The locks come first: what is read behind them is what the one before wrote."""
    opened = {one.seller_order_id for one in commands if isinstance(one, NoteSellerOrder)}
    if opened:
        await be_alone(session, opened)
        await read_coverages_ahead(session, opened)
