"""What an entry says of a change: only what differs, and nothing personal in clear."""

from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.kernel.audit_log import Personal, changed, instant, secret_for_hashes

KEY = secret_for_hashes("secret")


@dataclass(frozen=True)
class Address:
    street: str


def test_only_what_differs_is_told_with_before_and_after() -> None:
    before = {"state": "submitted", "markets": ("fr-pro",), "scopes": frozenset({"b", "a"}), "at": None}
    after = {**before, "state": "approved", "scopes": frozenset({"a"}), "at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert changed(before, after, KEY) == {
        "at": {"before": None, "after": "2026-01-02T00:00:00.000000Z"},
        "scopes": {"before": ["a", "b"], "after": ["a"]},
        "state": {"before": "submitted", "after": "approved"},
    }
    assert changed(after, after, KEY) == {}


def test_personal_values_are_hashes_that_only_the_key_can_check() -> None:
    told = changed({"address": Personal(Address("1 rue"))}, {"address": Personal(Address("2 rue"))}, KEY)["address"]
    again = changed({}, {"address": Personal(Address("1 rue"))}, KEY)["address"]
    other = changed({}, {"address": Personal(Address("1 rue"))}, secret_for_hashes("another"))["address"]
    assert told["before"] == again["after"] != told["after"]
    assert again["before"] is None
    assert other["after"] != again["after"]
    assert "rue" not in str(told)


def test_an_instant_has_one_form() -> None:
    assert instant(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
