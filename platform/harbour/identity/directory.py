"""The bank's own directory (OpenID Connect): where it is, and what its groups mean here.

Read from `oidc.toml` in the data folder; without that file the platform keeps its own accounts. The client
secret is never in it: it comes from a file of its own or from the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harbour.errors import HarbourError, NotAllowed, SettingsError
from harbour.identity import names
from harbour.settings import Settings

__all__ = ["SETTINGS_FILE", "Directory", "Grant", "Person", "load_directory", "person_of"]

SETTINGS_FILE = "oidc.toml"
SECRET_VARIABLE = "PLIMSOLL_OIDC_SECRET"  # noqa: S105  # the variable's name  # pragma: allowlist secret
ROLES = frozenset({"analyst", "viewer", "reviewer", "org_admin", "platform_admin"})
REQUIRED = ("issuer", "client_id", "groups")
KNOWN = frozenset({*REQUIRED, "client_secret_file", "name_claim", "groups_claim", "label", "scopes"})
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Grant:
    """What a group of the directory gives: a role in an organisation of ours."""

    group: str
    organisation: str
    role: str


@dataclass(frozen=True)
class Directory:
    """One OpenID provider and what its groups mean; `label` is what the sign-in button calls it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    grants: tuple[Grant, ...]
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    label: str = "your bank's account"
    scopes: tuple[str, ...] = ("openid", "profile", "email")


@dataclass(frozen=True)
class Person:
    """Who the directory says has come, in our words; `subject` is its own lasting name for him."""

    subject: str
    name: str
    display_name: str
    organisation: str
    roles: tuple[str, ...]


def load_directory(settings: Settings, environment: Mapping[str, str] | None = None) -> Directory | None:
    """Return the directory of `oidc.toml`, or None where the platform keeps its own accounts.

    Raises
    ------
    SettingsError
        Naming what is missing, unknown or wrong in the file.
    """
    path = settings.data / SETTINGS_FILE
    if not path.is_file():
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    if missing := [key for key in REQUIRED if not found.get(key)]:
        raise SettingsError(f"{path}: {', '.join(missing)} must be given; see docs/deploy.md")
    if unknown := sorted(set(found) - KNOWN):
        raise SettingsError(f"{path}: unknown {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}")
    optional: dict[str, Any] = {
        key: found[key] for key in ("name_claim", "groups_claim", "label") if key in found
    }
    if "scopes" in found:
        optional["scopes"] = tuple(found["scopes"])
    return Directory(
        issuer=_issuer(path, str(found["issuer"])),
        client_id=str(found["client_id"]),
        client_secret=_secret(path, found, os.environ if environment is None else environment),
        grants=tuple(_grant(path, place, entry) for place, entry in enumerate(found["groups"], 1)),
        **optional,
    )


def _issuer(path: Path, issuer: str) -> str:
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in LOCAL:
        raise SettingsError(f"{path}: the issuer {issuer!r} must begin with https://")
    return issuer


def _secret(path: Path, found: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    if given := environment.get(SECRET_VARIABLE):
        return given
    named = found.get("client_secret_file")
    if not named:
        raise SettingsError(f"{path}: name a client_secret_file, or set {SECRET_VARIABLE} for the Hub")
    try:
        return Path(str(named)).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path}: client_secret_file {named}: {error.strerror}") from error


def _grant(path: Path, place: int, entry: Any) -> Grant:  # noqa: ANN401  # whatever stands in the file
    where = f"{path}: the {place}. entry of [[groups]]"
    if not isinstance(entry, Mapping) or set(entry) != {"group", "organisation", "role"}:
        raise SettingsError(f"{where} must have group, organisation and role, and nothing else")
    grant = Grant(**{key: str(value) for key, value in entry.items()})
    if grant.role not in ROLES:
        raise SettingsError(f"{where}: {grant.role!r} is no role; roles are {', '.join(sorted(ROLES))}")
    return grant


def person_of(directory: Directory, claims: Mapping[str, Any]) -> Person:
    """Return who the claims speak of, and what his groups give him here.

    Raises
    ------
    NotAllowed
        With a sentence for him: no group of his gives a role, his groups belong to two organisations, or no
        name can be made of his.
    """
    held = _groups(directory, claims)
    grants = [grant for grant in directory.grants if grant.group in held]
    if not grants:
        raise NotAllowed(
            "Your account has no group that gives a role on this platform: ask your administrator for one."
        )
    organisations = sorted({grant.organisation for grant in grants})
    if len(organisations) > 1:
        raise NotAllowed(
            f"Your groups belong to {len(organisations)} organisations ({', '.join(organisations)}), and an "
            "account belongs to one: ask your administrator."
        )
    name = _short_name(str(claims.get(directory.name_claim) or ""))
    if not name:
        raise NotAllowed(
            f"Your directory gives no usable name for you (its claim {directory.name_claim!r}): "
            "ask your administrator."
        )
    return Person(
        subject=str(claims["sub"]),
        name=names.hub_name(f"{organisations[0]}-{name}"),
        display_name=str(claims.get("name") or claims.get(directory.name_claim) or name),
        organisation=organisations[0],
        roles=tuple(sorted({grant.role for grant in grants})),
    )


def _groups(directory: Directory, claims: Mapping[str, Any]) -> frozenset[str]:
    # Some directories send an address in place of a long list: to read it as "no group" would suspend people.
    if directory.groups_claim in (claims.get("_claim_names") or {}):
        raise HarbourError(
            "Your directory did not send your groups, because you have too many: ask your administrator "
            "to send only this platform's groups."
        )
    held = claims.get(directory.groups_claim) or ()
    if isinstance(held, str):
        held = [held]
    return frozenset(map(str, held)) if isinstance(held, Iterable) else frozenset()


def _short_name(claim: str) -> str:
    plain = unicodedata.normalize("NFKD", claim.partition("@")[0]).encode("ascii", "ignore").decode()
    return re.sub(r"^[0-9]+|[^a-z0-9]", "", plain.lower())[:16]
