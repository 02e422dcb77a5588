"""Cases: row ↔ aggregate."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import update

from aftersales.domain.case import ENDED, Case, CaseKind, CaseState, Defect, Impossible, Remedy
from aftersales.domain.case_rules import Fee
from aftersales.domain.errors import CaseNotFound
from aftersales.domain.return_place import ReturnPlace
from aftersales.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class CaseRepository(Repository[Case]):
    """The database has one open case a device at the most."""

    table = tables.cases
    not_found = CaseNotFound

    async def of_unit(self, shipment_id: Id, invoiced_unit: str) -> Sequence[Case]:
        """Every case of a device, and of what replaced it, the oldest first."""
        c = self.table.c
        found = await self.where(c.shipment_id == shipment_id, c.invoiced_unit == invoiced_unit)
        return sorted(found, key=lambda case: case.opened_at)

    async def replaced_by(self, order_id: Id, unit: str) -> Sequence[Case]:
        """The cases of an order that ended with this device in another one's place."""
        c = self.table.c
        return await self.where(c.order_id == order_id, c.replacement_unit == unit)

    async def open_of_shipment(self, shipment_id: Id) -> Sequence[Case]:
        """What keeps the claim window of a parcel open."""
        c = self.table.c
        return await self.where(c.shipment_id == shipment_id, c.state.not_in(ENDED))

    async def without_place(self, seller_id: Id) -> Sequence[Case]:
        """Open ones whose buyers do not know yet where to send the parcel."""
        c = self.table.c
        return await self.where(c.seller_id == seller_id, c.return_to.is_(None), c.state.not_in(ENDED))

    async def give_place(self, case_id: Id, place: ReturnPlace) -> None:
        """Where none is known: the first one stays. It is no fact of the case, so the version stays too."""
        c = self.table.c
        await self._connection.execute(
            update(self.table).where(c.id == case_id, c.return_to.is_(None)).values(return_to=asdict(place))
        )

    def to_row(self, aggregate: Case) -> dict[str, Any]:
        """Column values."""
        place = asdict(aggregate.return_to) if aggregate.return_to else None
        row = {**vars(aggregate), "checklist": list(aggregate.checklist), "return_to": place}
        fee = row.pop("fee")
        return {**row, "fee_minor": fee.minor if fee else None, "fee_currency": fee.currency if fee else None}

    def from_row(self, row: Mapping[str, Any]) -> Case:
        """The case of a row."""
        values = dict(row)
        minor, currency = values.pop("fee_minor"), values.pop("fee_currency")
        remedy, reason = values["remedy"], values["refund_reason"]
        return Case(
            **{
                **values,
                "kind": CaseKind(values["kind"]),
                "state": CaseState(values["state"]),
                "defect": Defect(values["defect"]),
                "checklist": tuple(values["checklist"]),
                "remedy": Remedy(remedy) if remedy else None,
                "refund_reason": Impossible(reason) if reason else None,
                "return_to": ReturnPlace(**values["return_to"]) if values["return_to"] else None,
                "fee": Fee(minor, currency) if minor is not None else None,
            }
        )
