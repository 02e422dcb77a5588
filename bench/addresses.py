"""`python -m bench.addresses`: does the time of an answer tell whether an address has an account? On a running platform, by hand.

Each door is asked about a known and an unknown address in turn, and the two distributions are shown side by side with the chance
that a known one took longer than an unknown one. One half tells nothing; what is far from it tells. On a machine that does
nothing else, with the edge's limits out of the way (REGRADE_RATE_PER_ADDRESS=100000/minute).
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from regrade.platform import read_contract
from regrade.story import CompanyCard

# Sign-in counts failures of an address and slows them down on purpose, known or not: each attempt has one of its own.
_DOORS: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "sign-in": ("/v1/sessions", lambda email: {"email": email, "password": "not the password"}),
    "password reset": ("/v1/password-resets", lambda email: {"email": email}),
    "activation mail": ("/v1/activation-mails", lambda email: {"email": email}),
    "sign-up": ("/v1/companies", lambda email: _card(email).buyer_application("fr-pro")),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.addresses", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="questions about each kind of address, at each door")
    parser.add_argument("--contract", type=Path, default=Path(".regrade/demo.json"), help="of the running platform")
    parsed = parser.parse_args()
    rounds, contract = parsed.rounds, read_contract(parsed.contract)
    console, table = Console(width=160), Table("door", "address", "p10", "p50", "p90", "known takes longer")
    with httpx.Client(base_url=contract["gateway"], timeout=30) as client:
        for name, (path, body) in _DOORS.items():
            known = [_somebody(client) for _ in range(rounds)]
            times: dict[str, list[float]] = {"known": [], "unknown": []}
            for email in known:
                times["known"].append(_asked(client, path, body(email)))
                times["unknown"].append(_asked(client, path, body(_address())))
            for kind, taken in times.items():
                tenths = quantiles(taken, n=10)
                chance = f"{_chance(times['known'], times['unknown']):.0%}" if kind == "known" else ""
                table.add_row(name, kind, *(f"{tenths[n] * 1000:.1f} ms" for n in (0, 4, 8)), chance)
    console.print(table)


def _somebody(client: httpx.Client) -> str:
    """An address with an account."""
    email = _address()
    body = _card(email).buyer_application("fr-pro")
    client.post("/v1/companies", json=body, headers={"Idempotency-Key": str(uuid4())}).raise_for_status()
    return email


def _asked(client: httpx.Client, path: str, body: dict[str, Any]) -> float:
    began = time.perf_counter()
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    taken = time.perf_counter() - began
    assert answer.status_code in (201, 202, 401), answer.text
    return taken


def _chance(longer: list[float], shorter: list[float]) -> float:
    """That one of the first took longer than one of the second, drawn at random; one half where nothing can be told."""
    return sum((a > b) + (a == b) / 2 for a in longer for b in shorter) / (len(longer) * len(shorter))


def _address() -> str:
    return f"{uuid4().hex}@bench.example"


def _card(email: str) -> CompanyCard:
    return CompanyCard(f"Bench {email[:8]} SAS", email, "Lyon", "69001", "1 rue du Banc")


if __name__ == "__main__":
    main()
