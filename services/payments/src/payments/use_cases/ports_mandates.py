"""What use cases need of sellers' invoicing mandates."""

from datetime import datetime
from typing import Protocol

from chassis.kernel.ids import Id


class Mandates(Protocol):
    """Whose invoicing mandate was taken back; whoever sells has signed one."""

    async def stands(self, seller_id: Id) -> bool:
        """Whether invoices may be issued in the seller's name; it cannot be taken back or renewed before this transaction ends,
        once it was taken back."""
        ...

    async def revoke(self, seller_id: Id, at: datetime) -> None:
        """No new invoice from now on."""
        ...

    async def renew(self, seller_id: Id) -> bool:
        """Signed anew; False where it stood anyway."""
        ...
