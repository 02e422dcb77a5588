"""The errand that fetches a company's snapshot from accounts."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from orders.domain.errors import PartyNotKnownYet
from orders.domain.party import Party
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
    """`GET {accounts}/internal/parties/{company_id}`, then the snapshot is recorded. A failure is tried again."""

    async def run(timer: DueTimer) -> None:
        response = await http.get(
            f"{accounts_url}/internal/parties/{timer.key}", headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise PartyNotKnownYet(f"accounts answered {response.status_code}", company=str(timer.key))
        snapshot = response.json()
        kept = {name: snapshot[name] for name in _KEPT}
        party = Party(timer.key, int(snapshot["version"]), kept)
        await executor.run(partial(record_party, RecordParty(party)))

    return run
