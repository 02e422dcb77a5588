"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from chassis.db.session import Session
from chassis.db.write_behind import read_ahead
from chassis.kernel.ids import Id
from gateway.domain.delivery import delivery_id
from gateway.storage.deliveries import DeliveryRepository
from gateway.use_cases.mark_failed import MarkFailed
from gateway.use_cases.mark_sent import MarkSent
from gateway.use_cases.prepare_deliveries import PrepareDeliveries


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """Deliveries, new ones and those that end."""
    wanted: set[Id] = {one.id for one in commands if isinstance(one, MarkSent | MarkFailed)}
    prepared = [one for one in commands if isinstance(one, PrepareDeliveries)]
    wanted.update(delivery_id(one.event_id, mail.template, mail.person_id) for one in prepared for mail in one.mails)
    await read_ahead(session, DeliveryRepository(session), wanted, lock=False)
