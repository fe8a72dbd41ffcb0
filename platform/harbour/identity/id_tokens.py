"""An OpenID provider's own word: its addresses, its keys, and whether a token is truly for us.

OpenID Connect Core 1.0, 3.1.3.7 (ID token validation) and Discovery 1.0, 4 (provider configuration).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from harbour.errors import DirectoryAway, NotAllowed, SettingsError

__all__ = ["Provider", "TokenEnded", "check_id_token", "discover"]

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 10.0
LEEWAY_SECONDS = 30
# Signatures of the provider's private key only: never `none`, never a secret that we know too.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLAIMS = ["iss", "sub", "aud", "exp", "iat"]


class TokenEnded(NotAllowed):
    """The directory's word for who you are has ended: sign in again."""


@dataclass(frozen=True)
class Provider:
    """Where a provider is asked what; `userinfo` is empty where it has no such address."""

    issuer: str
    authorize: str
    token: str
    userinfo: str
    keys: jwt.PyJWKClient


def discover(issuer: str) -> Provider:
    """Read a provider's addresses from the provider itself.

    Raises
    ------
    DirectoryAway
        When it does not answer.
    SettingsError
        When it calls itself otherwise, which would let another provider speak for this one.
    """
    try:
        answer = httpx.get(issuer.rstrip("/") + DISCOVERY, timeout=SECONDS).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise DirectoryAway(f"{DirectoryAway.__doc__} ({issuer}: {error})") from error
    if answer.get("issuer") != issuer:
        raise SettingsError(
            f"the provider at {issuer} calls itself {answer.get('issuer')!r}: set that issuer"
        )
    return Provider(
        issuer=issuer,
        authorize=answer["authorization_endpoint"],
        token=answer["token_endpoint"],
        userinfo=answer.get("userinfo_endpoint", ""),
        keys=jwt.PyJWKClient(answer["jwks_uri"], timeout=SECONDS),
    )


def check_id_token(
    token: str, provider: Provider, *, client_id: str, nonce: str | None = None
) -> dict[str, Any]:
    """Return the claims of a token that this provider signed, for this client, that has not ended.

    Parameters
    ----------
    token : str
        As the provider sent it.
    provider : Provider
        Who must have signed it; its keys are fetched when they are needed.
    client_id : str
        Whom it must be for.
    nonce : str, optional
        What must stand in it at a sign-in; None when a session is only renewed.

    Raises
    ------
    TokenEnded
        When its time is over; NotAllowed when anything else about it is wrong.
    DirectoryAway
        When the provider's keys cannot be fetched.
    """
    try:
        key = provider.keys.get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": CLAIMS},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenEnded from error
    except jwt.PyJWKClientConnectionError as error:
        raise DirectoryAway from error
    except jwt.PyJWTError as error:
        raise NotAllowed(f"What your directory sent cannot be trusted ({error}): start again.") from error
    _check_parties(claims, client_id)
    if nonce is not None and not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
        raise NotAllowed("That answer of your directory belongs to another sign-in: start again.")
    return claims


def _check_parties(claims: Mapping[str, Any], client_id: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise NotAllowed("What your directory sent was made for another program: start again.")
