"""What a seller's case needs, piece by piece: how each piece stands, what it is needed for, and what to do next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from accounts.domain.company import Company
from accounts.domain.document import Document, DocumentKind, DocumentState
from accounts.domain.seller import Seller, SellerState
from accounts.domain.values import VatNumber, VatStatus


class RequirementState(StrEnum):
    """`waiting`: given, and somebody looks at it. `given`: given, and nobody has to."""

    MISSING = "missing"
    WAITING = "waiting"
    GIVEN = "given"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"


class NeededFor(StrEnum):
    """The step that is refused without it."""

    SUBMISSION = "submission"
    SELLING = "selling"
    PAYOUT = "payout"


@dataclass(frozen=True)
class Requirement:
    """One piece. `subject` is a country or a kind of document, where it has one; `next_step` is empty where none is open."""

    name: str
    state: RequirementState
    needed_for: NeededFor
    next_step: str = ""
    subject: str | None = None
    due_on: date | None = None

    @property
    def is_handed_in(self) -> bool:
        """Enough to submit the application."""
        return self.state in (RequirementState.WAITING, RequirementState.GIVEN, RequirementState.ACCEPTED)

    @property
    def is_open_for_approval(self) -> bool:
        """A register that is silent keeps nobody out; a paper that nobody has looked at does."""
        return not self.is_handed_in or (self.name == "document" and self.state is RequirementState.WAITING)

    def public(self) -> dict[str, str | None]:
        """As a refusal names it."""
        return {
            "name": self.name,
            "subject": self.subject,
            "state": str(self.state),
            "needed_for": str(self.needed_for),
            "next_step": self.next_step,
            "due_on": self.due_on.isoformat() if self.due_on else None,
        }


def requirements_of(
    company: Company,
    seller: Seller,
    documents: Iterable[Document],
    required: Iterable[DocumentKind],
    mandate_version: str,
) -> tuple[Requirement, ...]:
    """All of a case. `required` are the kinds of document that its markets ask for, `mandate_version` is today's text."""
    return (
        *_parts(seller),
        *_countries(company, seller),
        *_documents(documents, required),
        _tax_data(seller),
        *_mandate(seller, mandate_version),
    )


def _parts(seller: Seller) -> Iterator[Requirement]:
    given = {
        "markets": (seller.markets, "Name the markets you want to sell in."),
        "regimes": (seller.regimes, "Say how your goods are taxed: normal VAT, the margin scheme, or both."),
        "payout_account": (
            seller.payout_iban and seller.payout_holder,
            "Give the IBAN you are paid to and its holder.",
        ),
        "support_phone": (seller.support_phone, "Give the phone number that buyers call."),
        "beneficial_owners": (
            seller.owners,
            "Name everybody who owns or controls 25 % or more, or else the legal representative.",
        ),
    }
    for name, (value, next_step) in given.items():
        yield _given(name, bool(value), next_step)


def _countries(company: Company, seller: Seller) -> Iterator[Requirement]:
    numbers = {vat.country: vat for vat in company.vat_numbers}
    returns = {address.country for address in seller.all_return_addresses}
    for country in seller.ship_from or (company.country,):
        yield _vat_number(country, numbers.get(country))
        yield _given(
            "return_address", country in returns, f"Give the address in {country} that goods come back to.", country
        )


def _vat_number(country: str, vat: VatNumber | None) -> Requirement:
    def so(state: RequirementState, next_step: str = "") -> Requirement:
        return Requirement("vat_number", state, NeededFor.SUBMISSION, next_step, country)

    if vat is None:
        return so(RequirementState.MISSING, f"Give your VAT number of {country}: you ship from there.")
    match vat.status:
        case VatStatus.VALID:
            return so(RequirementState.ACCEPTED)
        case VatStatus.INVALID:
            return so(RequirementState.REFUSED, f"The register does not know {vat.number}. Correct it.")
        case VatStatus.UNAVAILABLE:
            return so(
                RequirementState.WAITING, "The register does not answer. We go on asking; you need not do anything."
            )
        case VatStatus.NOT_COVERED:
            return so(RequirementState.GIVEN)
        case _:
            return so(RequirementState.WAITING, "We are asking the register.")


# What of several papers of one kind counts: a good one, else one that somebody looks at, else what went wrong last.
_RANK = (DocumentState.ACCEPTED, DocumentState.UPLOADED, DocumentState.REFUSED, DocumentState.EXPIRED)
_STATES = {
    DocumentState.ACCEPTED: (RequirementState.ACCEPTED, ""),
    DocumentState.UPLOADED: (RequirementState.WAITING, ""),
    DocumentState.REFUSED: (RequirementState.REFUSED, "Upload another one."),
    DocumentState.EXPIRED: (RequirementState.EXPIRED, "Upload one that is valid today."),
}


def _documents(documents: Iterable[Document], required: Iterable[DocumentKind]) -> Iterator[Requirement]:
    kept = [one for one in documents if one.state is not DocumentState.REPLACED]
    for kind in required:
        of_kind = sorted((one for one in kept if one.kind is kind), key=lambda one: _RANK.index(one.state))
        if not of_kind:
            yield Requirement("document", RequirementState.MISSING, NeededFor.SUBMISSION, "Upload it.", str(kind))
            continue
        best = of_kind[0]
        state, next_step = _STATES[best.state]
        yield Requirement(
            "document",
            state,
            NeededFor.SUBMISSION,
            (best.next_step or next_step) if state is RequirementState.REFUSED else next_step,
            str(kind),
            best.valid_until,
        )


def _tax_data(seller: Seller) -> Requirement:
    request = seller.tax_request
    due_on = _day(request.due_at) if request else None
    if seller.tax is None:
        state, next_step = RequirementState.MISSING, "Give your tax number and the data that tax law asks of sellers."
    elif request is not None:
        state, next_step = RequirementState.REFUSED, "Your tax data has to be given anew."
    else:
        state, next_step = RequirementState.GIVEN, ""
    # Whoever was admitted goes on selling; the money waits.
    needed_for = NeededFor.PAYOUT if request else NeededFor.SUBMISSION
    return Requirement("tax_data", state, needed_for, next_step, None, due_on)


def _mandate(seller: Seller, current: str) -> Iterator[Requirement]:
    if seller.state not in (SellerState.APPROVED, SellerState.ACTIVE, SellerState.SUSPENDED):
        return
    signed = seller.mandate
    due_on = _day(seller.mandate_due_at) if seller.mandate_due_at else None
    if signed is None or signed.revoked_at is not None:
        state, next_step = RequirementState.MISSING, "Read and sign the invoicing mandate."
    elif signed.version != current:
        state, next_step = RequirementState.EXPIRED, "The text has changed. Read and sign the new one."
    else:
        state, next_step = RequirementState.ACCEPTED, ""
    yield Requirement("mandate", state, NeededFor.SELLING, next_step, None, due_on)


def _given(name: str, is_given: bool, next_step: str, subject: str | None = None) -> Requirement:
    state = RequirementState.GIVEN if is_given else RequirementState.MISSING
    return Requirement(name, state, NeededFor.SUBMISSION, "" if is_given else next_step, subject)


def _day(at: datetime) -> date:
    return at.date()
