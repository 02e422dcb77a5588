"""How a buyer company buys: read and set its purchasing rules."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from accounts.api.purchasing_schemas import PurchasingRulesBody, PurchasingRulesRequest, shown
from accounts.api.state import Given
from accounts.domain.company import CompanyKind
from accounts.domain.errors import NotABuyer
from accounts.domain.purchasing import PurchasingRules
from accounts.domain.purchasing_snapshot import snapshot_of
from accounts.use_cases.set_purchasing_rules import SetPurchasingRules, set_purchasing_rules
from chassis.db.receipts import Answer
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen, etag
from chassis.web.internal import internal_caller
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/company/purchasing-rules", tags=["accounts"])
internal = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


@router.get("")
async def read_purchasing_rules(
    subject: Annotated[Subject, require("account:read")], response: Response, given: Given
) -> PurchasingRulesBody:
    """Cost centres, spending limits, approval steps and delegations. The ETag is for If-Match; 404 for who is no buyer."""
    account = await given.queries.purchasing(subject.company_id)
    if account.company.kind is not CompanyKind.BUYER:
        raise NotABuyer()
    response.headers["ETag"] = etag(account.rules.version)
    return shown(account.rules)


@router.put("", response_model=PurchasingRulesBody)
async def replace_purchasing_rules(
    body: PurchasingRulesRequest,
    subject: Annotated[Subject, require("account:write")],
    seen: Seen,
    write: Write,
    given: Given,
) -> Response:
    """Set all of the rules anew.

    Approvers and delegates are people with `orders:approve`; limits are in currencies of the market.
    """
    command = SetPurchasingRules(subject.company_id, seen.version, body.rules(subject.company_id))

    def changed(rules: PurchasingRules) -> Answer:
        return Answer(200, shown(rules).model_dump(mode="json"), {"ETag": etag(rules.version)})

    return await write.respond(subject.tenant, partial(set_purchasing_rules, command, given.markets), changed)


@internal.get("/purchasing-rules/{company_id}")
async def read_purchasing_snapshot(company_id: Id, given: Given) -> dict[str, Any]:
    """The rules with only those people who can act today, for `orders`; asked for whenever `accounts.company` changed."""
    account = await given.queries.purchasing(company_id)
    return snapshot_of(account.company, account.rules, account.people)
