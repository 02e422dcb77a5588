"""A seller contests an invoice issued in its name: in time and once, and it is corrected to the cent or stays as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pypdfium2
import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.contest import (
    Contest,
    ContestMoveRefused,
    ContestReason,
    ContestState,
    ContestTooLate,
    CorrectionNotCarried,
    DismissalReason,
    InvoiceContestedAlready,
    InvoiceNotContestable,
    NothingToCorrect,
)
from payments.domain.errors import NoSuchInvoice
from payments.domain.views import InvoiceView, Reader, Window
from payments.storage.personal_data import PERSONAL_DATA
from payments.storage.queries import PaymentQueries
from payments.use_cases.dismiss_contest import DismissContest, dismiss_contest
from payments.use_cases.open_contest import OpenContest, open_contest
from payments.use_cases.uphold_contest import UpholdContest, uphold_contest
from services.payments.tests.builders import FR_PRO
from services.payments.tests.test_use_cases.test_returns import Sale, a_sale, at_rest, finish_refunds
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

NEW_NAME = "Atelier Numérique Renommé SAS"


async def sold(world: World) -> Sale:
    return await a_sale(world, await world.buyer(), await world.seller())


async def the_invoice(world: World, sale: Sale) -> Id:
    (row,) = await world.rows("select id from invoices where seller_order_id = :id", id=sale.ordered.seller_order_id)
    id: Id = row.id
    return id


async def contest(
    world: World, sale: Sale, reason: ContestReason = ContestReason.BUYER_DATA, *, by: Id | None = None
) -> Contest:
    command = OpenContest(await the_invoice(world, sale), by or sale.seller, reason, "The name is wrong.")
    return await world.executor.run(partial(open_contest, command))


async def uphold(world: World, contested: Contest) -> Contest:
    upheld = await world.executor.run(partial(uphold_contest, UpholdContest(contested.id, "You are right.")))
    await world.settle()
    return upheld


async def rename(world: World, company_id: Id, **changes: Any) -> None:
    """The company changes its profile, and payments hears of it."""
    snapshot = world.accounts.snapshots[company_id]
    world.accounts.snapshots[company_id] = {**snapshot, "version": 9, "legal_name": NEW_NAME, **changes}
    await world.tell("accounts.company", "changed", company_id, {"what": ["legal_name"]})
    await world.settle()


async def shown(world: World, sale: Sale) -> dict[str, InvoiceView]:
    queries = PaymentQueries(world.executor.engine)
    found = await queries.invoices(Reader(seller_id=sale.seller), sale.ordered.order_id, None, Window(None, 10))
    return {one.number: one for one in found}


async def pages(world: World, number: str) -> str:
    (row,) = await world.rows(
        "select pdf from invoice_files f join invoices i on i.id = f.invoice_id where i.number = :number", number=number
    )
    document = pypdfium2.PdfDocument(bytes(row.pdf))
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())


@pytest.mark.policy("1.10", "fr-pro")
async def test_an_upheld_contest_is_a_credit_note_and_a_new_invoice_and_no_money_moves(world: World) -> None:
    sale = await sold(world)
    before = await world.balances(), await world.names("settlement")
    contested = await contest(world, sale)
    await rename(world, sale.buyer)
    upheld = await uphold(world, contested)
    assert upheld.state is ContestState.UPHELD
    documents = await shown(world, sale)
    old, new, note = (documents[f"RPRO-2026-{n}"] for n in ("000001", "000002", "A00001"))
    assert (old.contest_state, new.replaces_id, note.credits_id) == ("upheld", old.id, old.id)
    assert {one.state for one in documents.values()} == {"issued"}
    assert (new.net, new.vat, new.gross) == (old.net, old.vat, old.gross) == (note.net, note.vat, note.gross)
    assert NEW_NAME in await pages(world, new.number)
    assert NEW_NAME not in await pages(world, old.number)
    assert "RPRO-2026-000002" in await pages(world, note.number)
    assert (await world.balances(), await world.names("settlement")) == before
    assert await world.names("refund") == []
    told = [data for name, data in await world.events("invoice") if name == "invoice.issued"]
    assert [(one["number"], one["replaces"], one["credits"]) for one in told[1:]] == [
        (new.number, {"invoice_id": str(old.id), "number": old.number}, None),
        (note.number, None, {"invoice_id": str(old.id), "number": old.number}),
    ], "the new one is there before the old one is cancelled"
    assert await world.names("contest") == ["contest.opened", "contest.upheld"]
    await world.audit()


async def test_a_device_that_comes_back_later_is_credited_on_the_new_invoice(world: World) -> None:
    sale = await sold(world)
    contested = await contest(world, sale)
    await rename(world, sale.buyer)
    upheld = await uphold(world, contested)
    await sale.refund_due("SN-1-000")
    (row,) = await world.rows("select credits_id, gross_minor from invoices where case_id is not null")
    assert (row.credits_id, row.gross_minor) == (upheld.corrected_id, 46680)
    await finish_refunds(world)
    await at_rest(world)


async def test_a_seller_may_have_its_own_name_corrected(world: World) -> None:
    sale = await sold(world)
    contested = await contest(world, sale, ContestReason.SELLER_DATA)
    await rename(world, sale.seller)
    await uphold(world, contested)
    assert NEW_NAME in await pages(world, "RPRO-2026-000002")


async def test_the_last_second_of_the_seventh_day_is_in_time_and_the_next_is_not(world: World) -> None:
    sale = await sold(world)
    other = await a_sale(world, sale.buyer, sale.seller, "100043")
    # Issued on the 21st, at ten in Paris: the seventh day is the 28th, an hour ahead of UTC.
    last = datetime(2026, 11, 28, 22, 59, 59, tzinfo=UTC)
    world.clock.advance(seconds=(last - world.clock.now()).total_seconds())
    assert (await contest(world, sale)).contest_until == last
    world.clock.advance(seconds=1)
    with pytest.raises(ContestTooLate) as refused:
        await contest(world, other)
    assert refused.value.facts == {"contest_until": last.isoformat()}


async def test_a_document_is_contested_once_and_only_by_its_seller(world: World) -> None:
    sale = await sold(world)
    with pytest.raises(NoSuchInvoice):
        await contest(world, sale, by=new_id())
    contested = await contest(world, sale)
    with pytest.raises(InvoiceContestedAlready):
        await contest(world, sale, ContestReason.VAT)
    await world.executor.run(
        partial(dismiss_contest, DismissContest(contested.id, DismissalReason.DOCUMENT_IS_RIGHT, "It is right."))
    )
    with pytest.raises(InvoiceContestedAlready):
        await contest(world, sale)
    assert await world.names("contest") == ["contest.opened", "contest.dismissed"]
    assert set(await shown(world, sale)) == {"RPRO-2026-000001"}


async def test_what_is_not_issued_cannot_be_contested(world: World) -> None:
    seller = await world.seller()
    body = {"seller_id": str(seller), "reason": "mandate_revoked", "has_mandate": False}
    await world.tell("accounts.seller", "suspended", seller, body)
    sale = await a_sale(world, await world.buyer(), seller)
    with pytest.raises(InvoiceNotContestable):
        await contest(world, sale)


@pytest.mark.parametrize("reason", [ContestReason.AMOUNT, ContestReason.VAT, ContestReason.GOODS, ContestReason.OTHER])
async def test_what_was_agreed_with_the_buyer_is_not_rewritten(world: World, reason: ContestReason) -> None:
    sale = await sold(world)
    contested = await contest(world, sale, reason)
    await rename(world, sale.buyer)
    with pytest.raises(CorrectionNotCarried) as refused:
        await uphold(world, contested)
    assert refused.value.facts == {"why": "reason", "reason": str(reason)}


async def test_nothing_is_corrected_while_the_profiles_say_the_same(world: World) -> None:
    sale = await sold(world)
    contested = await contest(world, sale)
    with pytest.raises(NothingToCorrect):
        await uphold(world, contested)
    await rename(world, sale.buyer)
    await uphold(world, contested)
    numbers = await world.rows("select number from invoices order by kind, n")
    assert [row.number for row in numbers] == ["RPRO-2026-000001", "RPRO-2026-000002", "RPRO-2026-A00001"]
    with pytest.raises(ContestMoveRefused):
        await uphold(world, contested)


async def test_an_invoice_with_credited_goods_is_not_replaced_and_a_credit_note_never(world: World) -> None:
    sale = await sold(world)
    contested = await contest(world, sale)
    await rename(world, sale.buyer)
    await sale.refund_due("SN-1-000")
    with pytest.raises(CorrectionNotCarried) as refused:
        await uphold(world, contested)
    assert refused.value.facts == {"why": "already_credited"}
    (note,) = await world.rows("select id from invoices where kind = '381'")
    command = OpenContest(note.id, sale.seller, ContestReason.BUYER_DATA, "The name is wrong.")
    of_note = await world.executor.run(partial(open_contest, command))
    with pytest.raises(CorrectionNotCarried) as refused_note:
        await uphold(world, of_note)
    assert refused_note.value.facts == {"why": "credit_note"}


async def test_nobody_of_an_open_contest_is_forgotten_and_the_sellers_words_go_with_the_seller(world: World) -> None:
    sale = await sold(world)
    contested = await contest(world, sale)
    async with world.executor.engine.connect() as connection:
        for company in (sale.seller, sale.buyer):
            found = (await PERSONAL_DATA.business(connection, company)).open
            assert ("contest", "RPRO-2026-000001", "open") in [(one.kind, one.id, one.state) for one in found]
    await world.executor.run(
        partial(dismiss_contest, DismissContest(contested.id, DismissalReason.NOT_EXPLAINED, "Tell us more."))
    )
    body = {"erasure_id": str(new_id()), "company_id": str(sale.seller), "user_id": None}
    await world.tell("accounts.erasure", "requested", new_id(), body)
    (row,) = await world.rows("select says, answer from contests")
    assert (row.says, row.answer) == ("erased", None)


async def test_the_last_day_ends_where_the_seller_sits() -> None:
    issued = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    # Already the 22nd in Paris; Lisbon is an hour behind, and a day has been used up there.
    assert FR_PRO.contest_until(issued, "FR") == datetime(2026, 11, 29, 22, 59, 59, tzinfo=UTC)
    assert FR_PRO.contest_until(issued, "PT") == datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC)
    assert replace(FR_PRO, seller_contests_days=0).contest_until(issued, "FR") - issued < timedelta(days=1)
