"""Which role may do what, in every kind of company: the whole table, walked."""

import pytest

from accounts.domain.api_key import check_scopes
from accounts.domain.errors import RoleUnknown, ScopesNotYours
from accounts.domain.membership import MOVES, deactivated, erased, rejoined, with_role
from accounts.domain.scopes import SCOPES, SCOPES_BY_KIND, SELF, Role, check_role, scopes_of_person
from accounts.domain.user import UserState
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import a_user, an_active_user

# Role by role, who may do it: o owner, b buyer, a approver, c accountant, r read-only, s stock, f fulfilment.
BUYERS = {
    "catalog:read": "obar",
    "orders:read": "obacr",
    "orders:write": "ob",
    "orders:approve": "oa",
    "payments:read": "obacr",
    "aftersales:read": "obacr",
    "account:read": "obacr",
    "account:write": "o",
}
SELLERS = {
    "catalog:read": "osfr",
    "stock:read": "osfr",
    "stock:write": "os",
    "seller_orders:read": "ofcr",
    "seller_orders:write": "of",
    "invoices:contest": "oc",
    "payouts:read": "ocr",
    "payments:read": "ocr",
    "account:read": "osfcr",
    "account:write": "o",
}
# Of the operator's staff: o owner, u support, n finance, t trust, e engineer, r read-only.
OPERATORS = {
    "catalog:read": "ountr",
    "stock:read": "ountr",
    "orders:read": "ountr",
    "seller_orders:read": "ountr",
    "payments:read": "ountr",
    "aftersales:read": "ountr",
    "account:read": "ounter",
    "account:write": "o",
    "payouts:read": "onr",
    "audit:read": "onr",
    "audit_log:read": "o",
    "operator:companies": "ou",
    "operator:cases": "ou",
    "operator:money": "on",
    "operator:sellers": "ot",
    "operator:events": "oe",
}
LETTERS = {
    "o": Role.OWNER,
    "b": Role.BUYER,
    "a": Role.APPROVER,
    "s": Role.STOCK,
    "f": Role.FULFILMENT,
    "c": Role.ACCOUNTANT,
    "r": Role.READ_ONLY,
    "u": Role.SUPPORT,
    "n": Role.FINANCE,
    "t": Role.TRUST,
    "e": Role.ENGINEER,
}


@pytest.mark.parametrize(("kind", "table"), [("buyer", BUYERS), ("seller", SELLERS), ("operator", OPERATORS)])
def test_every_role_may_do_what_its_row_says_and_nothing_else(kind: str, table: dict[str, str]) -> None:
    roles = {role for of, role in SCOPES if of == kind}
    assert roles == {LETTERS[letter] for letters in table.values() for letter in letters}
    for role in roles:
        expected = {scope for scope, letters in table.items() if role in {LETTERS[letter] for letter in letters}}
        assert SCOPES[kind, role] == expected, role


def test_every_person_may_act_on_themselves_and_no_key_may() -> None:
    for kind, role in SCOPES:
        assert scopes_of_person(kind, role) == SCOPES[kind, role] | {SELF}
    assert all(SELF not in scopes for scopes in SCOPES_BY_KIND.values())
    with pytest.raises(ScopesNotYours) as refused:
        check_scopes(frozenset({"account:read", SELF}), scopes_of_person("buyer", Role.OWNER))
    assert refused.value.facts["scopes"] == [SELF]


def test_an_owner_may_do_everything_that_anybody_of_the_company_may() -> None:
    for (kind, _), scopes in SCOPES.items():
        assert scopes <= SCOPES[kind, Role.OWNER] == SCOPES_BY_KIND[kind]


@pytest.mark.parametrize(("kind", "role"), [("buyer", Role.STOCK), ("seller", Role.APPROVER), ("operator", Role.BUYER)])
def test_a_role_of_another_kind_of_company_is_refused(kind: str, role: Role) -> None:
    with pytest.raises(RoleUnknown) as refused:
        check_role(kind, role)
    assert "owner" in refused.value.facts["roles"]


def test_every_move_of_a_person_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(
        MOVES,
        UserState,
        lambda state: a_user(state=state),
        {
            "change_role": lambda user: with_role(user, Role.BUYER),
            "deactivate": deactivated,
            "rejoin": lambda user: rejoined(user, "Kim", Role.BUYER, "hashed"),
            "erase": erased,
        },
        lambda user: user.state,
    )
    assert tried == 4 * len(UserState)


def test_who_has_left_has_nothing_to_sign_in_with() -> None:
    gone = deactivated(an_active_user())
    assert (gone.password_hash, gone.link, gone.password_link) == (None, None, None)


def test_who_was_erased_has_no_name_no_address_and_nothing_to_sign_in_with() -> None:
    before = an_active_user()
    gone = erased(before)
    assert (gone.id, gone.company_id, gone.role) == (before.id, before.company_id, before.role)
    assert (gone.name, gone.email) == ("erased", f"{before.id}@erased.invalid")
    assert (gone.password_hash, gone.link, gone.password_link) == (None, None, None)
