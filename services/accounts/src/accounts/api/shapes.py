"""Aggregates → response shapes."""

from accounts.api.schemas import (
    AddressBody,
    ApiKeyBody,
    CompanyBody,
    CompanyStateBody,
    EmailChangeBody,
    OperatorEmailChangeBody,
    SellerBody,
    SessionBody,
    SignedUpBody,
    SubjectBody,
    VatNumberBody,
)
from accounts.domain.api_key import ApiKey
from accounts.domain.company import Company
from accounts.domain.email_change import EmailChange
from accounts.domain.scopes import Grant
from accounts.domain.seller import Seller
from accounts.domain.session import Session
from accounts.domain.values import Address, VatNumber
from accounts.use_cases.open_account import OpenedAccount
from chassis.kernel.ids import Id
from chassis.kernel.numbers import mask_iban


def signed_up(opened: OpenedAccount) -> SignedUpBody:
    """The answer to a sign-up."""
    return SignedUpBody(company_id=opened.company.id, user_id=opened.user.id, state=opened.company.state)


def company_state(company: Company) -> CompanyStateBody:
    """The answer to a move of a company."""
    return CompanyStateBody(company_id=company.id, kind=company.kind, state=company.state, version=company.version)


def subject(grant: Grant) -> SubjectBody:
    """Whom a token speaks for."""
    return SubjectBody(
        id=grant.subject_id,
        company_id=grant.company_id,
        kind=grant.kind,
        market=grant.market,
        scopes=sorted(grant.scopes),
    )


def company(company: Company) -> CompanyBody:
    """A company as it sees itself."""
    return CompanyBody(
        company_id=company.id,
        version=company.version,
        kind=company.kind,
        state=company.state,
        market=company.market,
        legal_name=company.legal_name,
        country=company.country,
        registration_number=company.registration_number,
        vat_numbers=[_vat_number(vat) for vat in company.vat_numbers],
        address=_address(company.address),
        language=company.language,
    )


def seller(company_of_it: Company, case: Seller) -> SellerBody:
    """A seller's case with its company."""
    return SellerBody(
        seller_id=case.id,
        version=case.version,
        state=case.state,
        markets=list(case.markets),
        regimes=[str(regime) for regime in case.regimes],
        payout_iban=mask_iban(case.payout_iban) if case.payout_iban else None,
        payout_holder=case.payout_holder,
        return_address=_address(case.return_address) if case.return_address else None,
        support_phone=case.support_phone,
        invoice_prefix=case.invoice_prefix,
        reason=case.reason,
        next_step=case.next_step,
        answer=case.answer,
        mandate_version=case.mandate.version if case.mandate else None,
        company=company(company_of_it),
    )


def api_key(key: ApiKey) -> ApiKeyBody:
    """A key without its secret."""
    return ApiKeyBody(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        last_four=key.last_four,
    )


def email_change(change: EmailChange) -> EmailChangeBody:
    """A change of address as who asked for it sees it."""
    return EmailChangeBody(id=change.id, state=change.state, asked_at=change.asked_at)


def operator_email_change(change: EmailChange) -> OperatorEmailChangeBody:
    """A change of address as support sees it."""
    return OperatorEmailChangeBody(
        id=change.id,
        state=change.state,
        asked_at=change.asked_at,
        user_id=change.user_id,
        company_id=change.company_id,
        email=change.email,
    )


def session(session: Session, current_id: Id | None) -> SessionBody:
    """A session as its owner sees it."""
    return SessionBody(
        id=session.id,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        network=session.device.network,
        agent=session.device.agent,
        current=session.id == current_id,
    )


def _vat_number(vat: VatNumber) -> VatNumberBody:
    return VatNumberBody(
        country=vat.country,
        number=vat.number,
        status=vat.status,
        checked_at=vat.answer.checked_at if vat.answer else None,
        consultation_number=vat.answer.consultation_number if vat.answer else None,
    )


def _address(address: Address) -> AddressBody:
    # Already checked when it came in; a platform company has an empty one.
    return AddressBody.model_construct(**vars(address))
