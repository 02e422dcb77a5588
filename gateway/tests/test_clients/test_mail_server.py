"""Mails over real SMTP: what arrives, what is refused for good, and what is tried again."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosmtplib
import pytest

from chassis.kernel.errors import NotFound
from chassis.kernel.ids import Id
from chassis.policy_files import load_markets
from chassis.testing.clock import START
from gateway.clients.mail_desk import _ABOUT_APPROVAL, _ABOUT_SIGN_IN, _LINKS, MailDesk
from gateway.clients.mail_server import MailServer
from gateway.clients.market_files import zones
from gateway.domain.delivery import Delivery, DeliveryImpossible, FailureReason, Template
from gateway.domain.errors import ServiceSilent
from gateway.tests.builders import (
    BUYER,
    EVENTS,
    NASTY,
    SELLER,
    SELLER_ORDER,
    a_delivery,
    a_party,
    a_waiting_order,
    an_order,
)
from gateway.tests.test_clients.mail_world import PDF, Mailbox, World
from launcher.ports import free_port

SENDER = "Regrade <no-reply@regrade.example>"


def desk(world: World) -> MailDesk:
    return MailDesk(world.sources, SENDER, "https://shop.example/", lambda: START)


async def delivered(world: World, delivery: Delivery) -> Mailbox:
    mailbox = Mailbox()
    async with mailbox.listening() as server:
        await server.send((await desk(world).write(delivery)).message)
    return mailbox


async def test_the_purchase_order_arrives_with_its_paper() -> None:
    delivery = a_delivery(Template.PURCHASE_ORDER)
    (mail,) = (await delivered(World(), delivery)).mails
    assert mail["Subject"] == "Bon de commande 100042 : merci de régler 945,48 €"
    assert mail["From"] == SENDER
    assert mail["To"] == "Jeanne Petit <jeanne@bureau-lyon.example>"
    assert mail["Message-ID"] == f"<{delivery.id}@regrade>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["Date"].datetime == START
    assert not [name for name in mail if name.lower().startswith("list-")]
    (paper,) = mail.iter_attachments()
    assert (paper.get_filename(), paper.get_content_type()) == ("100042.pdf", "application/pdf")
    assert paper.get_content() == PDF


async def test_quotes_come_with_the_mail_that_tells_of_them_and_the_mail_waits_for_their_papers() -> None:
    facts = dict(EVENTS["catalog.quote", "offered"])
    delivery = replace(a_delivery(Template.QUOTES_OFFERED, facts), company_id=BUYER, order_id=None)
    (mail,) = (await delivered(World(), delivery)).mails
    assert [paper.get_filename() for paper in mail.iter_attachments()] == ["quote-1.pdf", "quote-2.pdf"]
    world = World()
    world.statuses["catalog"] = 404
    with pytest.raises((NotFound, ServiceSilent)):
        await desk(world).write(delivery)


async def test_text_and_html_say_the_same() -> None:
    (mail,) = (await delivered(World(), a_delivery(Template.PURCHASE_ORDER))).mails
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        content = part.get_content()
        for told in ("FR76 3000 6000 0112 3456 7890 189", "945,48\u00a0€", "vendredi 27 novembre 2026 à 23:59 (CET)"):
            assert told in content, (kind, told)


async def test_a_company_name_is_text_and_never_markup_or_a_header() -> None:
    world = World()
    world.party = a_party(legal_name=NASTY, contacts=[{"role": "main", "email": "a@b.example", "name": NASTY}])
    world.order = an_order(title="<script>alert(1)</script>")
    (mail,) = (await delivered(world, a_delivery(Template.PURCHASE_ORDER))).mails
    assert mail["Bcc"] is None
    html = mail.get_body(("html",))
    assert html is not None
    content = html.get_content()
    assert "&lt;b&gt;Évil &amp; Co&lt;/b&gt;" in content
    assert "<b>" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "<script" not in content


@pytest.mark.parametrize(
    "name",
    [
        "Jeanne Petit",
        'Petit, "Jo" (Achats)',
        "back\\slash",
        "Zoë Ærlig  Hansen",
        "=?utf-8?q?=42cc?= <x@y.example>",
        "",
    ],
)
async def test_the_reader_is_named_as_they_name_themselves(name: str) -> None:
    world = World()
    world.party = a_party(contacts=[{"role": "main", "email": "jo@bureau.example", "name": name}])
    mailbox = await delivered(world, a_delivery(Template.PURCHASE_ORDER))
    ((to,),) = [mail["To"].addresses for mail in mailbox.mails]
    assert (to.display_name, to.addr_spec) == (" ".join(name.split()), "jo@bureau.example")
    assert mailbox.recipients == ["jo@bureau.example"]


async def test_an_address_may_be_written_in_any_script() -> None:
    world = World()
    world.party = a_party(contacts=[{"role": "main", "email": "zoë@büro.example", "name": "Zoë"}])
    mailbox = await delivered(world, a_delivery(Template.PURCHASE_ORDER))
    assert mailbox.recipients == ["zoë@büro.example"]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    "email", ["a@b.example\r\nBcc: c@d.example", "a@b.example>, <c@d.example", "nobody", "@b", "a@"]
)
async def test_what_is_no_address_starts_no_header(email: str) -> None:
    world = World()
    world.party = a_party(contacts=[{"role": "main", "email": email, "name": "Jo"}])
    with pytest.raises(DeliveryImpossible) as impossible:
        await desk(world).write(a_delivery(Template.PURCHASE_ORDER))
    assert impossible.value.reason is FailureReason.NO_ADDRESS


async def test_a_paper_of_any_bytes_arrives_as_it_left() -> None:
    world = World()
    world.paper = bytes(range(256)) * 300 + b"\r\n.\r\n--=_mail\n"
    (mail,) = (await delivered(world, a_delivery(Template.PURCHASE_ORDER))).mails
    (paper,) = mail.iter_attachments()
    assert paper.get_content() == world.paper


async def test_no_line_is_longer_than_a_mail_server_has_to_take() -> None:
    world = World()
    world.order = an_order(title="Écran " * 400)
    world.party = a_party(contacts=[{"role": "main", "email": "jo@bureau.example", "name": "Zoë Ærlig " * 20}])
    mail = await desk(world).write(a_delivery(Template.PURCHASE_ORDER))
    assert max(map(len, mail.message.content.split(b"\r\n"))) <= 78


async def test_the_activation_mail_goes_to_the_person_and_carries_the_link() -> None:
    delivery = a_delivery(Template.ACTIVATION, {"user_id": EVENTS["accounts.company", "registered"]["user_id"]})
    unbound = type(delivery)(**{**vars(delivery), "order_id": None})
    (mail,) = (await delivered(World(), unbound)).mails
    assert mail["To"] == "Jean Premier <first@bureau-lyon.example>"
    link = "https://shop.example/activate?token=user.nonce.signature&lang=fr"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert link in text.get_content()
    assert f'href="{link.replace("&", "&amp;")}"' in html.get_content()


async def test_an_invoice_is_attached_under_its_number() -> None:
    facts = {"invoice_id": str(SELLER_ORDER), "number": "RCDT/2026/42", "total": {"amount": 1, "currency": "EUR"}}
    (mail,) = (await delivered(World(), a_delivery(Template.INVOICE_TO_BUYER, facts))).mails
    (paper,) = mail.iter_attachments()
    assert paper.get_filename() == "RCDT-2026-42.pdf"


async def test_a_reader_that_the_event_did_not_name_is_found_through_the_order() -> None:
    for template, facts, company in (
        (Template.ORDER_CANCELLED, {}, "00000000-0000-0000-0000-000000000001"),
        (Template.SELLER_ORDER_CANCELLED, {"seller_order_id": str(SELLER_ORDER)}, str(SELLER)),
    ):
        world = World()
        await desk(world).write(a_delivery(template, facts))
        assert f"GET accounts/internal/parties/{company}" in world.asked


@pytest.mark.parametrize("status", [409, 422])
async def test_a_link_that_nobody_needs_by_now_is_not_mailed(status: int) -> None:
    world = World()
    world.statuses["accounts"] = status
    with pytest.raises(DeliveryImpossible) as impossible:
        await world.sources.link("/internal/password-links", {"user_id": str(SELLER)})
    assert impossible.value.reason is FailureReason.OVERTAKEN


async def test_mails_about_a_sign_in_go_to_the_person_and_not_to_the_companys_contact() -> None:
    for template in (*_LINKS, *_ABOUT_SIGN_IN):
        world = World()
        mail = await desk(world).write(a_delivery(template, {"user_id": str(Id(int=3))}))
        assert mail.message.recipient == "first@bureau-lyon.example"


async def test_the_operators_people_read_the_clocks_of_the_default_market() -> None:
    markets = load_markets(Path(__file__).parents[3] / "markets")
    zone_of = zones(markets, lambda: date(2026, 11, 21))
    assert zone_of(None) == zone_of(markets.default()) == ZoneInfo("Europe/Paris")
    assert zone_of("uk-shop") == ZoneInfo("Europe/London")
    world = World()
    world.party = a_party(markets=[])
    mail = await desk(world).write(a_delivery(Template.FACTOR_ADDED, {"user_id": str(Id(int=3))}))
    assert mail.message.recipient == "first@bureau-lyon.example"


async def test_mails_about_an_approval_go_to_the_person_or_where_a_program_ordered_to_the_company() -> None:
    facts = {**EVENTS["orders.order", "approval_awaited"], "reason": "approval_lapsed"}
    for template in _ABOUT_APPROVAL:
        world = World()
        world.order = a_waiting_order()
        to_person = await desk(world).write(a_delivery(template, {**facts, "user_id": str(Id(int=3))}))
        assert to_person.message.recipient == "first@bureau-lyon.example"
        to_company = await desk(world).write(a_delivery(template, facts))
        assert to_company.message.recipient == "jeanne@bureau-lyon.example"


async def test_an_invitation_goes_to_the_address_that_was_invited() -> None:
    world = World()
    mail = await desk(world).write(a_delivery(Template.INVITATION, {"invitation_id": str(Id(int=4))}))
    assert mail.message.recipient == "first@bureau-lyon.example"
    assert "POST accounts/internal/invitation-links" in world.asked


async def test_staff_of_the_operator_who_is_in_no_market_is_invited_by_mail_too() -> None:
    world = World()
    world.party = a_party(kind="operator", market=None, markets=[])
    mail = await desk(world).write(a_delivery(Template.INVITATION, {"invitation_id": str(Id(int=4))}))
    assert mail.message.recipient == "first@bureau-lyon.example"


async def test_a_person_who_is_not_there_is_given_up() -> None:
    world = World()
    world.statuses["accounts"] = 404
    with pytest.raises(DeliveryImpossible) as impossible:
        await world.sources.person(SELLER)
    assert impossible.value.reason is FailureReason.NO_ADDRESS


@pytest.mark.parametrize("party", [None, a_party(contacts=[])])
async def test_a_company_without_anybody_to_write_to_is_given_up(party: dict[str, object] | None) -> None:
    world = World()
    if party is None:
        world.statuses["accounts"] = 404
    else:
        world.party = party
    with pytest.raises(DeliveryImpossible) as impossible:
        await world.sources.reader(SELLER)
    assert impossible.value.reason is FailureReason.NO_ADDRESS


@pytest.mark.parametrize("reply", ["550 no such user", "554 rejected"])
@pytest.mark.parametrize("at_recipient", [True, False])
async def test_a_final_refusal_is_final(reply: str, at_recipient: bool) -> None:
    mailbox = Mailbox()
    mailbox.reply = reply
    mailbox.at_recipient = reply if at_recipient else None
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    async with mailbox.listening() as server:
        with pytest.raises(DeliveryImpossible) as impossible:
            await server.send(mail.message)
    assert impossible.value.reason is FailureReason.REFUSED


@pytest.mark.parametrize("at_recipient", [True, False])
async def test_a_refusal_of_the_moment_is_tried_again(at_recipient: bool) -> None:
    mailbox = Mailbox()
    mailbox.reply = "451 try later"
    mailbox.at_recipient = mailbox.reply if at_recipient else None
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    async with mailbox.listening() as server:
        with pytest.raises(aiosmtplib.SMTPException):
            await server.send(mail.message)


async def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await MailServer("127.0.0.1", free_port()).send(mail.message)


async def test_the_password_is_never_sent_in_the_clear() -> None:
    mailbox = Mailbox()
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    async with mailbox.listening() as server:
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await MailServer(server.host, server.port, "regrade", "secret").send(mail.message)
    assert mailbox.mails == []


async def test_mails_share_a_connection_until_the_server_closes_it() -> None:
    mailbox = Mailbox()
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    async with mailbox.listening() as server:
        for _ in range(3):
            await server.send(mail.message)
        assert (len(mailbox.mails), len(mailbox.connections)) == (3, 1)
        mailbox.connections[0].close()
        await server.send(mail.message)
    assert (len(mailbox.mails), len(mailbox.connections)) == (4, 2)


async def test_a_connection_on_which_a_mail_was_refused_is_not_used_again() -> None:
    mailbox = Mailbox()
    mail = await desk(World()).write(a_delivery(Template.PURCHASE_ORDER))
    async with mailbox.listening() as server:
        mailbox.reply = "451 try later"
        with pytest.raises(aiosmtplib.SMTPException):
            await server.send(mail.message)
        mailbox.reply = "250 OK"
        await server.send(mail.message)
    assert (len(mailbox.mails), len(mailbox.connections)) == (1, 2)
