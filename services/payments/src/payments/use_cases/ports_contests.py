"""What use cases need of contested documents."""

from typing import Protocol

from chassis.kernel.ids import Id
from payments.domain.contest import Contest


class Contests(Protocol):
    """Contests, one per document."""

    async def get(self, id: Id) -> Contest: ...

    async def of_invoice(self, invoice_id: Id) -> Contest | None: ...

    async def add(self, *contests: Contest) -> None: ...

    async def save(self, contest: Contest) -> None: ...
