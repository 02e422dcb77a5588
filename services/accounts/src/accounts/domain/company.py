"""A company: who it is, whether it is active, and what the VAT register says about its numbers."""

from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.domain.email_address import nobodys_address
from accounts.domain.errors import CompanyMoveRefused, CompanyNotActive
from accounts.domain.events import (
    CompanyActivated,
    CompanyChanged,
    CompanyClosed,
    CompanyClosing,
    CompanyErased,
    CompanyRegistered,
    CompanyReopened,
)
from accounts.domain.profile import Profile, ProfileChange
from accounts.domain.values import Address, Contact, VatAnswer, VatNumber, VatStatus
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import ERASED, OpenItem
from chassis.kernel.state import StateTable


class CompanyKind(StrEnum):
    """Buyers belong to one market, sellers are admitted to markets, the operator runs the platform."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"


class CompanyState(StrEnum):
    """From sign-up to closure, and beyond. While it closes nobody acts for it, and nothing new can begin."""

    PENDING_ACTIVATION = "pending_activation"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    ERASED = "erased"


MOVES = StateTable(
    {
        ("activate", CompanyState.PENDING_ACTIVATION): CompanyState.ACTIVE,
        ("change", CompanyState.PENDING_ACTIVATION): CompanyState.PENDING_ACTIVATION,
        ("change", CompanyState.ACTIVE): CompanyState.ACTIVE,
        ("close", CompanyState.PENDING_ACTIVATION): CompanyState.CLOSED,
        ("begin_closing", CompanyState.ACTIVE): CompanyState.CLOSING,
        ("close", CompanyState.CLOSING): CompanyState.CLOSED,
        ("reopen", CompanyState.CLOSING): CompanyState.ACTIVE,
        ("erase", CompanyState.CLOSED): CompanyState.ERASED,
    },
    CompanyMoveRefused,
)


@dataclass(frozen=True)
class Company:
    """`market` is a buyer's one market and None for others; sellers keep theirs in the seller case."""

    id: Id
    version: int
    kind: CompanyKind
    state: CompanyState
    market: str | None
    legal_name: str
    country: str
    registration_number: str
    vat_numbers: tuple[VatNumber, ...]
    address: Address
    contact: Contact
    language: str
    legal_form: str | None = None
    share_capital: str | None = None

    def registered(self, user_id: Id) -> CompanyRegistered:
        """The fact that goes with its first version."""
        return CompanyRegistered(
            aggregate_id=self.id, seq=self.version, kind=self.kind, market=self.market, user_id=user_id
        )

    def activate(self) -> tuple["Company", CompanyActivated]:
        """Its first person has set a password."""
        after = self._next(state=MOVES.after("activate", self.state))
        return after, CompanyActivated(aggregate_id=self.id, seq=after.version, kind=self.kind, market=self.market)

    def close(self) -> tuple["Company", CompanyClosed]:
        """End it; what it ordered and sold stays on the books."""
        after = self._next(state=MOVES.after("close", self.state))
        return after, CompanyClosed(aggregate_id=self.id, seq=after.version)

    def begin_closing(self, reason: str, erase: bool) -> tuple["Company", CompanyClosing]:
        """Nobody acts for it from now on; whether it ends is decided when nothing can be under way any more."""
        after = self._next(state=MOVES.after("begin_closing", self.state))
        return after, CompanyClosing(aggregate_id=self.id, seq=after.version, reason=reason, erase=erase)

    def reopen(self, items: tuple[OpenItem, ...]) -> tuple["Company", CompanyReopened]:
        """Something was begun at the last moment: it goes on as before."""
        after = self._next(state=MOVES.after("reopen", self.state))
        return after, CompanyReopened(aggregate_id=self.id, seq=after.version, open=items)

    def erase(self) -> tuple["Company", CompanyErased]:
        """Nobody can tell any more who it was; country, market and language stay, they name nobody."""
        after = self._next(
            state=MOVES.after("erase", self.state),
            legal_name=ERASED,
            registration_number=ERASED,
            vat_numbers=(),
            address=Address(ERASED, "", ERASED, self.country),
            contact=Contact(ERASED, nobodys_address(self.id)),
            legal_form=None,
            share_capital=None,
        )
        return after, CompanyErased(aggregate_id=self.id, seq=after.version)

    def unused_for_long(self) -> tuple["Company", CompanyChanged]:
        """Its people are told that it is closed and forgotten in a month, unless it buys again."""
        state = MOVES.after("change", self.state)
        after = self._next(state=state)
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=("unused",))

    def person_changed(self, what: str, user_id: Id) -> tuple["Company", CompanyChanged]:
        """Something about the sign-in of one of its people is new, or a link is to be mailed (see `CompanyChanged`)."""
        after = self._next()
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=(what,), user_id=user_id)

    @property
    def profile(self) -> Profile:
        """What of it can be edited."""
        return Profile(
            legal_name=self.legal_name,
            legal_form=self.legal_form,
            share_capital=self.share_capital,
            address=self.address,
            contact=self.contact,
            vat_numbers=self.vat_numbers,
            language=self.language,
        )

    def change_profile(
        self, change: ProfileChange, also: tuple[str, ...] = ()
    ) -> tuple["Company", CompanyChanged] | None:
        """Edit it; None where all of it is so already. What was ordered and issued before stays as it is.

        `also` is told with it.
        """
        state = MOVES.after("change", self.state)
        profile = change.applied_to(self.profile)
        what = self.profile.differences(profile)
        if not what:
            return None
        after = self._next(state=state, **vars(profile))
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=what + also)

    def request_refused(self) -> tuple["Company", CompanyChanged]:
        """The operator did not grant what it asked for; it gets a mail."""
        after = self._next()
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=("change_refused",))

    def rules_changed(self) -> tuple["Company", CompanyChanged]:
        """It buys by other rules from now on."""
        after = self._next()
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=("purchasing_rules",))

    def invite(self, invitation_id: Id) -> tuple["Company", CompanyChanged]:
        """A person shall get a mail with a link into the company."""
        after = self._next()
        what = ("invitation",)
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=what, invitation_id=invitation_id)

    def record_vat_answer(self, number: str, answer: VatAnswer) -> tuple["Company", CompanyChanged] | None:
        """Keep what the register said; None where it says nothing new: unavailable never replaces a clear answer."""
        known = next((vat for vat in self.vat_numbers if vat.number == number), None)
        if known is None or (answer.status is VatStatus.UNAVAILABLE and known.answer is not None):
            return None
        numbers = tuple(vat.answered(answer) if vat is known else vat for vat in self.vat_numbers)
        after = self._next(vat_numbers=numbers)
        return after, CompanyChanged(aggregate_id=self.id, seq=after.version, what=("vat_evidence",))

    def must_be_active(self) -> None:
        """Refuse whoever acts for a company that is not active."""
        if self.state is not CompanyState.ACTIVE:
            raise CompanyNotActive(state=str(self.state))

    def must_not_be_closed(self) -> None:
        """Refuse what would give a closed company new rights; one that waits for its activation may have them."""
        if self.state in (CompanyState.CLOSING, CompanyState.CLOSED, CompanyState.ERASED):
            raise CompanyNotActive(state=str(self.state))

    def _next(self, **changes: object) -> "Company":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
