"""A company: who it is, whether it is active, and what the VAT register says about its numbers."""

from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.domain.errors import CompanyMoveRefused, CompanyNotActive
from accounts.domain.events import CompanyActivated, CompanyChanged, CompanyClosed, CompanyRegistered
from accounts.domain.profile import Profile, ProfileChange
from accounts.domain.values import Address, Contact, VatAnswer, VatNumber, VatStatus
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class CompanyKind(StrEnum):
    """Buyers belong to one market, sellers are admitted to markets, the operator runs the platform."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"


class CompanyState(StrEnum):
    """From sign-up to closure."""

    PENDING_ACTIVATION = "pending_activation"
    ACTIVE = "active"
    CLOSED = "closed"


MOVES = StateTable(
    {
        ("activate", CompanyState.PENDING_ACTIVATION): CompanyState.ACTIVE,
        ("change", CompanyState.PENDING_ACTIVATION): CompanyState.PENDING_ACTIVATION,
        ("change", CompanyState.ACTIVE): CompanyState.ACTIVE,
        ("close", CompanyState.PENDING_ACTIVATION): CompanyState.CLOSED,
        ("close", CompanyState.ACTIVE): CompanyState.CLOSED,
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
        if self.state is CompanyState.CLOSED:
            raise CompanyNotActive(state=str(self.state))

    def _next(self, **changes: object) -> "Company":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
