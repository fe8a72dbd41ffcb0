"""A mail's text and page, from notices in words."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from typing import Literal

import jinja2

from harbour.notifications.sentences import Told, words
from harbour.settings import REPOSITORY

__all__ = ["write_html", "write_subject", "write_text"]

Language = Literal["en", "fr"]


def write_subject(told: Sequence[Told], language: Language) -> str:
    """Return the subject of a mail that carries these notices."""
    return told[0].title if len(told) == 1 else words(language)["mail"]["many"].format(n=len(told))


def write_text(told: Sequence[Told], link: str, language: Language) -> str:
    """Return the mail as plain text."""
    parts = ["\n".join((one.title, *one.lines, *(["", one.quote] if one.quote else []))) for one in told]
    say = words(language)["mail"]
    return "\n\n".join([*parts, f"{say['open']}: {link}", say["why"]]) + "\n"


def write_html(told: Sequence[Told], link: str, language: Language) -> str:
    """Return the mail as a page in the platform's looks; it loads nothing."""
    return _template().render(
        told=told, link=link, language=language, say=words(language)["mail"], look=_look()
    )


@functools.cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("harbour.notifications", ".")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("letter.html")


@functools.cache
def _look() -> dict[str, str]:
    """Return the light colours: mail programs make their own dark from them."""
    path = REPOSITORY / "dashboards" / "theme" / "tokens.toml"
    return {
        str(k).replace("-", "_"): v
        for k, v in tomllib.loads(path.read_text(encoding="utf-8"))["light"].items()
    }
