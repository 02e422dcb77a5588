"""Setting the purchasing rules of a company."""

import pytest

from accounts.domain import events
from accounts.domain.company import CompanyKind
from accounts.domain.errors import ApprovalStepWrong, NotABuyer
from accounts.domain.purchasing import PurchasingRules
from accounts.use_cases.set_purchasing_rules import SetPurchasingRules, set_purchasing_rules
from chassis.kernel.errors import Overtaken
from services.accounts.tests.builders import NOW, KnownMarkets, MemoryAccounts, a_company, an_active_user

MARKETS = KnownMarkets()
COMPANY = a_company()
OWNER, STRANGER = an_active_user(company_id=COMPANY.id), an_active_user(email="else@where.example")
RULES = PurchasingRules(COMPANY.id, 1, po_number_required=True, approval_steps=((OWNER.id,),))


async def test_the_first_rules_are_version_two_and_the_company_says_that_it_changed() -> None:
    uow = MemoryAccounts(companies=[COMPANY], users=[OWNER, STRANGER])
    rules = await set_purchasing_rules(SetPurchasingRules(COMPANY.id, 1, RULES), MARKETS, uow, NOW)
    assert (rules.version, uow.purchasing_rules.rows[COMPANY.id]) == (2, rules)
    (changed,) = uow.published(events.CompanyChanged)
    assert (changed.what, changed.seq) == (("purchasing_rules",), COMPANY.version + 1)
    with pytest.raises(Overtaken):
        await set_purchasing_rules(SetPurchasingRules(COMPANY.id, 1, RULES), MARKETS, uow, NOW)
    again = await set_purchasing_rules(SetPurchasingRules(COMPANY.id, 2, RULES), MARKETS, uow, NOW)
    assert again.version == 3


async def test_people_of_other_companies_approve_nothing_here() -> None:
    uow = MemoryAccounts(companies=[COMPANY], users=[OWNER, STRANGER])
    foreign = PurchasingRules(COMPANY.id, 1, approval_steps=((STRANGER.id,),))
    with pytest.raises(ApprovalStepWrong):
        await set_purchasing_rules(SetPurchasingRules(COMPANY.id, 1, foreign), MARKETS, uow, NOW)


async def test_sellers_have_none() -> None:
    seller = a_company(kind=CompanyKind.SELLER, market=None)
    with pytest.raises(NotABuyer):
        await set_purchasing_rules(
            SetPurchasingRules(seller.id, 1, RULES), MARKETS, MemoryAccounts(companies=[seller]), NOW
        )
