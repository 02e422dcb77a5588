"""The mailbox: what was sent by SMTP can be read, by people and by tests."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from sandbox_builders import Sandbox

pytestmark = pytest.mark.storage


def a_mail(subject: str = "Votre commande", to: str = "buyer@reparo.example", **parts: Any) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Regrade <no-reply@regrade.example>", to, subject
    mail["Message-ID"] = f"<{subject.encode().hex()}@regrade.example>"
    mail.set_content(parts.get("text", "Bonjour, c'est payé : 129,90 €."))
    if "html" in parts:
        mail.add_alternative(parts["html"], subtype="html")
    for name, content in parts.get("files", {}).items():
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail


async def send(sandbox: Sandbox, mail: EmailMessage, **more: Any) -> None:
    settings = sandbox.settings
    await aiosmtplib.send(mail, hostname=settings.smtp_host, port=settings.smtp_port, start_tls=False, **more)


async def listed(sandbox: Sandbox, **query: str) -> list[dict[str, Any]]:
    answer = await sandbox.http.get("/mailbox/messages", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_sent_mail_can_be_read_with_all_its_parts(sandbox: Sandbox) -> None:
    pdf = b"%PDF-1.7\x00\xff"
    await send(sandbox, a_mail(html="<p>Bonjour <b>€</b></p>", files={"facture n°1.pdf": pdf}))
    [mail] = await listed(sandbox)
    assert mail["from"] == "no-reply@regrade.example"
    assert mail["to"] == ["buyer@reparo.example"]
    assert mail["subject"] == "Votre commande"
    assert mail["message_id"].endswith("@regrade.example>")
    assert mail["text"].strip() == "Bonjour, c'est payé : 129,90 €."
    assert mail["attachments"] == [
        {"n": 1, "filename": "facture n°1.pdf", "content_type": "application/pdf", "size": len(pdf)}
    ]
    whole = (await sandbox.http.get(f"/mailbox/messages/{mail['id']}")).json()
    assert whole["html"].strip() == "<p>Bonjour <b>€</b></p>"
    attachment = await sandbox.http.get(f"/mailbox/messages/{mail['id']}/attachments/1")
    assert attachment.content == pdf
    assert attachment.headers["content-type"] == "application/pdf"
    assert attachment.headers["content-disposition"].startswith("attachment;")


async def test_hidden_recipients_are_found_because_the_envelope_counts(sandbox: Sandbox) -> None:
    await send(sandbox, a_mail(), recipients=["buyer@reparo.example", "Archive@Reparo.example"])
    [mail] = await listed(sandbox, to="archive@reparo.example")
    assert mail["to"] == ["buyer@reparo.example", "Archive@Reparo.example"]
    assert await listed(sandbox, to="reparo.example") == []


async def test_mails_are_found_by_part_of_the_subject(sandbox: Sandbox) -> None:
    for subject in ("Order ORD-1 paid", "Order ORD-2 paid", "100% of it"):
        await send(sandbox, a_mail(subject))
    assert [mail["subject"] for mail in await listed(sandbox, subject="ord-2")] == ["Order ORD-2 paid"]
    assert [mail["subject"] for mail in await listed(sandbox, subject="%")] == ["100% of it"]
    assert len(await listed(sandbox, subject="paid")) == 2


async def test_mails_after_another_mail_or_after_an_instant(sandbox: Sandbox) -> None:
    await send(sandbox, a_mail("one"))
    await send(sandbox, a_mail("two"))
    two, one = await listed(sandbox)
    assert [mail["subject"] for mail in await listed(sandbox, after=one["id"])] == ["two"]
    assert [mail["subject"] for mail in await listed(sandbox, after=one["at"])] == ["two"]
    assert await listed(sandbox, after=two["id"]) == []
    assert await listed(sandbox, after=(datetime.now(UTC) + timedelta(hours=1)).isoformat()) == []


async def test_an_unknown_mail_or_attachment_is_not_found(sandbox: Sandbox) -> None:
    await send(sandbox, a_mail())
    [mail] = await listed(sandbox)
    for path in ("mail_none", "mail_none/page", f"{mail['id']}/attachments/1", f"{mail['id']}/attachments/0"):
        assert (await sandbox.http.get(f"/mailbox/messages/{path}")).status_code in {404, 422}
    assert (await sandbox.http.get("/mailbox/messages", params={"after": "mail_none"})).status_code == 404


async def test_the_pages_show_mails_without_running_what_is_in_them(sandbox: Sandbox) -> None:
    evil = "<script>alert(1)</script>"
    await send(sandbox, a_mail(evil, html=f"<p>Hi</p>{evil}"))
    [mail] = await listed(sandbox)
    for path in ("/mailbox", f"/mailbox/messages/{mail['id']}/page"):
        page = await sandbox.http.get(path)
        assert page.status_code == 200
        assert evil not in page.text
        assert "&lt;script&gt;" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "http://" not in page.text.replace("http://sandbox", "")
    assert 'sandbox="allow-popups' in page.text


async def test_a_broken_mail_is_kept_as_far_as_it_can_be_read(sandbox: Sandbox) -> None:
    raw = b"From: a\r\nSubject: =?unknown-8bit?q?=FF?= x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nnuq \x00neH\r\n"
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.settings.smtp_port, start_tls=False)
    async with client:
        await client.sendmail("a@a.example", ["b@b.example"], raw)
    [mail] = await listed(sandbox)
    assert mail["text"].strip() == "nuq neH"


async def test_smtp_faults(sandbox: Sandbox) -> None:
    await sandbox.fault("smtp", "error_500")
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await send(sandbox, a_mail("refused"))
    assert refused.value.code == 451
    await sandbox.fault("smtp", "drop")
    await send(sandbox, a_mail("dropped"))
    await sandbox.fault("smtp", "duplicate")
    await send(sandbox, a_mail("twice"))
    await sandbox.fault("smtp", "timeout_after_success")
    with pytest.raises(aiosmtplib.SMTPException):
        await send(sandbox, a_mail("kept"))
    await sandbox.fault("smtp", "timeout_before")
    with pytest.raises(aiosmtplib.SMTPException):
        await send(sandbox, a_mail("lost"))
    assert [mail["subject"] for mail in await listed(sandbox)] == ["kept", "twice", "twice"]


async def test_the_mailbox_is_paged(sandbox: Sandbox) -> None:
    for n in range(3):
        await send(sandbox, a_mail(f"mail {n}"))
    first = (await sandbox.http.get("/mailbox/messages", params={"limit": 2})).json()
    second = (await sandbox.http.get("/mailbox/messages", params={"cursor": first["next_cursor"]})).json()
    assert [mail["subject"] for mail in first["items"] + second["items"]] == ["mail 2", "mail 1", "mail 0"]
    assert second["next_cursor"] is None
