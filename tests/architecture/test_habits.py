"""House rules that a linter does not know, each with the reason in its name."""

import ast

from tests.architecture.rooms import SERVICES, Module, modules_in, source_of, sources

OURS = modules_in(*sources())
INNER = modules_in(*(source_of(one) / room for one in (*SERVICES, "gateway") for room in ("domain", "use_cases")))


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        module.where for module in OURS if module.tree.body and not (ast.get_docstring(module.tree) or "").strip()
    ]
    assert silent == []


def test_rules_get_the_time_as_an_argument() -> None:
    asking = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "real_now"}
    found = [f"{module.where}:{line}" for module in INNER for call, line in module.calls() if call in asking]
    assert found == []


def test_money_is_never_a_float() -> None:
    found = [f"{module.where}:{line}" for module in INNER for call, line in module.calls() if call == "float"]
    constants = [
        f"{module.where}:{node.lineno}"
        for module in INNER
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    assert found + constants == []


def test_only_the_executor_commits() -> None:
    services = modules_in(*(source_of(one) for one in (*SERVICES, "gateway")))
    found = [
        f"{m.where}:{line}" for m in services for call, line in m.calls() if call.endswith((".commit", ".rollback"))
    ]
    assert found == []


def test_only_the_relay_produces_to_kafka() -> None:
    """A fact that does not go through the outbox is lost with the process that sends it."""
    producing = {
        module.where
        for module in OURS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "AIOKafkaProducer" for alias in node.names)
    }
    assert producing == {"libs/chassis/src/chassis/kafka/relay.py"}


def test_services_meet_kafka_through_the_chassis_only() -> None:
    services = [m for one in (*SERVICES, "gateway") for m in modules_in(source_of(one))]
    found = [m.where for m in services if any(name.startswith("aiokafka") for name in m.imports())]
    assert found == []


def test_http_clients_are_made_in_one_place() -> None:
    making = {"httpx.AsyncClient", "httpx.Client", "AsyncClient"}
    services = modules_in(*(source_of(one) for one in (*SERVICES, "gateway")))
    found = [f"{module.where}:{line}" for module in services for call, line in module.calls() if call in making]
    assert found == []


def test_what_routes_depend_on_waits_in_no_thread() -> None:
    """FastAPI sends whatever is not a coroutine through a pool of threads: half a millisecond a request for a lookup."""
    found = [f"{module.where}:{line}" for module in OURS for line in _threaded(module)]
    assert found == []


def test_no_code_compares_a_market_or_a_country_code() -> None:
    """Code compares policies; a market or a country is data."""
    services = [m for one in (*SERVICES, "gateway") for m in modules_in(source_of(one)) if "migrations" not in m.where]
    found = [f"{module.where}:{line}" for module in services for line in _comparisons(module)]
    assert found == []


def _threaded(module: Module) -> list[int]:
    nodes = list(ast.walk(module.tree))
    asked = {
        argument.id
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Depends"
        for argument in node.args
        if isinstance(argument, ast.Name)
    }
    return [node.lineno for node in nodes if isinstance(node, ast.FunctionDef) and node.name in asked]


def _comparisons(module: Module) -> list[int]:
    lines = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Compare):
            continue
        names = {ast.unparse(side).split(".")[-1] for side in (node.left, *node.comparators)}
        texts = [side for side in (node.left, *node.comparators) if isinstance(side, ast.Constant) and side.value]
        if texts and names & {"market", "country", "country_code", "price_country", "delivery_country"}:
            lines.append(node.lineno)
    return lines


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME")
    found = [module.where for module in OURS if any(mark in module.path.read_text() for mark in marks)]
    assert found == []
