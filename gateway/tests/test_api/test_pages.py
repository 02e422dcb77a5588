"""The platform's own pages: strict about where things come from, and honest with screen readers."""

import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

import gateway
from chassis.web.app import make_app
from gateway.api import pages
from gateway.clients.wording import PageTexts, languages

STATIC = Path(gateway.__file__).parent / "pages" / "static"
ALL = [
    "/",
    "/activate",
    "/new-password",
    "/new-email",
    "/forgot-password",
    "/seller",
    "/approvals",
    "/account/security",
    "/dashboard",
]


def a_client(sandbox_url: str | None = "http://127.0.0.1:8086") -> httpx.AsyncClient:
    app = make_app(title="gateway", description="", routers=[pages.router])
    app.state.pages = PageTexts(sandbox_url)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge")


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize("path", ALL)
async def test_a_page_runs_nothing_that_is_not_ours(path: str) -> None:
    response = await a_client().get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(rule.split(" ", 1) for rule in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert response.headers["referrer-policy"] == "no-referrer"
    elements = Elements(response.text)
    for script in elements.of("script"):
        assert str(script["src"]).startswith("/static/")
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in elements.found if "style" in attributes]
    assert not elements.of("style", "iframe", "object")


@pytest.mark.parametrize("path", ALL)
async def test_everything_a_page_needs_is_served(path: str) -> None:
    client = a_client()
    elements = Elements((await client.get(path)).text)
    needed = [one["src"] for one in elements.of("script")] + [one["href"] for one in elements.of("link")]
    assert "/static/regrade.css" in needed
    for address in needed:
        assert (await client.get(str(address))).status_code == 200, address


@pytest.mark.parametrize("path", ALL)
async def test_every_field_has_a_label_and_every_page_a_language_and_one_heading(path: str) -> None:
    elements = Elements((await a_client().get(path)).text)
    (html,) = elements.of("html")
    assert html["lang"]
    assert len(elements.of("h1")) == len(elements.of("main")) == 1
    labels = {label.get("for") for label in elements.of("label")}
    fields = [field for field in elements.of("input") if field["type"] != "checkbox"] if path != "/seller" else []
    assert {field["id"] for field in fields} <= labels


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.js")), ids=lambda file: file.name)
def test_our_scripts_write_text_and_never_markup(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage", source)


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize(
    ("path", "texts"),
    [("/new-password", "new_password"), ("/new-email", "new_email"), ("/forgot-password", "forgot_password")],
)
async def test_the_pages_for_a_forgotten_password_speak_the_language_of_the_mail(
    path: str, texts: str, language: str
) -> None:
    response = await a_client().get(path, params={"token": "t", "lang": language})
    words = languages()[language].pages[texts]
    assert words["submit"] in response.text
    assert words["done"] in response.text
    assert Elements(response.text).of("html")[0]["lang"] == language


async def test_a_link_page_knows_where_to_send_the_password_and_says_refusals_itself() -> None:
    for path, target, codes in (
        (
            "/activate",
            "/v1/activations",
            {"activation_link_invalid", "activation_link_expired", "activation_link_used"},
        ),
        (
            "/join",
            "/v1/invitation-acceptances",
            {"invitation_link_invalid", "invitation_link_expired", "invitation_link_used"},
        ),
        ("/new-password", "/v1/passwords", {"password_link_invalid", "password_link_expired"}),
        ("/new-email", "/v1/email-changes", {"email_link_invalid", "email_link_expired"}),
    ):
        (form,) = Elements((await a_client().get(path)).text).of("form")
        assert form["data-path"] == target
        assert {f"data-{code}" for code in codes} <= set(form)


@pytest.mark.parametrize("language", sorted(languages()))
async def test_the_activation_page_speaks_the_language_of_the_mail(language: str) -> None:
    response = await a_client().get("/activate", params={"token": "t", "lang": language})
    assert languages()[language].pages["activate"]["submit"] in response.text
    assert Elements(response.text).of("html")[0]["lang"] == language


@pytest.mark.parametrize(
    ("accepted", "language"), [("da-DK,da;q=0.9,en;q=0.8", "da"), ("ro, fr;q=0.5", "fr"), ("zh", "en"), ("", "en")]
)
async def test_without_a_language_in_the_link_the_browser_decides(accepted: str, language: str) -> None:
    response = await a_client().get("/activate", headers={"Accept-Language": accepted})
    assert Elements(response.text).of("html")[0]["lang"] == language


async def test_the_token_is_never_written_into_the_page() -> None:
    for nasty in ("secret-token", '"><script>alert(1)</script>'):
        response = await a_client().get("/activate", params={"token": nasty, "lang": nasty})
        assert nasty not in response.text
        assert response.headers["cache-control"] == "no-store"


async def test_the_activation_form_asks_twice_and_tells_the_rules() -> None:
    response = await a_client().get("/activate?lang=en")
    passwords = [field for field in Elements(response.text).of("input") if field["type"] == "password"]
    assert [field["autocomplete"] for field in passwords] == ["new-password", "new-password"]
    assert {field["minlength"] for field in passwords} == {"12"}
    assert "at least 12 characters" in response.text


@pytest.mark.parametrize("code", ["activation_link_invalid", "activation_link_expired", "activation_link_used"])
async def test_what_is_wrong_with_a_link_is_said_in_the_readers_language(code: str) -> None:
    french = Elements((await a_client().get("/activate?lang=fr")).text).of("form")[0]
    english = Elements((await a_client().get("/activate?lang=en")).text).of("form")[0]
    assert french[f"data-{code}"]
    assert french[f"data-{code}"] != english[f"data-{code}"]


async def test_the_start_page_shows_the_sandbox_only_where_there_is_one() -> None:
    assert "http://127.0.0.1:8086/mailbox" in (await a_client().get("/")).text
    production = (await a_client(None).get("/")).text
    assert "mailbox" not in production
    assert "Sandbox" not in production
    assert 'href="/dashboard"' in production


@pytest.mark.parametrize("name", ["main.py", "..%2Fmain.py", "nothing.css", ".gitignore"])
async def test_only_our_own_files_are_served(name: str) -> None:
    response = await a_client().get(f"/static/{name}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
