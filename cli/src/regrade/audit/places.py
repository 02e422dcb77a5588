"""Where a platform is: its doors, its topics, its databases, as the launcher of this clone set them up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.environment import DATABASES, environment_of, load_secrets
from launcher.paths import StatePaths
from launcher.ports import Ports
from launcher.problems import LauncherProblem


@dataclass(frozen=True)
class Places:
    """`databases` is empty where they are not ours to read; `psp` (URL, key) is there while the provider is the sandbox."""

    gateway: str
    kafka: str
    auditor_key: str
    databases: Mapping[str, str]
    markets: Path
    psp: tuple[str, str] | None = None
    sandbox: str | None = None


def places_of(paths: StatePaths, ports: Ports) -> Places:
    """A platform that this clone runs, or ran: everything is in its secrets and ports."""
    if not paths.secrets.exists():
        raise LauncherProblem(
            "nothing_to_audit", f"{paths.state} has no platform.", "Start one with `make run`, or name a contract file."
        )
    secrets = load_secrets(paths.secrets)

    def variable(process: str, name: str) -> str:
        return environment_of(process, ports, secrets, paths.markets, {})[f"REGRADE_{name}"]

    contract = _contract(paths.demo)
    return Places(
        gateway=contract.get("gateway", ports.url("gateway")),
        kafka=contract.get("kafka", ports.address("kafka")),
        auditor_key=contract.get("auditor", {}).get("api_key", secrets["auditor_api_key"]),
        databases={name: variable(name, "DATABASE_URL") for name in DATABASES},
        markets=paths.markets,
        psp=(variable("payments", "PSP_URL"), secrets["psp_api_key"]),
        sandbox=contract.get("sandbox", ports.url("sandbox")),
    )


def places_in(contract_file: Path, markets: Path) -> Places:
    """A platform elsewhere, as its demo.json describes it: gateway, kafka and the auditor's key. From outside only."""
    contract = _contract(contract_file)
    try:
        return Places(
            gateway=contract["gateway"],
            kafka=contract["kafka"],
            auditor_key=contract["auditor"]["api_key"],
            databases={},
            markets=markets,
            sandbox=contract.get("sandbox"),
        )
    except KeyError as missing:
        raise LauncherProblem("contract_incomplete", f"{contract_file} does not tell {missing}.") from missing


def _contract(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found
