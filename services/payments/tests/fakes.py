"""The world outside, in memory: a payment provider that keeps a real one's promises, and the other services."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.testing.clock import START
from payments.domain.bank_line import ReceivedCredit
from payments.domain.card_payment import CardPayment
from payments.domain.errors import FactsNotKnownYet, PartyNotKnownYet, ProviderRefused, ProviderUnavailable
from payments.domain.facts import DeliveryAddress
from payments.domain.party import Party
from payments.domain.payment import VirtualAccount
from payments.domain.payout import Creditor
from payments.domain.psp_account import Role
from payments.domain.psp_facts import CaptureFacts, CardFacts, Outgoing
from services.payments.tests.builders import DELIVER_TO

T = TypeVar("T")


@dataclass
class FakePsp:
    """Wallets never below zero, the same reference always the same thing, Σ refunds of a credit ≤ credit.

    `down` makes every call fail before it does anything; `forgets_answers` lets the next calls work but never answer.
    """

    down: bool = False
    forgets_answers: int = 0
    wallets: dict[str, int] = field(default_factory=dict)
    made: dict[tuple[str, str], Any] = field(default_factory=dict)
    credits: list[ReceivedCredit] = field(default_factory=list)
    moves: list[tuple[str, str, int]] = field(default_factory=list)
    paid_out: dict[str, int] = field(default_factory=dict)
    let_go: list[str] = field(default_factory=list)

    async def open_user(self, reference: str, role: Role, name: str, country: str) -> str:
        return self._once("user", reference, lambda: f"usr_{reference}")

    async def open_wallet(self, reference: str, owner_id: str, currency: str) -> str:
        return self._once("wallet", reference, lambda: self._wallet(f"wal_{reference}"))

    async def open_virtual_account(
        self, reference: str, wallet_id: str, holder_name: str, country: str, currency: str
    ) -> tuple[str, VirtualAccount]:
        def make() -> tuple[str, VirtualAccount]:
            number = len([1 for kind, _ in self.made if kind == "virtual_account"])
            return f"va_{wallet_id}", VirtualAccount(f"FR76{number:023d}", "REGRFRP0XXX", holder_name)

        return self._once("virtual_account", reference, make)

    async def transfer(self, reference: str, from_wallet_id: str, to_wallet_id: str, amount: Money) -> None:
        def make() -> bool:
            self._take(from_wallet_id, amount.minor)
            self.wallets[to_wallet_id] += amount.minor
            self.moves.append(("transfer", reference, amount.minor))
            return True

        self._once("transfer", reference, make)

    async def pay_out(
        self, reference: str, wallet_id: str, creditor: Creditor, amount: Money, remittance: str
    ) -> Outgoing:
        def make() -> Outgoing:
            self._take(wallet_id, amount.minor)
            self.moves.append(("payout", reference, amount.minor))
            self.made["payout_wallet", reference] = wallet_id
            return Outgoing(reference, "created", amount)

        return self._once("payout", reference, make)

    async def refund(self, reference: str, credit_id: str, wallet_id: str, amount: Money) -> Outgoing:
        def make() -> Outgoing:
            credit = next(one for one in self.credits if one.credit_id == credit_id)
            given_back = sum(minor for (kind, one), minor in self.refunded.items() if one == credit_id)
            if given_back + amount.minor > credit.amount.minor:
                raise ProviderRefused("refund_exceeds_credit")
            self._take(wallet_id, amount.minor)
            self.refunded[reference, credit_id] = amount.minor
            self.moves.append(("refund", reference, amount.minor))
            return Outgoing(reference, "created", amount)

        return self._once("refund", reference, make)

    async def open_card(self, card: CardPayment, return_url: str) -> CardFacts:
        def make() -> CardFacts:
            page = f"https://pay.test/{card.id}?back={return_url}"
            self.card_amounts[str(card.id)] = (card.amount, card.capture_moment, card.wallet_id)
            return CardFacts(f"cp_{card.id}", str(card.id), "created", hosted_page=page)

        return self._once("card", str(card.id), make)

    async def find_card(self, reference: str) -> CardFacts | None:
        self._answer()
        return self.made.get(("card", reference))

    async def cancel_card(self, provider_id: str, reference: str) -> None:
        if self.cards_of[reference].is_undecided:
            self._change(reference, status="cancelled")
        self._answer()

    async def void_card(self, provider_id: str, reference: str) -> None:
        if self.cards_of[reference].status == "authorised":
            self._change(reference, status="voided")
        self.let_go.append(reference)
        self._answer()

    async def capture_card(self, provider_id: str, reference: str, amount: Money) -> CaptureFacts:
        def make() -> CaptureFacts:
            card = provider_id.removeprefix("cp_")
            if self.cards_of[card].status not in ("authorised", "captured") or card in self.let_go:
                raise ProviderRefused("capture_exceeds_authorisation")
            declined = self.declines_captures
            capture = CaptureFacts(
                f"cc_{reference}",
                reference,
                amount,
                "failed" if declined else "captured",
                "declined" if declined else None,
            )
            changed = {} if declined else {"status": "captured"}
            self._change(card, captures=(*self.cards_of[card].captures, capture), **changed)
            return capture

        return self._once("capture", reference, make)

    async def refund_card(self, reference: str, capture_id: str, wallet_id: str, amount: Money) -> Outgoing:
        def make() -> Outgoing:
            captures = [
                one for card in self.cards_of.values() for one in card.captures if one.provider_id == capture_id
            ]
            assert captures, "only what was captured is sent back"
            given_back = sum(minor for (_, one), minor in self.refunded.items() if one == capture_id)
            if given_back + amount.minor > captures[0].amount.minor:
                raise ProviderRefused("refund_exceeds_capture")
            self.settle_card(captures[0].reference)
            self._take(wallet_id, amount.minor)
            self.refunded[reference, capture_id] = amount.minor
            self.moves.append(("card_refund", reference, amount.minor))
            return Outgoing(reference, "created", amount)

        return self._once("refund", reference, make)

    def buyer_pays(self, reference: str, status: str = "authorised", reason: str | None = None) -> CardFacts:
        """The buyer was on the page: authorised (and captured, where that was asked for) or failed."""
        amount, moment, _ = self.card_amounts[reference]
        if status == "authorised" and moment == "at_once":
            capture = CaptureFacts(f"cc_{reference}", reference, amount, "captured")
            return self._change(reference, status="captured", captures=(capture,))
        until = START + timedelta(days=7) if status == "authorised" else None
        return self._change(reference, status=status, failure_reason=reason, authorised_until=until)

    def settle_card(self, capture_reference: str) -> None:
        """The schemes settle: the money reaches the wallet. A second time it is there already."""
        for reference, card in self.cards_of.items():
            for capture in card.captures:
                if capture.reference == capture_reference and capture.status == "captured":
                    settled = tuple(replace(one, status="settled") if one == capture else one for one in card.captures)
                    self._change(reference, captures=settled)
                    self.wallets[self.card_amounts[reference][2]] += capture.amount.minor

    @property
    def cards_of(self) -> dict[str, CardFacts]:
        return {reference: made for (kind, reference), made in self.made.items() if kind == "card"}

    def _change(self, reference: str, **changes: Any) -> CardFacts:
        self.made["card", reference] = replace(self.made["card", reference], **changes)
        changed: CardFacts = self.made["card", reference]
        return changed

    async def find_payout(self, reference: str) -> Outgoing | None:
        return self._find("payout", reference)

    async def find_refund(self, reference: str) -> Outgoing | None:
        return self._find("refund", reference)

    async def credits_of(self, virtual_account_id: str) -> list[ReceivedCredit]:
        self._answer()
        return [one for one in self.credits if one.virtual_account_id == virtual_account_id]

    refunded: dict[tuple[str, str], int] = field(default_factory=dict)
    declines_captures: bool = False
    card_amounts: dict[str, tuple[Money, str, str]] = field(default_factory=dict)

    def wire(
        self, virtual_account_id: str, amount: Money, remittance: str, debtor: str, at: datetime
    ) -> ReceivedCredit:
        """Somebody pays into a virtual account."""
        wallet_id = virtual_account_id.removeprefix("va_")
        credit = ReceivedCredit(
            credit_id=f"crd_{new_id()}",
            virtual_account_id=virtual_account_id,
            wallet_id=wallet_id,
            amount=amount,
            value_date=at.date(),
            booked_at=at,
            debtor_name=debtor,
            debtor_iban="FR7630004000031234567890143",
            remittance=remittance,
        )
        self.wallets[wallet_id] += amount.minor
        self.credits.append(credit)
        return credit

    def finish(self, kind: str, reference: str, status: str) -> Outgoing:
        """The bank's answer to a payout or refund; a failed one gives the money back to its wallet."""
        outgoing = Outgoing(
            reference,
            status,  # type: ignore[arg-type]
            self.made[kind, reference].amount,
            "account_closed" if status == "failed" else None,
        )
        self.made[kind, reference] = outgoing
        if status == "failed" and kind == "payout":
            self.wallets[self.made["payout_wallet", reference]] += outgoing.amount.minor
        return outgoing

    def of_kind(self, kind: str) -> list[str]:
        """References of everything of a kind."""
        return [reference for made, reference in self.made if made == kind]

    def _once(self, kind: str, reference: str, make: Callable[[], T]) -> T:
        if self.down:
            raise ProviderUnavailable("down")
        if (kind, reference) not in self.made:
            self.made[kind, reference] = make()
        self._answer()
        return cast(T, self.made[kind, reference])

    def _find(self, kind: str, reference: str) -> Outgoing | None:
        self._answer()
        return self.made.get((kind, reference))

    def _answer(self) -> None:
        if self.down:
            raise ProviderUnavailable("down")
        if self.forgets_answers:
            self.forgets_answers -= 1
            raise ProviderUnavailable("timeout after success")

    def _wallet(self, id: str) -> str:
        self.wallets[id] = 0
        return id

    def _take(self, wallet_id: str, minor: int) -> None:
        if self.wallets[wallet_id] < minor:
            raise ProviderRefused("insufficient_funds")
        self.wallets[wallet_id] -= minor


@dataclass
class FakeAccounts:
    """Snapshots by company."""

    snapshots: dict[Id, dict[str, Any]] = field(default_factory=dict)

    async def fetch_party(self, company_id: Id, at: datetime) -> Party:
        if company_id not in self.snapshots:
            raise PartyNotKnownYet()
        return Party(company_id, int(self.snapshots[company_id]["version"]), self.snapshots[company_id], at)


@dataclass
class FakeOrders:
    """Where every order goes, and until when; `silent` until it answers."""

    silent: bool = False
    leaves_by: datetime = START

    async def delivery_address(self, order_id: Id, shipment_id: Id) -> DeliveryAddress:
        if self.silent:
            raise FactsNotKnownYet()
        return DELIVER_TO

    async def ship_by(self, order_id: Id) -> datetime:
        if self.silent:
            raise FactsNotKnownYet()
        return self.leaves_by
