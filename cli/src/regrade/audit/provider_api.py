"""The payment provider's own journal, over its API; the sandbox has one that is never changed."""

from typing import Any

import httpx

from regrade.audit.facts import ProviderLine

_PAGE = 200


def read_provider(psp: tuple[str, str]) -> tuple[ProviderLine, ...]:
    """Every money move; raises httpx.HTTPError if the provider does not answer."""
    url, key = psp
    lines: list[ProviderLine] = []
    cursor: str | None = None
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30.0) as client:
        while True:
            query = {"limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            page = client.get(f"{url}/journal", params=query).raise_for_status().json()
            lines += [_line(item) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return tuple(lines)


def read_under_way(sandbox: str) -> int:
    """What has left the world outside and not arrived: messages to us, payouts, refunds."""
    return int(httpx.get(f"{sandbox}/clock", timeout=10.0).raise_for_status().json()["pending"])


def _line(item: dict[str, Any]) -> ProviderLine:
    return ProviderLine(
        id=str(item["id"]),
        kind=item["kind"],
        from_account=item["from"],
        to_account=item["to"],
        minor=item["amount"]["amount"],
        currency=item["amount"]["currency"],
        reference=item["reference"],
        object_id=item["object_id"],
    )
