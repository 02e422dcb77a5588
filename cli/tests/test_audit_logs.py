"""I23: chains of acts, sealed and published; every way to change one shows, and is told by the first entry that is wrong."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.audit_log import NOTHING_BEFORE
from chassis.kernel.ids import new_id
from cli.tests.audit_world import CHAIN, broken, entries, event, facts_of, verdict
from cli.tests.test_audit_command import run
from launcher.environment import load_secrets
from regrade.audit.facts import AuditLog, Facts
from regrade.audit.law import Verdict
from regrade.audit.laws.audit_logs import hash_of
from regrade.commands import audit as command

SEALED, PUBLISHED = "chain that nobody changed", "hashes were published"


def resealed(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Somebody who knows the rule seals everything anew."""
    before, again = NOTHING_BEFORE, []
    for seq, one in enumerate(made, start=1):
        changed = {**one, "seq": seq, "prev_hash": before}
        again.append({**changed, "hash": hash_of(changed)})
        before = again[-1]["hash"]
    return again


def told(made: list[dict[str, Any]], published: list[dict[str, Any]] | None = None, **changes: Any) -> Facts:
    """The log as the API shows it, beside the hashes that were published when the acts happened."""
    last = made[-1] if made else {"seq": 0, "hash": NOTHING_BEFORE}
    log = replace(AuditLog("accounts", str(CHAIN), last["seq"], last["hash"], tuple(made)), **changes)
    topic = [
        event("accounts.audit_log", one["chain_id"], "recorded", one["seq"], n, {"hash": one["hash"]})
        for n, one in enumerate(entries() if published is None else published)
    ]
    return facts_of(topic, audit_logs=(log, AuditLog("orders", str(new_id()), 0, NOTHING_BEFORE, ())))


def test_an_untouched_log_is_clean_even_while_its_newest_hash_is_not_out_yet() -> None:
    for facts in (told(entries()), told(entries(), entries()[:3])):
        assert verdict("I23", SEALED, facts) is Verdict.OK
        assert verdict("I23", PUBLISHED, facts) is Verdict.OK


def test_a_log_in_which_nobody_acted_yet_proves_nothing() -> None:
    facts = told([], [])
    assert verdict("I23", SEALED, facts) is Verdict.NOTHING_YET
    assert verdict("I23", PUBLISHED, facts) is Verdict.NOTHING_YET


@pytest.mark.parametrize(
    "change",
    [
        {"act": "reject_application"},
        {"actor": {"kind": "person", "id": str(new_id()), "role": "trust"}},
        {"details": {"n": 3, "more": None}},
        {"reason": None},
        {"at": "2026-11-21T20:00:00.000001Z"},
        {"hash": "0" * 64},
        {"prev_hash": "0" * 64},
        {"chain_id": str(new_id())},
    ],
)
def test_whatever_is_changed_in_an_entry_shows(change: Mapping[str, Any]) -> None:
    made = entries()
    made[1] |= change
    assert "entry 2 of accounts" in broken("I23", SEALED, told(made))


def test_an_entry_that_is_taken_out_shows_as_a_gap() -> None:
    made = entries()
    assert "entry 2 of accounts is missing" in broken("I23", SEALED, told([made[0], *made[2:]]))
    assert "entry 1 of accounts is missing" in broken("I23", SEALED, told(made[1:]))
    assert "does not follow" in broken("I23", SEALED, told([made[0], resealed(made[:1] + made[2:])[1], *made[2:]]))


def test_who_seals_everything_anew_is_betrayed_by_what_was_published() -> None:
    made = entries()
    forged = resealed([made[0], {**made[1], "reason": "another"}, *made[2:]])
    assert verdict("I23", SEALED, told(forged)) is Verdict.OK
    assert "entry 2 of accounts is another one" in broken("I23", PUBLISHED, told(forged))


def test_an_end_that_is_cut_off_is_missed() -> None:
    cut = entries()[:2]
    assert verdict("I23", SEALED, told(cut)) is Verdict.OK
    assert "entry 3 of accounts was published, and is gone" in broken("I23", PUBLISHED, told(cut))
    assert "entry 1 of accounts was published, and is gone" in broken("I23", PUBLISHED, told([]))


def test_a_log_that_is_begun_anew_is_not_the_one_that_was_published() -> None:
    other = new_id()
    assert "another log" in broken("I23", PUBLISHED, told(entries(2, other), chain_id=str(other)))


def test_entries_that_the_list_leaves_out_are_asked_for() -> None:
    made = entries()
    assert "entry 4 of accounts is not shown" in broken("I23", SEALED, told(made[:3], seq=4, hash=made[3]["hash"]))
    assert "another hash than is said" in broken("I23", SEALED, told(made, hash="0" * 64))


def test_a_hash_that_was_never_published_shows_once_a_later_one_was() -> None:
    made = entries()
    assert "the hash of entry 2 of accounts was never published" in broken(
        "I23", PUBLISHED, told(made, [made[0], *made[2:]])
    )


@pytest.mark.parametrize(("made", "code"), [(entries(), 0), (entries()[:3], 1), ([], 1)])
def test_the_command_tells_scripts_by_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: list[dict[str, Any]], code: int
) -> None:
    async def gather(*_: Any) -> Facts:
        return told(made)

    load_secrets(tmp_path / "secrets.json")
    monkeypatch.setattr(command, "gather_audit_logs", gather)
    done = run("log", "--state", str(tmp_path), "--output", "json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["exit_code"], len(report["laws"])) == (code, code, 2)
    if code:
        (witness,) = [law["witness"] for law in report["laws"] if law["witness"]]
        assert witness["service"] == "accounts"


def test_a_platform_that_does_not_answer_is_not_told(tmp_path: Path) -> None:
    assert run("log", "--state", str(tmp_path / "nowhere")).exit_code == 2
