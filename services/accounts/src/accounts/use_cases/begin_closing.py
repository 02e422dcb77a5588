"""A company's account is to end: asked for by an owner, by the operator, or because it has been unused for too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.company import Company, CompanyKind, CompanyState
from accounts.domain.editing import must_be_at
from accounts.domain.erasure import ErasureCause
from accounts.domain.errors import BusinessOpen, CompanyMoveRefused
from accounts.domain.revocation import Revoked
from accounts.domain.seller import ADMITTED
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import revoke
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import OpenItem

CLOSE_COMPANY = "close_company"
# By then every process has heard that its tokens are refused: it asks at least each 30 seconds. What was asked for before
# is written by then, or was refused.
SETTLES_WITHIN = timedelta(seconds=35)


class ClosureReason(StrEnum):
    """Why an account ends."""

    NOT_NEEDED = "not_needed"
    COMPANY_ENDED = "company_ended"
    ABUSE = "abuse"
    UNUSED = "unused"
    OTHER = "other"


@dataclass(frozen=True)
class BeginClosing:
    """`open` is what other services have found. `version` is what an owner has seen, None for others. `at` is real time."""

    company_id: Id
    reason: ClosureReason
    erase: bool
    cause: ErasureCause
    open: Sequence[OpenItem]
    at: datetime
    version: int | None = None


async def begin_closing(command: BeginClosing, uow: UnitOfWork, now: datetime) -> Company:
    """Refused while anything is open. Else nobody acts for it from now on, and it is looked at once more in a moment.

    Who has never been active cannot have begun anything, and is closed at once.
    """
    company = await uow.companies.get(command.company_id)
    if command.version is not None:
        must_be_at(company, command.version)
    if company.kind is CompanyKind.OPERATOR:
        raise CompanyMoveRefused(state=str(company.state))
    found = [*command.open, *await selling(company.id, uow)]
    if found:
        raise BusinessOpen(open=[vars(one) for one in found])
    if company.state is CompanyState.PENDING_ACTIVATION:
        closed, event = company.close()
        uow.publish(event)
    else:
        closed, closing = company.begin_closing(command.reason, command.erase)
        uow.publish(closing)
        asked = {"erase": command.erase, "cause": str(command.cause)}
        await uow.timers.set(CLOSE_COMPANY, company.id, now + SETTLES_WITHIN, asked)
    await uow.companies.save(closed)
    await revoke(Revoked.COMPANY, company.id, command.at, uow)
    return closed


async def selling(company_id: Id, uow: UnitOfWork) -> list[OpenItem]:
    """A seller is offboarded first."""
    seller = await uow.sellers.find(company_id)
    if seller is None or seller.state not in ADMITTED:
        return []
    return [OpenItem("seller", str(company_id), str(seller.state))]
