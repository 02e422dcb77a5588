"""Companies with their profiles, and change requests → response shapes."""

from dataclasses import asdict
from typing import Any

from accounts.api import shapes
from accounts.api.company_schemas import (
    ChangeRequestBody,
    CompanyProfileBody,
    ContactOut,
    PayoutBody,
    ProfileChangeRequest,
)
from accounts.domain.change_request import ChangeRequest
from accounts.domain.company import Company
from accounts.domain.profile import ProfileChange
from chassis.kernel.numbers import mask_iban


def profile(company: Company, support_only: frozenset[str]) -> CompanyProfileBody:
    """A company as its people and the operator see it."""
    return CompanyProfileBody(
        **dict(shapes.company(company)),
        legal_form=company.legal_form,
        share_capital=company.share_capital,
        contact=ContactOut(**vars(company.contact)),
        support_only=sorted(support_only),
    )


def change_request(request: ChangeRequest, *, by_operator: bool = False) -> ChangeRequestBody:
    """A change request with what was asked for, as it was typed."""
    payout = request.payout
    return ChangeRequestBody(
        id=request.id,
        version=request.version,
        company_id=request.company_id,
        state=request.state,
        change=ProfileChangeRequest.model_validate(_asked(request.change)),
        payout=PayoutBody(iban=payout.iban if by_operator else mask_iban(payout.iban), holder=payout.holder)
        if payout
        else None,
        note=request.note,
        asked_at=request.asked_at,
        decided_at=request.decided_at,
        reason=request.reason,
        next_step=request.next_step,
    )


def _asked(change: ProfileChange) -> dict[str, Any]:
    asked = {name: value for name, value in asdict(change).items() if value is not None}
    contact = {name: asked.pop(f"contact_{name}") for name in ("name", "email", "phone") if f"contact_{name}" in asked}
    return {**asked, "contact": contact} if contact else asked
