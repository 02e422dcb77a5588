"""The payment provider over HTTP: first ask by our own reference, then act under it, so that no step happens twice."""

from dataclasses import replace
from itertools import count
from typing import Any

import httpx

from chassis.kernel.money import Money
from payments.domain.bank_line import ReceivedCredit
from payments.domain.card_payment import CardPayment
from payments.domain.errors import ProviderRefused, ProviderUnavailable
from payments.domain.payment import VirtualAccount
from payments.domain.payout import Creditor
from payments.domain.psp_account import Role
from payments.domain.psp_facts import CaptureFacts, CardFacts, Outgoing, capture_in, card_in, credit_in, outgoing_in

# The platform itself is a customer like a seller: it owns a wallet and is paid out.
_KIND = {"buyer": "buyer", "seller": "seller", "platform": "seller"}


class PspClient:
    """Shaped after wallets, virtual accounts and payouts.

    A provider forgets idempotency keys after a day; asking by reference first keeps a late retry from acting twice. The key
    is the same as the reference, which covers two copies of us that act at the same moment. What was refused is final under
    its key, so a later attempt has the next one: of the keys of a transfer at most one ever moved money, and it is asked first.
    """

    def __init__(self, http: httpx.AsyncClient, base_url: str, api_key: str) -> None:
        self._http = http
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {api_key}"}

    async def open_user(self, reference: str, role: Role, name: str, country: str) -> str:
        """The id of the company's user."""
        body = {"reference": reference, "kind": _KIND[role], "name": name, "country": country}
        return str((await self._once("users", reference, body))["id"])

    async def open_wallet(self, reference: str, owner_id: str, currency: str) -> str:
        """The id of the wallet."""
        body = {"reference": reference, "owner_id": owner_id, "currency": currency}
        return str((await self._once("wallets", reference, body))["id"])

    async def open_virtual_account(
        self, reference: str, wallet_id: str, holder_name: str, country: str, currency: str
    ) -> tuple[str, VirtualAccount]:
        """Its id, and what the buyer is told."""
        body = {
            "reference": reference,
            "wallet_id": wallet_id,
            "holder_name": holder_name,
            "country": country,
            "currency": currency,
        }
        found = await self._once("virtual-accounts", reference, body)
        return str(found["id"]), VirtualAccount(found["iban"], found["bic"], found["holder_name"])

    async def transfer(self, reference: str, from_wallet_id: str, to_wallet_id: str, amount: Money) -> None:
        """Between two wallets, final at once. Refused for want of money, it may be asked for again when the money is there."""
        body = {
            "reference": reference,
            "from_wallet_id": from_wallet_id,
            "to_wallet_id": to_wallet_id,
            "amount": _json(amount),
            "metadata": {},
        }
        if await self._find("transfers", reference):
            return
        for attempt in count(1):
            response = await self._send("transfers", _key("transfers", reference, attempt), body)
            if not _refused_before(response):
                _answer(response, "transfers")
                return
            # A provider keeps its no under the key. A new one is spent only once the wallet can bear it.
            if attempt == 1 and await self._balance_minor(from_wallet_id) < amount.minor:
                raise ProviderRefused(_code(response), status=response.status_code)

    async def _balance_minor(self, wallet_id: str) -> int:
        return int((await self._get(f"wallets/{wallet_id}", {}))["balance"]["amount"])

    async def pay_out(
        self, reference: str, wallet_id: str, creditor: Creditor, amount: Money, remittance: str
    ) -> Outgoing:
        """To a bank account; it settles later."""
        body = {
            "reference": reference,
            "wallet_id": wallet_id,
            "creditor_name": creditor.name,
            "creditor_iban": creditor.iban,
            "amount": _json(amount),
            "remittance": remittance,
        }
        return _outgoing(await self._once("payouts", reference, body))

    async def refund(self, reference: str, credit_id: str, wallet_id: str, amount: Money) -> Outgoing:
        """Back to whoever sent the credit; it settles later."""
        body = {"reference": reference, "credit_id": credit_id, "wallet_id": wallet_id, "amount": _json(amount)}
        return _outgoing(await self._once("refunds", reference, body))

    async def open_card(self, card: CardPayment, return_url: str) -> CardFacts:
        """A hosted page for the buyer; nothing moves before the buyer was there."""
        body = {
            "reference": str(card.id),
            "wallet_id": card.wallet_id,
            "amount": _json(card.amount),
            "description": card.number,
            "return_url": return_url,
            "capture": "automatic" if card.capture_moment == "at_once" else "manual",
            "expires_in": int((card.expires_at - card.created_at).total_seconds()),
        }
        return card_in(await self._once("card-payments", str(card.id), body))

    async def find_card(self, reference: str) -> CardFacts | None:
        """With all of its captures."""
        found = await self._find("card-payments", reference)
        if found is None:
            return None
        captures = await self._get("card-captures", {"card_payment_id": str(found["id"]), "limit": "200"})
        # The oldest first, as they happened.
        return replace(card_in(found), captures=tuple(capture_in(one) for one in captures["items"][::-1]))

    async def cancel_card(self, provider_id: str, reference: str) -> None:
        """Definite once it is answered; how it stands then is asked for, because a repeat gets the first answer."""
        await self._post(f"card-payments/{provider_id}/cancel", reference, {})

    async def void_card(self, provider_id: str, reference: str) -> None:
        """Let go of what was authorised and not captured."""
        await self._post(f"card-payments/{provider_id}/void", reference, {})

    async def capture_card(self, provider_id: str, reference: str, amount: Money) -> CaptureFacts:
        """A part of what was authorised; a declined one is an answer, not an error."""
        found = await self._find("card-captures", reference)
        body = {"reference": reference, "amount": _json(amount)}
        return capture_in(found or await self._post(f"card-payments/{provider_id}/captures", reference, body))

    async def refund_card(self, reference: str, capture_id: str, wallet_id: str, amount: Money) -> Outgoing:
        """Back to the card; it settles later, like the refund of a transfer."""
        body = {"reference": reference, "wallet_id": wallet_id, "amount": _json(amount)}
        found = await self._find("refunds", reference)
        return _outgoing(found or await self._post(f"card-captures/{capture_id}/refunds", reference, body))

    async def find_payout(self, reference: str) -> Outgoing | None:
        """How a payout stands, or None if the provider never heard of it."""
        found = await self._find("payouts", reference)
        return _outgoing(found) if found else None

    async def find_refund(self, reference: str) -> Outgoing | None:
        """How a refund stands, or None if the provider never heard of it."""
        found = await self._find("refunds", reference)
        return _outgoing(found) if found else None

    async def credits_of(self, virtual_account_id: str) -> list[ReceivedCredit]:
        """Every credit of a virtual account, oldest first."""
        credits: list[ReceivedCredit] = []
        cursor: str | None = None
        while True:
            query = {"virtual_account_id": virtual_account_id, "limit": "200", **({"cursor": cursor} if cursor else {})}
            page = await self._get("credits", query)
            credits += [credit_in({**item, "credit_id": item["id"]}) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return credits[::-1]

    async def _once(self, path: str, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._find(path, reference) or await self._post(path, reference, body)

    async def _find(self, path: str, reference: str) -> dict[str, Any] | None:
        items: list[dict[str, Any]] = (await self._get(path, {"reference": reference}))["items"]
        return items[0] if items else None

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        try:
            response = await self._http.get(f"{self._base_url}/{path}", params=query, headers=self._headers)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"{type(error).__name__} at {path}") from error
        return _answer(response, path)

    async def _post(self, path: str, reference: str, body: dict[str, Any]) -> dict[str, Any]:
        return _answer(await self._send(path, _key(path, reference), body), path)

    async def _send(self, path: str, key: str, body: dict[str, Any]) -> httpx.Response:
        headers = {**self._headers, "Idempotency-Key": key}
        try:
            return await self._http.post(f"{self._base_url}/{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"{type(error).__name__} at {path}") from error


def _key(path: str, reference: str, attempt: int = 1) -> str:
    return f"{path}/{reference}" if attempt == 1 else f"{path}/{reference}/{attempt}"


def _refused_before(response: httpx.Response) -> bool:
    """Whether this is the kept answer to an earlier call that found the wallet too empty: this key never moves money."""
    replayed = response.headers.get("Idempotent-Replayed") == "true"
    return replayed and response.is_client_error and _code(response) == "insufficient_funds"


def _answer(response: httpx.Response, path: str) -> dict[str, Any]:
    # Only a problem of the request itself is a definite no; 429 and 5xx say nothing about what happened.
    if response.is_success:
        found: dict[str, Any] = response.json()
        return found
    if response.is_client_error and response.status_code not in (
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.UNAUTHORIZED,
    ):
        raise ProviderRefused(_code(response), status=response.status_code)
    raise ProviderUnavailable(f"{response.status_code} at {path}")


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return f"http_{response.status_code}"


def _outgoing(found: dict[str, Any]) -> Outgoing:
    return outgoing_in(found, found["status"])


def _json(amount: Money) -> dict[str, Any]:
    return {"amount": amount.minor, "currency": amount.currency}
