"""`regrade stock`: what a seller sees of a table on its way, and with which exit code each way ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from regrade.app import make_app
from regrade.commands import stock
from regrade.platform import Refused
from regrade.stock_tables import LINE_FILES, describe_change, read_table

READING = {
    "encoding": "utf-8",
    "delimiter": "semicolon",
    "decimal_mark": "comma",
    "decimal_marks_contradict": False,
    "currency": "EUR",
    "columns": [{"header": "Artikel", "column": "sku"}, {"header": "Lager", "column": None}],
    "first_lines": [],
}


class FakePlatform:
    """A platform that works through an import whenever it is looked at."""

    def __init__(self, *states: str, results: list[dict[str, Any]] | None = None, going: int | None = None) -> None:
        self.states = list(states)
        self.results = results or []
        self.going = going
        self.uploads: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.newest: dict[str, Any] | None = None
        self.pushed: list[tuple[str, int]] = []

    def _import(self, state: str) -> dict[str, Any]:
        problems = [one["problem"]["code"] for one in self.results if one.get("problem")]
        statuses = [one["status"] for one in self.results]
        return {
            "id": "0199",
            "state": state,
            "mode": "update",
            "dry_run": False,
            "file_sha256": "",
            "received_at": "2026-11-21T09:00:00Z",
            "lines": 2,
            "lines_done": 2 if state == "done" else 0,
            "counts": {status: statuses.count(status) for status in statuses} if state == "done" else {},
            "problems": {code: problems.count(code) for code in problems} if state == "done" else {},
            "reading": READING,
            "offline": None if self.going is None else {"offers_on_sale": 40, "offers_going_offline": self.going},
            "reason": "seller_not_active" if state == "failed" else None,
        }

    def get(self, path: str, **params: Any) -> Any:
        if path.endswith("/imports"):
            return {"items": [self.newest] if self.newest else []}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state == "interrupt":
            raise KeyboardInterrupt
        if state == "away":
            raise Refused(httpx.Response(503, text="nobody there"))
        if state == "gone":
            raise httpx.ConnectError("refused")
        return self._import(state)

    def post_table(self, path: str, content: bytes, **wishes: Any) -> Any:
        self.uploads.append(wishes)
        return self._import("received")

    def post(self, path: str, body: Any = None) -> Any:
        self.confirmed.append(body["offers_going_offline"])
        self.states = ["done"]

    def patch_lines(self, path: str, lines: bytes, *, key: str) -> list[dict[str, Any]]:
        if len(self.pushed) == 1 and "interrupt" in self.states:
            raise KeyboardInterrupt
        count = lines.count(b"\n")
        self.pushed.append((key, count))
        return [{"line": n, "sku": "A", "status": "updated"} for n in range(1, count + 1)]

    def pieces(self, path: str) -> Iterator[bytes]:
        if path.endswith("results.ndjson"):
            body = b"".join(json.dumps(one).encode() + b"\n" for one in self.results)
            # In pieces that end anywhere.
            yield from (body[start : start + 7] for start in range(0, len(body), 7))
        else:
            yield b"sku,code\r\n"


@pytest.fixture
def regrade(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command against a fake platform."""

    def run(platform: FakePlatform, *arguments: str) -> Result:
        monkeypatch.setattr(stock, "_caller", lambda api_key, gateway: platform)
        monkeypatch.setattr("regrade.stock_tables._LOOK_EVERY_SECONDS", 0)
        return CliRunner().invoke(make_app(), ["stock", *arguments])

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.csv"
    file.write_text("Artikel;Lager\nA;5\n")
    return file


REFUSED = {"line": 2, "sku": "B", "status": "rejected", "problem": {"code": "price_guard", "title": "The price moved"}}


def test_a_table_that_goes_in_whole_ends_with_0(regrade: Any, table: Path) -> None:
    platform = FakePlatform("running", "done", results=[{"line": 2, "sku": "A", "status": "updated"}])
    result = regrade(platform, "push", str(table), "--column", "Lager:quantity", "--decimal-mark", "comma")
    assert result.exit_code == 0, result.output
    assert platform.uploads == [{"mode": "update", "decimal_mark": "comma", "column": ["Lager:quantity"]}]
    # What was understood is said before what came of it.
    assert "a decimal comma" in result.output
    assert "Artikel → sku" in result.output
    assert "left out: Lager" in result.output


def test_refused_rows_are_brought_home_as_a_table(regrade: Any, table: Path) -> None:
    result = regrade(FakePlatform("done", results=[REFUSED]), "push", str(table))
    assert result.exit_code == 1
    assert (table.parent / "warehouse.csv.errors.csv").read_bytes() == b"sku,code\r\n"
    assert "price_guard" in result.output


def test_a_full_sync_that_asks_ends_with_3_and_goes_on_with_yes(regrade: Any, table: Path) -> None:
    platform = FakePlatform("awaiting_confirmation", going=31)
    result = regrade(platform, "push", str(table), "--full-sync")
    assert result.exit_code == 3
    assert "31 of 40 offers" in result.output
    assert platform.confirmed == []
    result = regrade(FakePlatform("awaiting_confirmation", going=31), "push", str(table), "--full-sync", "--yes")
    assert result.exit_code == 0, result.output


def test_the_word_repeats_the_figure_that_was_shown(regrade: Any, table: Path) -> None:
    platform = FakePlatform("awaiting_confirmation", going=31)
    regrade(platform, "push", str(table), "--full-sync", "--yes")
    assert platform.confirmed == [31]


def test_whoever_was_interrupted_goes_on_with_the_same_import(regrade: Any, table: Path) -> None:
    platform = FakePlatform("running", "interrupt")
    assert regrade(platform, "push", str(table)).exit_code == 130
    assert len(platform.uploads) == 1
    platform.newest = platform._import("running") | {"file_sha256": read_table(table, {}).sha256}
    platform.states = ["running", "done"]
    again = regrade(platform, "push", str(table))
    assert again.exit_code == 0, again.output
    assert "Going on with the import" in again.output
    assert len(platform.uploads) == 1
    # Another file, or the same as another wish, is an import of its own.
    regrade(platform, "push", str(table), "--full-sync")
    assert len(platform.uploads) == 2


def test_a_platform_that_restarts_is_waited_for(regrade: Any, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back = FakePlatform("running", "away", "gone", "away", "done")
    assert regrade(back, "push", str(table)).exit_code == 0
    monkeypatch.setattr("regrade.stock_tables._PATIENCE_SECONDS", 0)
    lost = regrade(FakePlatform("running", "gone"), "push", str(table))
    assert getattr(lost.exception, "code", "") == "platform_away"


def test_an_import_that_fails_says_why(regrade: Any, table: Path) -> None:
    result = regrade(FakePlatform("failed"), "push", str(table))
    assert result.exit_code == 1
    assert "seller_not_active" in result.output


def test_a_diff_says_what_would_change_and_writes_nothing(regrade: Any, table: Path) -> None:
    results = [
        {"line": 2, "sku": "A", "status": "updated", "changes": {"price": ["389.00 EUR", "379.00 EUR"]}},
        {"line": 3, "sku": "B", "status": "unchanged"},
        {"line": 4, "sku": "C", "status": "created"},
        REFUSED,
    ]
    platform = FakePlatform("done", results=results)
    result = regrade(platform, "diff", str(table))
    assert result.exit_code == 1
    assert platform.uploads == [{"mode": "update", "dry_run": "true"}]
    assert "~ A: price 389.00 EUR → 379.00 EUR" in result.output
    assert "+ C" in result.output
    assert "! B: price_guard: The price moved" in result.output
    same = FakePlatform("done", results=[{"line": 2, "sku": "B", "status": "unchanged"}])
    assert regrade(same, "diff", str(table)).exit_code == 0


def test_a_pull_leaves_no_half_file(regrade: Any, tmp_path: Path) -> None:
    file = tmp_path / "stock.csv"
    assert regrade(FakePlatform("done"), "pull", str(file)).exit_code == 0
    assert file.read_bytes() == b"sku,code\r\n"

    class Broken(FakePlatform):
        def pieces(self, path: str) -> Iterator[bytes]:
            yield b"half"
            raise httpx.ReadError("gone")

    other = tmp_path / "other.csv"
    assert regrade(Broken("done"), "pull", str(other)).exit_code != 0
    assert not other.exists()


def test_lines_that_were_interrupted_go_on_where_they_stopped(
    regrade: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "LINES_PER_REQUEST", 2)
    file = tmp_path / "lines.ndjson"
    file.write_text("".join(f'{{"sku":"{n}"}}\n' for n in range(5)))
    stopped = regrade(FakePlatform("interrupt"), "push", str(file))
    assert stopped.exit_code == 130
    assert "--from-line 3" in stopped.output
    platform = FakePlatform("done")
    result = regrade(platform, "push", str(file), "--from-line", "3", "--output", "json")
    assert [json.loads(line)["line"] for line in result.stdout.splitlines() if line.startswith("{")] == [3, 4, 5]
    # A second run is a second push, not an answer from the day before.
    again = FakePlatform("done")
    regrade(again, "push", str(file))
    assert {key for key, _ in again.pushed}.isdisjoint(key for key, _ in platform.pushed)


@pytest.mark.parametrize("command", [("push", "--full-sync"), ("push", "--dry-run"), ("diff",)])
def test_what_takes_a_table_takes_no_lines(regrade: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert ".ndjson" in LINE_FILES
    file = tmp_path / "lines.ndjson"
    file.write_text('{"sku":"A"}\n')
    result = regrade(FakePlatform("done"), command[0], str(file), *command[1:])
    assert getattr(result.exception, "code", "") == "table_needed"


def test_a_refusal_is_told_in_its_own_words(regrade: Any, table: Path) -> None:
    class Refusing(FakePlatform):
        def post_table(self, path: str, content: bytes, **wishes: Any) -> Any:
            problem = {
                "code": "columns_not_recognised",
                "title": "The columns are not recognised",
                "detail": "It reads: a",
            }
            headers = {"content-type": "application/problem+json"}
            raise Refused(httpx.Response(422, json=problem, headers=headers))

    result = regrade(Refusing("done"), "push", str(table))
    assert "columns_not_recognised" in str(getattr(result.exception, "message", ""))


def test_a_large_table_is_packed_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_text("sku,price\n" + "A,1.00\n" * 200_000)
    upload = read_table(file, {"mode": "update", "currency": None})
    assert len(upload.body) < file.stat().st_size // 10
    assert upload.sha256 == read_table(file, {}).sha256
    assert upload.wishes == {"mode": "update"}


def test_a_line_that_changes_nothing_is_not_told() -> None:
    assert describe_change({"line": 2, "sku": "A", "status": "unchanged"}) is None
