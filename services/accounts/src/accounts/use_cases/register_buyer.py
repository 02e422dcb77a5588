"""A business signs up to buy in one market."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import CompanyKind
from accounts.use_cases.open_account import CompanyDetails, OpenedAccount, open_account
from accounts.use_cases.ports import Markets, UnitOfWork


@dataclass(frozen=True)
class RegisterBuyer:
    """`at` is real time: the activation link counts from it."""

    details: CompanyDetails
    market: str
    at: datetime


async def register_buyer(command: RegisterBuyer, markets: Markets, uow: UnitOfWork, now: datetime) -> OpenedAccount:
    """Market, country, numbers and e-mail address are checked in this order."""
    rules = markets.rules(command.market, now.date())
    rules.check_country(command.details.country)
    return await open_account(command.details, CompanyKind.BUYER, command.market, rules, command.at, uow, now)
