"""The texts of all languages, read once from the files beside the mail layout."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gateway.domain.delivery import Template
from gateway.domain.language import Form, Language, MailText

TEXTS = Path(__file__).parents[1] / "templates" / "texts"
# Whoever speaks none of our languages reads this one.
FALLBACK = "en"


@cache
def languages() -> dict[str, Language]:
    """Every language by its code; each has every text, or the start fails here."""
    return {file.stem: _read(file) for file in sorted(TEXTS.glob("*.toml"))}


def language_of(code: str | None) -> Language:
    """The language of that code, or English."""
    return languages().get(code or FALLBACK, languages()[FALLBACK])


@dataclass(frozen=True)
class PageTexts:
    """What the platform's pages are told; `sandbox_url` is None outside of sandbox mode."""

    sandbox_url: str | None

    def language(self, wanted: list[str]) -> Language:
        """The first of these languages that we speak, or English."""
        return language_of(next((code for code in wanted if code in languages()), None))


def _read(file: Path) -> Language:
    texts = tomllib.loads(file.read_text(encoding="utf-8"))
    form: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in texts["form"].items()
    }
    return Language(
        code=file.stem,
        form=Form(**form),
        words=texts["words"],
        reasons=texts["reasons"],
        mails={template: _mail(texts[template]) for template in Template},
        checklist=texts["checklist"],
        requirements=texts["requirements"],
        seller_reasons=texts["seller_reasons"],
        pages=texts["pages"],
    )


def _mail(text: dict[str, Any]) -> MailText:
    return MailText(text["subject"], tuple(text["paragraphs"]), text.get("button", ""))
