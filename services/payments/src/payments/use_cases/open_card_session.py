"""Errand: open the provider's page for a card payment, under an id that was stored before."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import CardPayment, CardState
from payments.domain.errors import ProviderRefused
from payments.domain.psp_facts import CardFacts
from payments.use_cases.fail_card import fail_card
from payments.use_cases.ports import Psp, Run, UnitOfWork


async def open_card_session(card_payment_id: Id, run: Run, psp: Psp) -> None:
    """A timeout raises: the errand asks by our reference before it tries again. The buyer comes back to our result page."""
    card, return_url = await run(partial(_read, card_payment_id))
    if card.state != CardState.CREATED:
        return
    try:
        facts = await psp.open_card(card, return_url)
    except ProviderRefused:
        await run(partial(fail_card, card.id, "refused_by_provider"))
        return
    if not await run(partial(record_card_session, facts)):
        # It was given up while the provider was being asked; nobody has seen the page.
        await psp.cancel_card(facts.provider_id, facts.reference)


async def record_card_session(facts: CardFacts, uow: UnitOfWork, now: datetime) -> bool:
    """Whether the page is still wanted."""
    card = await uow.card_payments.get(Id(facts.reference))
    if card.state == CardState.CREATED:
        assert facts.hosted_page is not None, "the provider answers with its page"
        card, waiting = card.require_3ds(facts.provider_id, facts.hosted_page)
        await uow.card_payments.save(card)
        uow.publish(waiting)
    return card.state != CardState.FAILED


async def _read(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> tuple[CardPayment, str]:
    card = await uow.card_payments.get(card_payment_id)
    payment = await uow.payments.get(card.payment_id)
    return card, f"{uow.platform.card_pages}/{payment.card_token}/result"
