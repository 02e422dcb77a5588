"""The self-hoster's file is right as far as that can be known without a Docker engine."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from variables import needed_by, read_by

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
PROGRAMS = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway", "sandbox")
EXAMPLE = dict(
    line.lstrip("#").split("=", 1)
    for line in (DEPLOY / ".env.example").read_text().splitlines()
    if re.match(r"#?[A-Z_]+=", line)
)
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}")


def texts(value: Any) -> Iterator[str]:
    """All strings inside a piece of the file."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def passed_through() -> set[str]:
    """Variables without a value of their own: set only if .env has them."""
    return {name for part in PARTS.values() for name, value in part.get("environment", {}).items() if value is None}


def test_file_follows_the_compose_specification() -> None:
    schema = json.loads((Path(__file__).parent / "schema" / "compose-spec.json").read_text())
    # Keys that begin with x- are ours; the schema allows them.
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_every_program_of_the_platform_has_a_part() -> None:
    assert set(PARTS) == {*PROGRAMS, "edge", "postgres", "kafka"}
    assert [name for name, part in PARTS.items() if part.get("profiles")] == ["sandbox"]


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_watched_limited_and_unprivileged(name: str) -> None:
    part = PARTS[name]
    assert part["healthcheck"]["test"][0] == "CMD"
    assert part["restart"] == "unless-stopped"
    assert str(part["user"]).split(":")[0] not in ("", "0", "root")
    assert part["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in part["security_opt"]
    assert set(part["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


@pytest.mark.parametrize("name", PARTS)
def test_every_image_has_a_version(name: str) -> None:
    _, _, tag = PARTS[name]["image"].partition(":")
    assert re.match(r"\d+\.\d+", tag), PARTS[name]["image"]


def test_only_the_edge_can_be_reached_from_outside() -> None:
    assert {name: part["ports"] for name, part in PARTS.items() if "ports" in part} == {"edge": ["80:8080", "443:8443"]}
    assert [name for name, part in PARTS.items() if "network_mode" in part] == []
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    # The edge meets the gateway and the sandbox's pages, and no database, broker or service.
    assert PARTS["edge"]["networks"] == ["front"]
    assert {name for name, part in PARTS.items() if "front" in part["networks"]} == {"edge", "gateway", "sandbox"}


def test_databases_and_broker_cannot_call_out() -> None:
    assert PARTS["postgres"]["networks"] == PARTS["kafka"]["networks"] == ["inside"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_get_every_variable_they_need(name: str) -> None:
    needed = {f"REGRADE_{variable}" for variable in needed_by(name)}
    assert needed - set(PARTS[name]["environment"]) == set()


@pytest.mark.parametrize("name", PROGRAMS)
def test_whatever_a_program_reads_can_be_set(name: str) -> None:
    known = {f"REGRADE_{variable}" for variable in read_by(name)}
    assert known - set(PARTS[name]["environment"]) == set()


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_start_after_their_stores_and_on_their_own_database(name: str) -> None:
    assert {need: how["condition"] for need, how in PARTS[name]["depends_on"].items()} == {
        "postgres": "service_healthy",
        "kafka": "service_healthy",
    }
    url = PARTS[name]["environment"]["REGRADE_DATABASE_URL"]
    assert url == f"postgresql+asyncpg://{name}:${{{name.upper()}_DATABASE_PASSWORD:?}}@postgres:5432/{name}"
    assert PARTS["postgres"]["environment"][f"{name.upper()}_DATABASE_PASSWORD"].startswith("${")


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_built_from_the_one_recipe(name: str) -> None:
    build = PARTS[name]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert build["args"] == {"SERVICE": name}


def test_the_example_explains_exactly_the_variables_that_the_file_reads() -> None:
    read = {match[1] for text in texts(COMPOSE) for match in _VARIABLE.finditer(text)}
    assert set(EXAMPLE) == read | passed_through()


def test_what_has_no_default_is_asked_for() -> None:
    asked: dict[str, set[str]] = {}
    for text in texts(COMPOSE):
        for match in _VARIABLE.finditer(text):
            asked.setdefault(match[1], set()).add(match[2])
    assert {name for name, ways in asked.items() if ways & {None, ""}} == set()
    required = {name for name, ways in asked.items() if ":?" in ways}
    may_stay_empty = {"REGRADE_VIES_REQUESTER", "OTEL_EXPORTER_OTLP_ENDPOINT"} | passed_through()
    assert {name for name, value in EXAMPLE.items() if not value} == required | may_stay_empty


def test_no_secret_stands_in_the_file() -> None:
    for name, part in PARTS.items():
        for variable, value in part.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|API_KEY", variable):
                assert value is None or _VARIABLE.fullmatch(value), f"{name}: {variable}"


def test_topics_never_expire() -> None:
    kafka = PARTS["kafka"]["environment"]
    assert kafka["KAFKA_LOG_RETENTION_MS"] == "-1"
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert PARTS["kafka"]["volumes"] == [f"kafka:{kafka['KAFKA_LOG_DIRS']}"]


def test_every_mounted_file_and_volume_exists() -> None:
    for part in PARTS.values():
        for mount in part.get("volumes", []):
            source = mount.split(":")[0]
            assert source in COMPOSE["volumes"] if not source.startswith(".") else (DEPLOY / source).exists()
