"""The read side: SQL → plain values, newest first, without aggregates or locks."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Row, Select, Table, and_, exists, false, func, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.proposals import list_proposals
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.proposals import Proposal, ProposalState
from payments.domain.card_payment import CaptureState, CardState
from payments.domain.contest import Contest, ContestState
from payments.domain.invoice import InvoiceState
from payments.domain.payment import PaymentState, VirtualAccount
from payments.domain.settlement import SettlementState
from payments.domain.views import (
    AccountView,
    AllocationView,
    BalanceView,
    BankLineView,
    CardLinkView,
    CardPaymentView,
    InvoiceFile,
    InvoiceView,
    JournalView,
    PaymentView,
    PayoutView,
    PostingView,
    Reader,
    RefundView,
    SettlementView,
    Window,
)
from payments.storage import tables
from payments.storage.contests import ContestRepository
from payments.storage.tables_contests import contests

Rows = Sequence[Row[Any]]


class PaymentQueries:
    """Opens a connection for each read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def corrections(self, state: ProposalState | None, after: Id | None, limit: int) -> Sequence[Proposal]:
        """What finance proposed to move by hand, in the order in which it was proposed."""
        async with self._engine.connect() as connection:
            return await list_proposals(connection, state, after, limit)

    async def contest(self, seller_id: Id, invoice_id: Id) -> Contest | None:
        """Of a seller's own document."""
        async with self._engine.connect() as connection:
            found = await ContestRepository(connection).of_invoice(invoice_id)
        return found if found is not None and found.seller_id == seller_id else None

    async def contests(
        self, seller_id: Id | None, state: ContestState | None, after: Id | None, limit: int
    ) -> Sequence[Contest]:
        """The oldest first; of one seller, or all."""
        async with self._engine.connect() as connection:
            return await ContestRepository(connection).in_order(seller_id, state, after, limit)

    async def payments(self, reader: Reader, order_id: Id | None, window: Window) -> list[PaymentView]:
        """A payment is the buyer's; sellers see none."""
        c = tables.payments.c
        statement = select(tables.payments).where(_buyers_only(c.buyer_id, reader), _same(c.order_id, order_id))
        return [_payment(row) for row in await self._page(statement, c.opened_at, c.id, window)]

    async def payment(self, reader: Reader, id: Id) -> PaymentView | None:
        """One, or None where it is not there or not the reader's."""
        c = tables.payments.c
        rows = await self._all(select(tables.payments).where(_buyers_only(c.buyer_id, reader), c.id == id))
        return _payment(rows[0]) if rows else None

    async def card_payments(self, reader: Reader, payment_id: Id) -> list[CardPaymentView]:
        """Every attempt of a payment, the latest first; none for strangers."""
        c = tables.card_payments.c
        statement = select(tables.card_payments).where(_buyers_only(c.buyer_id, reader), c.payment_id == payment_id)
        return [_card_payment(row) for row in await self._all(statement.order_by(c.attempt.desc()))]

    async def card_payment(self, reader: Reader, id: Id) -> CardPaymentView | None:
        """One, or None where it is not there or not the reader's."""
        c = tables.card_payments.c
        rows = await self._all(select(tables.card_payments).where(_buyers_only(c.buyer_id, reader), c.id == id))
        return _card_payment(rows[0]) if rows else None

    async def card_link(self, token: str) -> CardLinkView | None:
        """What is paid with this link, or None where it leads nowhere."""
        rows = await self._all(select(tables.payments).where(tables.payments.c.card_token == token))
        if not rows:
            return None
        payment = _payment(rows[0])
        parties = tables.parties
        names = await self._all(select(parties.c.snapshot).where(parties.c.company_id == payment.buyer_id))
        snapshot = names[0].snapshot if names else {}
        attempts = await self.card_payments(Reader(), payment.id)
        return CardLinkView(
            payment=payment,
            company_name=snapshot.get("legal_name", ""),
            language=snapshot.get("language"),
            to_pay=await self._to_pay_by_card(payment, attempts),
            latest=attempts[0] if attempts else None,
        )

    async def _to_pay_by_card(self, payment: PaymentView, attempts: list[CardPaymentView]) -> Money | None:
        """As `begin_card_payment` decides when the buyer clicks."""
        if payment.state in (PaymentState.OPENED, PaymentState.PARTIALLY_PAID):
            return None if any(one.state == CardState.AUTHORISED for one in attempts) else payment.missing
        tried = next((one for one in attempts if one.state != CardState.FAILED), None)
        if payment.state != PaymentState.SECURED or payment.capture != "at_dispatch" or tried is None:
            return None
        c = tables.card_captures.c
        failed = select(c.id).where(c.card_payment_id == tried.id, c.state == CaptureState.FAILED)
        left = tried.amount - tried.captured
        return left if left.minor and (tried.state == CardState.EXPIRED or await self._all(failed)) else None

    async def invoices(
        self, reader: Reader, order_id: Id | None, seller_order_id: Id | None, window: Window
    ) -> list[InvoiceView]:
        """Buyers see what is issued; sellers also what is on its way or blocked."""
        c = tables.invoices.c
        wanted = and_(_same(c.order_id, order_id), _same(c.seller_order_id, seller_order_id))
        statement = _invoices().where(_invoice_readers(reader), wanted)
        return [_invoice(row) for row in await self._page(statement, c.numbered_at, c.id, window)]

    async def invoice(self, reader: Reader, id: Id) -> InvoiceView | None:
        """One, or None where it is not there or not the reader's."""
        rows = await self._all(_invoices().where(_invoice_readers(reader), tables.invoices.c.id == id))
        return _invoice(rows[0]) if rows else None

    async def invoice_file(self, id: Id, kind: Literal["pdf", "xml"]) -> InvoiceFile | None:
        """The stored bytes, or None before they are stored."""
        files, invoices = tables.invoice_files, tables.invoices
        statement = (
            select(invoices.c.number, files.c[kind].label("content"), files.c.sha256)
            .join(invoices, invoices.c.id == files.c.invoice_id)
            .where(files.c.invoice_id == id)
        )
        rows = await self._all(statement)
        return InvoiceFile(rows[0].number, rows[0].content, rows[0].sha256) if rows else None

    async def balances(self, seller_id: Id) -> list[BalanceView]:
        """One row per currency the seller ever earned in; all of it comes from the books and the live payouts."""
        settled, payouts = tables.settlements.c, tables.payouts
        commission = settled.commission_net_minor + settled.commission_vat_minor
        credited_commission = settled.credited_commission_net_minor + settled.credited_commission_vat_minor
        amount = settled.invoiced_minor - settled.credited_minor - commission + credited_commission
        pending = (
            select(settled.currency, func.sum(amount).filter(settled.state == SettlementState.PENDING).label("minor"))
            .where(settled.seller_id == seller_id)
            .group_by(settled.currency)
        )
        account = tables.ledger_accounts.c
        available = select(account.currency, account.balance_minor.label("minor")).where(
            account.name == f"seller.available:{seller_id}"
        )
        under_way = (
            select(payouts.c.currency, func.sum(payouts.c.amount_minor).label("minor"))
            .where(payouts.c.seller_id == seller_id, payouts.c.state.in_(("created", "sent")))
            .group_by(payouts.c.currency)
        )
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for place, statement in enumerate((pending, available, under_way)):
            for row in await self._all(statement):
                sums[row.currency][place] += int(row.minor or 0)
        return [
            BalanceView(currency, Money(held, currency), Money(free - sent, currency), Money(sent, currency))
            for currency, (held, free, sent) in sorted(sums.items())
        ]

    async def settlements(self, reader: Reader, window: Window) -> list[SettlementView]:
        """What the seller's orders earned."""
        c = tables.settlements.c
        statement = select(tables.settlements).where(_sellers_only(c.seller_id, reader))
        return [_settlement(row) for row in await self._page(statement, c.pending_at, c.id, window)]

    async def payouts(self, reader: Reader, window: Window) -> list[PayoutView]:
        """Payouts with what is in them."""
        c, items = tables.payouts.c, tables.payout_items.c
        statement = select(tables.payouts).where(_sellers_only(c.seller_id, reader))
        rows = await self._page(statement, c.created_at, c.id, window)
        found = await self._children(tables.payout_items, items.payout_id, items.seller_order_id, rows)
        return [_payout(row, found[row.id]) for row in rows]

    async def refunds(self, reader: Reader, order_id: Id | None, window: Window) -> list[RefundView]:
        """Refunds to the buyer."""
        c = tables.refunds.c
        reversals = tables.reversals.c
        unfunded = exists().where(reversals.credit_note_id == c.credit_note_id, reversals.state == "waiting")
        statement = select(tables.refunds, unfunded.label("waits_for_funds")).where(
            _buyers_only(c.buyer_id, reader), _same(c.order_id, order_id)
        )
        return [_refund(row) for row in await self._page(statement, c.created_at, c.id, window)]

    async def journals(self, order_id: Id | None, window: Window) -> list[JournalView]:
        """The books."""
        c, postings = tables.journals.c, tables.postings.c
        rows = await self._page(select(tables.journals).where(_same(c.order_id, order_id)), c.posted_at, c.id, window)
        found = await self._children(tables.postings, postings.journal_id, postings.n, rows)
        return [_journal(row, found[row.id]) for row in rows]

    async def accounts(self, after: tuple[str, str] | None, limit: int) -> list[AccountView]:
        """Balances by name."""
        c = tables.ledger_accounts.c
        statement = select(tables.ledger_accounts).order_by(c.name, c.currency).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(c.name, c.currency) > after)
        return [
            AccountView(row.name, row.currency, row.grows_by, Money(row.balance_minor, row.currency))
            for row in await self._all(statement)
        ]

    async def bank_lines(self, window: Window) -> list[BankLineView]:
        """What came in, and where it went."""
        c, parts = tables.bank_lines.c, tables.allocations.c
        rows = await self._page(select(tables.bank_lines), c.received_at, c.id, window)
        found = await self._children(tables.allocations, parts.bank_line_id, parts.n, rows)
        return [_bank_line(row, found[row.id]) for row in rows]

    async def _page(self, statement: Select[Any], at: Column[Any], id: Column[Any], window: Window) -> Rows:
        if window.after is not None:
            statement = statement.where(tuple_(at, id) < (window.after[0], Id(window.after[1])))
        return await self._all(statement.order_by(at.desc(), id.desc()).limit(window.limit))

    async def _children(
        self, table: Table, parent: Column[Any], order: Column[Any], rows: Rows
    ) -> dict[Id, list[Row[Any]]]:
        statement = select(table).where(parent.in_([row.id for row in rows])).order_by(parent, order)
        found: dict[Id, list[Row[Any]]] = defaultdict(list)
        for child in await self._all(statement):
            found[child._mapping[parent]].append(child)
        return found

    async def _all(self, statement: Select[Any]) -> Rows:
        async with self._engine.connect() as connection:
            rows: Rows = (await connection.execute(statement)).all()
            return rows


def _same(column: Column[Any], wanted: Id | None) -> ColumnElement[bool]:
    return column == wanted if wanted is not None else and_(True)


def _buyers_only(column: Column[Any], reader: Reader) -> ColumnElement[bool]:
    return false() if reader.seller_id is not None else _same(column, reader.buyer_id)


def _sellers_only(column: Column[Any], reader: Reader) -> ColumnElement[bool]:
    return false() if reader.buyer_id is not None else _same(column, reader.seller_id)


def _invoice_readers(reader: Reader) -> ColumnElement[bool]:
    c = tables.invoices.c
    open_to_reader = true() if reader.sees_sealed else c.sealed_at.is_(None)
    if reader.buyer_id is not None:
        return and_(c.buyer_id == reader.buyer_id, c.state == InvoiceState.ISSUED, open_to_reader)
    return and_(_same(c.seller_id, reader.seller_id), open_to_reader)


def _invoices() -> Select[Any]:
    # Without the frozen paper, which is large and only the typesetter needs.
    shown = (column for column in tables.invoices.c if column.name != "paper")
    joined = tables.invoices.outerjoin(contests, contests.c.invoice_id == tables.invoices.c.id)
    return select(*shown, contests.c.state.label("contest_state")).select_from(joined)


def _payment(row: Row[Any]) -> PaymentView:
    return PaymentView(
        id=row.id,
        version=row.version,
        order_id=row.order_id,
        reference=row.number,
        buyer_id=row.buyer_id,
        market=row.market,
        state=row.state,
        due=Money(row.due_minor, row.currency),
        received=Money(row.received_minor, row.currency),
        missing=Money(row.due_minor - row.received_minor, row.currency),
        virtual_account=VirtualAccount(row.iban, row.bic, row.account_holder) if row.iban else None,
        opened_at=row.opened_at,
        secured_at=row.secured_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        method=row.method,
        capture=row.capture,
    )


def _card_payment(row: Row[Any]) -> CardPaymentView:
    return CardPaymentView(
        id=row.id,
        version=row.version,
        payment_id=row.payment_id,
        order_id=row.order_id,
        state=row.state,
        amount=Money(row.amount_minor, row.currency),
        captured=Money(row.captured_minor, row.currency),
        hosted_page=row.hosted_page,
        created_at=row.created_at,
        expires_at=row.expires_at,
        valid_until=row.valid_until,
        failure_reason=row.failure_reason,
    )


def _invoice(row: Row[Any]) -> InvoiceView:
    return InvoiceView(
        id=row.id,
        version=row.version,
        number=row.number,
        series=row.series,
        number_in_series=row.n,
        kind=row.kind,
        credits_id=row.credits_id,
        case_id=row.case_id,
        replaces_id=row.replaces_id,
        contest_id=row.contest_id,
        contest_state=row.contest_state,
        state=row.state,
        regime=row.regime,
        seller_id=row.seller_id,
        buyer_id=row.buyer_id,
        order_id=row.order_id,
        seller_order_id=row.seller_order_id,
        shipment_id=row.shipment_id,
        issued_on=row.issued_on,
        net=Money(row.net_minor, row.currency),
        vat=Money(row.vat_minor, row.currency),
        gross=Money(row.gross_minor, row.currency),
        sha256=row.sha256,
        numbered_at=row.numbered_at,
        issued_at=row.issued_at,
        blocked_reason=row.blocked_reason,
    )


def _settlement(row: Row[Any]) -> SettlementView:
    commission = row.commission_net_minor + row.commission_vat_minor
    credited_commission = row.credited_commission_net_minor + row.credited_commission_vat_minor
    return SettlementView(
        seller_order_id=row.id,
        version=row.version,
        state=row.state,
        order_id=row.order_id,
        seller_id=row.seller_id,
        market=row.market,
        invoiced=Money(row.invoiced_minor, row.currency),
        commission_net=Money(row.commission_net_minor, row.currency),
        commission_vat=Money(row.commission_vat_minor, row.currency),
        credited=Money(row.credited_minor, row.currency),
        credited_commission=Money(credited_commission, row.currency),
        amount=Money(row.invoiced_minor - row.credited_minor - commission + credited_commission, row.currency),
        pending_at=row.pending_at,
        released_at=row.released_at,
        payout_id=row.payout_id,
    )


def _payout(row: Row[Any], items: Rows) -> PayoutView:
    return PayoutView(
        id=row.id,
        version=row.version,
        state=row.state,
        seller_id=row.seller_id,
        market=row.market,
        amount=Money(row.amount_minor, row.currency),
        withheld=Money(row.withheld_minor, row.currency),
        seller_order_ids=tuple(item.seller_order_id for item in items),
        created_at=row.created_at,
        finished_at=row.finished_at,
        failure_reason=row.failure_reason,
    )


def _refund(row: Row[Any]) -> RefundView:
    return RefundView(
        id=row.id,
        version=row.version,
        state=row.state,
        buyer_id=row.buyer_id,
        order_id=row.order_id,
        source_kind=row.source_kind,
        source_id=row.source_id,
        amount=Money(row.amount_minor, row.currency),
        cause=row.cause,
        case_id=row.case_id,
        credit_note_id=row.credit_note_id,
        seller_order_id=row.seller_order_id,
        waits_for_funds=row.waits_for_funds,
        created_at=row.created_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        failure_reason=row.failure_reason,
    )


def _journal(row: Row[Any], postings: Rows) -> JournalView:
    return JournalView(
        id=row.id,
        kind=row.kind,
        cause=row.cause,
        order_id=row.order_id,
        seller_order_id=row.seller_order_id,
        posted_at=row.posted_at,
        postings=tuple(
            PostingView(posting.account, posting.side, Money(posting.amount_minor, posting.currency))
            for posting in postings
        ),
    )


def _bank_line(row: Row[Any], parts: Rows) -> BankLineView:
    return BankLineView(
        id=row.id,
        version=row.version,
        credit_id=row.credit_id,
        buyer_id=row.buyer_id,
        amount=Money(row.amount_minor, row.currency),
        value_date=row.value_date,
        booked_at=row.booked_at,
        received_at=row.received_at,
        match_case=row.match_case,
        third_party=row.third_party,
        allocations=tuple(
            AllocationView(part.kind, part.order_id, Money(part.amount_minor, row.currency)) for part in parts
        ),
    )
