"""The errand that fetches a company's snapshot from accounts, and of a buyer how it buys."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from orders.domain.errors import PartyNotKnownYet
from orders.domain.party import Party
from orders.domain.purchasing import rules_of
from orders.use_cases.record_party import RecordParty, record_party

# What papers and the VAT decision need; contacts and payout accounts are nobody's business here.
_KEPT = (
    "legal_name",
    "language",
    "country",
    "address",
    "registration_number",
    "registration_scheme",
    "vat_numbers",
    "vat_checks",
)


def fetch_party(
    executor: Executor[Any], http: httpx.AsyncClient, accounts_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`GET {accounts}/internal/parties/{company_id}`, of a buyer `…/purchasing-rules/{company_id}` too; then both are recorded.

    A failure is tried again.
    """

    async def ask(path: str, company_id: Id) -> dict[str, Any]:
        response = await http.get(
            f"{accounts_url}/internal/{path}/{company_id}", headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise PartyNotKnownYet(f"accounts answered {response.status_code}", company=str(company_id))
        answer: dict[str, Any] = response.json()
        return answer

    async def run(timer: DueTimer) -> None:
        snapshot = await ask("parties", timer.key)
        kept = {name: snapshot[name] for name in _KEPT}
        party = Party(timer.key, int(snapshot["version"]), kept)
        purchasing = None
        if snapshot["kind"] == "buyer":
            purchasing = rules_of(timer.key, await ask("purchasing-rules", timer.key))
        await executor.run(partial(record_party, RecordParty(party, purchasing)))

    return run
