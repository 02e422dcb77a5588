"""API keys, scopes, and what a market says about accounts."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from accounts.domain.api_key import check_scopes, hash_of, id_of, key_text, new_secret
from accounts.domain.errors import ApiKeyRefused, CountryNotServed, ScopesNotYours
from accounts.domain.policies import market_rules
from accounts.domain.scopes import SCOPES_BY_KIND
from chassis.kernel.ids import new_id
from chassis.policy_files import load_markets

MARKETS = load_markets(Path(__file__).parents[4] / "markets")
ON = date(2026, 11, 21)


def test_a_key_carries_its_id_and_is_kept_as_a_hash_only() -> None:
    id, secret = new_id(), new_secret()
    key = key_text(id, secret)
    assert key == f"rgk_{id.hex}_{secret}"
    assert id_of(key) == id
    assert secret not in hash_of(key)


def test_two_secrets_are_never_alike_and_hold_256_bits() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(bytes.fromhex(new_secret())) * 8 == 256


@pytest.mark.parametrize("text", ["", "rgk_1_2", "sk_" + "0" * 32 + "_" + "a" * 64, "rgk_" + "0" * 32 + "_short"])
def test_a_key_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ApiKeyRefused):
        id_of(text)


def test_a_key_can_do_no_more_than_its_maker() -> None:
    buyer = SCOPES_BY_KIND["buyer"]
    check_scopes(frozenset({"orders:read"}), buyer)
    with pytest.raises(ScopesNotYours) as refusal:
        check_scopes(frozenset({"orders:read", "operator:money"}), buyer)
    assert refusal.value.facts == {"scopes": ["operator:money"]}


def test_only_the_operator_holds_the_operators_scopes_and_the_auditor_only_reads() -> None:
    held = {kind for kind, scopes in SCOPES_BY_KIND.items() for scope in scopes if scope.startswith("operator:")}
    assert held == {"operator"}
    assert SCOPES_BY_KIND["auditor"] == {"audit:read", "audit_log:read"}
    assert not [scope for scope in SCOPES_BY_KIND["operator"] if scope.endswith(":write") and scope != "account:write"]


def test_the_french_market_serves_france_and_not_denmark() -> None:
    rules = market_rules(MARKETS.pack("fr-pro", ON))
    rules.check_country("FR")
    with pytest.raises(CountryNotServed):
        rules.check_country("DK")
    assert rules.language == "fr"
    assert rules.link_valid_for == timedelta(hours=72)


def test_the_markets_of_one_shop_admit_one_seller() -> None:
    single = {pack.market for pack in MARKETS.in_force(ON) if market_rules(pack).single_seller}
    assert single == {"be-shop", "dk-shop", "uk-shop"}
