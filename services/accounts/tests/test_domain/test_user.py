"""The activation link: single use, in time, replaced when it is old."""

from datetime import timedelta

import pytest

from accounts.domain.errors import (
    ActivationLinkExpired,
    ActivationLinkInvalid,
    ActivationLinkUsed,
    PasswordTooLong,
    PasswordTooShort,
)
from accounts.domain.link_tokens import LinkPurpose, LinkToken, LinkTokens
from accounts.domain.user import UserState, check_password
from services.accounts.tests.builders import REAL, a_user, an_active_user

LIFE = timedelta(hours=72)


def test_a_link_sets_the_password_once() -> None:
    user = a_user().activate("n0nce", "hashed", REAL)
    assert (user.state, user.password_hash, user.link) == (UserState.ACTIVE, "hashed", None)
    with pytest.raises(ActivationLinkUsed):
        user.activate("n0nce", "another", REAL)


def test_a_link_works_until_just_before_its_end() -> None:
    a_user().activate("n0nce", "hashed", REAL + LIFE - timedelta(seconds=1))
    with pytest.raises(ActivationLinkExpired):
        a_user().activate("n0nce", "hashed", REAL + LIFE)


def test_a_link_that_was_replaced_does_not_work() -> None:
    with pytest.raises(ActivationLinkInvalid):
        a_user().activate("an older nonce", "hashed", REAL)


def test_a_young_link_is_sent_again_and_an_old_one_is_replaced() -> None:
    link = a_user().link
    assert link is not None
    assert a_user().working_link("new", REAL + timedelta(hours=71)) == link
    replaced = a_user().working_link("new", REAL + LIFE)
    assert (replaced.nonce, replaced.expires_at) == ("new", REAL + LIFE + LIFE)


def test_a_mail_may_be_asked_for_once_a_minute() -> None:
    user = a_user()
    assert not user.may_ask_for_mail(REAL + timedelta(seconds=59))
    assert user.may_ask_for_mail(REAL + timedelta(seconds=60))
    asked = user.ask_for_link("new", REAL + timedelta(seconds=60))
    assert not asked.may_ask_for_mail(REAL + timedelta(seconds=119))


def test_who_is_active_gets_no_more_links() -> None:
    assert not an_active_user().may_ask_for_mail(REAL + LIFE)
    with pytest.raises(ActivationLinkUsed):
        an_active_user().working_link("new", REAL)


def test_a_password_has_12_to_256_characters() -> None:
    check_password("x" * 12)
    check_password("x" * 256)
    with pytest.raises(PasswordTooShort):
        check_password("x" * 11)
    with pytest.raises(PasswordTooLong):
        check_password("x" * 257)


def test_a_token_is_the_same_for_the_same_link_and_is_read_back() -> None:
    tokens = LinkTokens("internal", LinkPurpose.ACTIVATION)
    token = LinkToken(a_user().id, "n0nce")
    assert tokens.write(token) == tokens.write(token)
    assert tokens.read(tokens.write(token)) == token


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: "",
        lambda text: "nonsense",
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: text.replace("n0nce", "other"),
        lambda text: LinkTokens("another platform", LinkPurpose.ACTIVATION).write(LinkToken(a_user().id, "n0nce")),
        lambda text: LinkTokens("internal", LinkPurpose.PASSWORD).write(LinkToken(a_user().id, "n0nce")),
        lambda text: text + "é",
    ],
)
def test_a_forged_token_is_refused(forge: object) -> None:
    assert callable(forge)
    tokens = LinkTokens("internal", LinkPurpose.ACTIVATION)
    forged = forge(tokens.write(LinkToken(a_user().id, "n0nce")))
    with pytest.raises(ActivationLinkInvalid):
        tokens.read(forged)
