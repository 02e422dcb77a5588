"""Invoices: gapless numbers, frozen papers, and files that never change."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, text, update

from chassis.db.repository import Repository
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from payments.domain.errors import NoSuchInvoice
from payments.domain.invoice import Credit, Invoice, InvoiceState, SeriesNumber
from payments.storage import tables
from payments.storage.codec import PAPER

# No sequence: a sequence keeps counting through a rollback, and would leave a gap. The row stays locked until the commit.
_NEXT = text(
    "insert into invoice_counters (seller_id, series, last) values (:seller_id, :series, 1) "
    "on conflict (seller_id, series) do update set last = invoice_counters.last + 1 returning last"
)


class InvoiceRepository(Repository[Invoice]):
    """The version stays 0 until the invoice is public, so a save compares the state as well."""

    table = tables.invoices
    not_found = NoSuchInvoice

    async def of_shipment(self, shipment_id: Id) -> list[Invoice]:
        """All invoices of a shipment, without credit notes."""
        return await self.where(self.table.c.shipment_id == shipment_id, self.table.c.kind == "380")

    async def credit_notes_of(self, seller_order_id: Id) -> list[Invoice]:
        """All credit notes of a seller order, in the order of their numbers."""
        found = await self.where(self.table.c.seller_order_id == seller_order_id, self.table.c.kind == "381")
        return sorted(found, key=lambda one: (one.number.series, one.number.n))

    async def add_credit_note(self, credit_note: Invoice) -> None:
        """With the devices on it, each of which the database credits once."""
        assert credit_note.credit is not None
        await self.add(credit_note)
        await self._connection.execute(
            insert(tables.credited_units),
            [
                {
                    "invoice_id": credit_note.credit.invoice_id,
                    "unit": serial.value,
                    "credit_note_id": credit_note.id,
                }
                for line in credit_note.paper.lines
                for serial in line.serials
            ],
        )

    async def next_number(self, seller_id: Id, series: str) -> int:
        """1, 2, 3 … for each seller and series."""
        row = await self._connection.execute(_NEXT, {"seller_id": seller_id, "series": series})
        number: int = row.scalar_one()
        return number

    async def save(self, aggregate: Invoice) -> None:
        """Compare and set on version and "not issued yet": an issued invoice never changes."""
        row = self.to_row(aggregate)
        row.pop("id")
        done = await self._connection.execute(
            update(self.table)
            .where(
                self.table.c.id == aggregate.id,
                self.table.c.version == self._loaded[aggregate.id],
                self.table.c.state != InvoiceState.ISSUED,
            )
            .values(row)
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(aggregate.id))
        self._remember(aggregate)

    async def store_files(self, invoice_id: Id, files: InvoiceFiles) -> None:
        """Once per invoice."""
        await self._connection.execute(
            insert(tables.invoice_files).values(
                invoice_id=invoice_id, pdf=files.pdf, xml=files.xml, sha256=files.sha256
            )
        )

    def to_row(self, aggregate: Invoice) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "state": aggregate.state,
            "series": aggregate.number.series,
            "n": aggregate.number.n,
            "number": aggregate.number.text,
            "kind": str(aggregate.paper.kind),
            "credits_id": aggregate.credit.invoice_id if aggregate.credit else None,
            "case_id": aggregate.credit.case_id if aggregate.credit else None,
            "reason": aggregate.credit.reason if aggregate.credit else None,
            "regime": aggregate.regime,
            "seller_id": aggregate.seller_id,
            "buyer_id": aggregate.buyer_id,
            "order_id": aggregate.order_id,
            "seller_order_id": aggregate.seller_order_id,
            "shipment_id": aggregate.shipment_id,
            "issued_on": aggregate.issued_on,
            "currency": aggregate.paper.currency,
            "net_minor": aggregate.paper.net_minor,
            "vat_minor": aggregate.paper.vat_minor,
            "gross_minor": aggregate.total.minor,
            "paper": PAPER.dump(aggregate.paper),
            "numbered_at": aggregate.numbered_at,
            "sha256": aggregate.sha256,
            "issued_at": aggregate.issued_at,
            "blocked_reason": aggregate.blocked_reason,
        }

    def from_row(self, row: Mapping[str, Any]) -> Invoice:
        """The aggregate."""
        paper = PAPER.load(row["paper"])
        return Invoice(
            id=row["id"],
            version=row["version"],
            state=InvoiceState(row["state"]),
            number=SeriesNumber(row["series"], row["n"]),
            regime=row["regime"],
            seller_id=row["seller_id"],
            buyer_id=row["buyer_id"],
            order_id=row["order_id"],
            seller_order_id=row["seller_order_id"],
            shipment_id=row["shipment_id"],
            paper=paper,
            numbered_at=row["numbered_at"],
            sha256=row["sha256"],
            issued_at=row["issued_at"],
            blocked_reason=row["blocked_reason"],
            credit=_credit(row, paper),
        )


def _credit(row: Mapping[str, Any], paper: Paper) -> Credit | None:
    if row["credits_id"] is None:
        return None
    assert paper.preceding is not None
    return Credit(row["credits_id"], paper.preceding.number, row["case_id"], row["reason"])
