"""Invoices: gapless numbers, frozen papers, and files that never change."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from chassis.db.repository import Repository
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from payments.domain.errors import NoSuchInvoice
from payments.domain.invoice import Correction, Credit, Invoice, InvoiceState, SeriesNumber
from payments.storage import tables
from payments.storage.codec import PAPER
from payments.use_cases.ports import KeptInvoice

# No sequence: a sequence keeps counting through a rollback, and would leave a gap. The row stays locked until the commit.
_NEXT = text(
    "insert into invoice_counters (seller_id, series, last) values (:seller_id, :series, 1) "
    "on conflict (seller_id, series) do update set last = invoice_counters.last + 1 returning last"
)

_OF_PARTY = text(
    "select i.id, i.issued_on, s.market from invoices i join settlements s on s.id = i.seller_order_id "
    "where i.buyer_id = :company_id or i.seller_id = :company_id order by i.id"
)
_SEAL = text(
    "update invoices set sealed_at = coalesce(sealed_at, :at), kept_until = greatest(kept_until, cast(:until as date)) "
    "where id = :id"
)
_NAMELESS = (
    "jsonb_build_object('name', 'erased', 'address', jsonb_build_object('line1', 'erased', 'postal_code', '', "
    "'city', 'erased', 'country', paper->'{who}'->'address'->'country'))"
)
# The duty of both sides ends on the same day.
_FORGET = text(
    "update invoices set erased_at = :now, paper = paper || jsonb_build_object("
    f"'buyer', {_NAMELESS.format(who='buyer')}, 'seller', {_NAMELESS.format(who='seller')}, "
    "'deliver_to', null, 'account', null, 'buyer_reference', null) "
    "where (buyer_id = :company_id or seller_id = :company_id) and kept_until < cast(:now as date) and erased_at is null "
    "returning id"
)
_FORGET_FILES = text("delete from invoice_files where invoice_id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(UUID))
)
_LEFT = text(
    "select min(kept_until) from invoices where (buyer_id = :company_id or seller_id = :company_id) "
    "and sealed_at is not null and erased_at is null"
)


class InvoiceRepository(Repository[Invoice]):
    """The version stays 0 until the invoice is public, so a save compares the state as well."""

    table = tables.invoices
    not_found = NoSuchInvoice

    async def of_shipment(self, shipment_id: Id) -> list[Invoice]:
        """All invoices of a shipment, without credit notes, and without those that another one replaces."""
        newer = self.table.alias()
        replaced = exists(select(newer.c.id).where(newer.c.replaces_id == self.table.c.id))
        return await self.where(self.table.c.shipment_id == shipment_id, self.table.c.kind == "380", ~replaced)

    async def credit_notes_of(self, seller_order_id: Id) -> list[Invoice]:
        """All credit notes of goods of a seller order, in the order of their numbers; those of a correction give nothing back."""
        found = await self.where(
            self.table.c.seller_order_id == seller_order_id,
            self.table.c.kind == "381",
            self.table.c.contest_id.is_(None),
        )
        return sorted(found, key=lambda one: (one.number.series, one.number.n))

    async def blocked_for(self, seller_id: Id, reason: str) -> list[Invoice]:
        """Those of a seller that wait for this, in the order of their numbers."""
        found = await self.where(
            self.table.c.seller_id == seller_id,
            self.table.c.state == InvoiceState.BLOCKED,
            self.table.c.blocked_reason == reason,
        )
        return sorted(found, key=lambda one: (one.number.series, one.number.n))

    async def is_sealed(self, invoice_id: Id) -> bool:
        """Kept for the law alone, because one of its companies was erased."""
        statement = select(self.table.c.sealed_at).where(self.table.c.id == invoice_id)
        return (await self._connection.execute(statement)).scalar() is not None

    async def add_credit_note(self, credit_note: Invoice) -> None:
        """With the devices on it, each of which the database credits once."""
        assert credit_note.credits is not None
        await self.add(credit_note)
        await self._connection.execute(
            insert(tables.credited_units),
            [
                {
                    "invoice_id": credit_note.credits[0],
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

    async def of_party(self, company_id: Id) -> list[KeptInvoice]:
        """Those that name the company, as buyer or seller, with the market of their order."""
        rows = await self._connection.execute(_OF_PARTY, {"company_id": company_id})
        return [KeptInvoice(row.id, row.issued_on, row.market) for row in rows.all()]

    async def seal(self, until: Mapping[Id, date], at: datetime) -> None:
        """From now on only who has to keep them reads them; the later of two days holds."""
        for id, day in sorted(until.items()):
            await self._connection.execute(_SEAL, {"id": id, "until": day, "at": at})

    async def forget(self, company_id: Id, now: datetime) -> date | None:
        """Erase those of the company whose last day is over; answers the next last day, if there is one."""
        found = await self._connection.execute(_FORGET, {"company_id": company_id, "now": now})
        ids = [row.id for row in found.all()]
        await self._connection.execute(_FORGET_FILES, {"ids": ids})
        left = await self._connection.execute(_LEFT, {"company_id": company_id})
        next_day: date | None = left.scalar_one()
        return next_day

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
            "credits_id": aggregate.credits[0] if aggregate.credits else None,
            "case_id": aggregate.credit.case_id if aggregate.credit else None,
            "reason": aggregate.credit.reason if aggregate.credit else None,
            "contest_id": aggregate.correction.contest_id if aggregate.correction else None,
            "replaces_id": aggregate.replaces[0] if aggregate.replaces else None,
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
            correction=_correction(row, paper),
        )


def _credit(row: Mapping[str, Any], paper: Paper) -> Credit | None:
    if row["case_id"] is None:
        return None
    assert paper.preceding is not None
    return Credit(row["credits_id"], paper.preceding.number, row["case_id"], row["reason"])


def _correction(row: Mapping[str, Any], paper: Paper) -> Correction | None:
    if row["contest_id"] is None:
        return None
    assert paper.preceding is not None
    return Correction(row["contest_id"], row["replaces_id"] or row["credits_id"], paper.preceding.number)
