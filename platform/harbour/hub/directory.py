"""Sign in with the bank's own directory: `oauthenticator`, and what it leaves to us.

It carries the code flow (state, PKCE, tokens, their renewal). Ours is what OpenID Connect asks beyond that: the
provider's signature and nonce are checked, and its groups become a member with roles, through audited functions.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLoginHandler, _deserialize_state
from tornado import web
from tornado.httpclient import HTTPClientError
from traitlets import Any as AnyTrait

import harbour
from harbour.errors import DirectoryAway, HarbourError, NotAllowed
from harbour.hub.access import groups_of
from harbour.hub.pages import our_pages
from harbour.hub.standing import standing_of
from harbour.hub.watch import Watch, keep_watch
from harbour.identity import accounts, admission
from harbour.identity.directory import Directory, person_of
from harbour.identity.id_tokens import Provider, TokenEnded, check_id_token, discover

__all__ = ["DirectoryAuthenticator"]


def nonce_of(state: str) -> str:
    """Return the nonce of a sign-in: bound to the state, which only its own browser holds (as a signed cookie)."""
    return hashlib.sha256(f"nonce:{_deserialize_state(state).get('state_id', '')}".encode()).hexdigest()


class DirectoryLogin(OAuthLoginHandler):  # type: ignore[misc]  # no types there
    """Send the visitor to the provider, whose addresses are asked of itself first."""

    async def get(self) -> None:
        """Redirect, with state, nonce and PKCE."""
        try:
            await self.authenticator.ensure_provider()
        except DirectoryAway as error:
            raise web.HTTPError(503, DirectoryAway.__doc__, reason="Service Unavailable") from error
        super().get()

    def authorize_redirect(self, *, extra_params: dict[str, str], **given: Any) -> None:  # noqa: ANN401  # passed on
        """Add the nonce."""
        super().authorize_redirect(
            extra_params=extra_params | {"nonce": nonce_of(extra_params["state"])}, **given
        )


class DirectoryCallback(OAuthCallbackHandler):  # type: ignore[misc]  # as above
    """The way back from the provider."""

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:  # noqa: ANN401  # tornado's own signature
        """Log a refusal without the address: the provider's code stands in it."""
        if isinstance(value, web.HTTPError):
            self.log.warning(
                "%d at the way back from the directory: %s", value.status_code, value.log_message
            )
        else:
            super().log_exception(kind, value, trace)

    def check_error(self) -> None:
        """Say in our own words that the provider refused: its words could be anybody's, for they are in the address."""
        if self.get_argument("error", ""):
            raise web.HTTPError(
                403, "Your directory refused this sign-in: start again, or ask your administrator."
            )


class DirectoryAuthenticator(GenericOAuthenticator):  # type: ignore[misc]  # as above
    """Members as the bank's directory has them."""

    login_handler = DirectoryLogin
    callback_handler = DirectoryCallback
    directory = AnyTrait(config=True, help="the `harbour.identity.directory.Directory` to ask")
    provider: Provider | None = None
    watch: Watch

    async def ensure_provider(self) -> Provider:
        """Ask the provider for its addresses, once."""
        if self.provider is None:
            self.provider = await asyncio.to_thread(discover, self.directory.issuer)
            self.authorize_url, self.token_url = self.provider.authorize, self.provider.token
            self.userdata_url = self.provider.userinfo
        return self.provider

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:  # noqa: ANN401  # the Hub has no types
        """Put our pages before the Hub's; from now on the members are watched."""
        self.watch = keep_watch(app)
        return [*super().get_handlers(app), *our_pages()]

    async def get_token_info(self, handler: Any, params: dict[str, str]) -> dict[str, Any]:  # noqa: ANN401  # as above
        """Exchange a code or a refresh token; a code's answer must carry the nonce of this browser's sign-in."""
        await self.ensure_provider()
        signing_in = params["grant_type"] == "authorization_code"
        try:
            answer: dict[str, Any] = await super().get_token_info(handler, params)
        except HTTPClientError as error:
            if signing_in and error.code < 500:
                raise web.HTTPError(
                    403, "Your directory did not accept this sign-in: start again."
                ) from error
            raise
        return answer | ({"expected_nonce": nonce_of(handler.get_state_cookie())} if signing_in else {})

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """Return who it is: the signed claims, the provider's present answer, the member they make.

        Raises
        ------
        HTTPError
            403 with a sentence for who may not come in.
        HTTPClientError
            401 when the tokens have ended: oauthenticator then renews them.
        """
        nonce = token_info.pop("expected_nonce", None)
        try:
            claims = await self._claims(token_info, nonce)
        except (TokenEnded, HTTPClientError) as error:
            if nonce is None and not isinstance(error, TokenEnded):
                raise
            if nonce is None:
                raise HTTPClientError(401, str(error)) from error
            raise web.HTTPError(403, "Your directory did not say who you are: start again.") from error
        except NotAllowed as error:
            raise web.HTTPError(403, str(error)) from error
        return claims | await asyncio.to_thread(_admit, self.directory, claims)

    async def _claims(self, token_info: dict[str, Any], nonce: str | None) -> dict[str, Any]:
        """Return what the signed token says, and over it what the provider answers now."""
        provider = await self.ensure_provider()
        signed = await asyncio.to_thread(_signed_claims, self.directory, provider, token_info, nonce)
        told = await super().token_to_user(token_info) if provider.userinfo else {}
        if provider.userinfo and (not told.get("sub") or told["sub"] != signed.get("sub", told["sub"])):
            raise NotAllowed("Your directory answered about somebody else: start again.")
        claims: dict[str, Any] = signed | told
        # Without a signed token the present answer must speak of groups: silence is not "no group".
        if "sub" not in claims or (not signed and self.directory.groups_claim not in claims):
            raise TokenEnded
        return claims

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> dict[str, Any] | bool:  # noqa: ANN401  # as above
        """Look here whether the session lasts, then in the directory what the member's groups are now."""
        here = await asyncio.to_thread(standing_of, user.name)
        if not isinstance(here, dict):
            return here
        try:
            model: dict[str, Any] | bool = await super().refresh_user(user, handler, **kwargs)
        except web.HTTPError as error:
            self.log.warning("%s: %s", user.name, error.log_message)
            return False
        except (HTTPClientError, OSError, DirectoryAway) as error:
            # Away for a moment: the session stays as it is, and its own lifetime bounds it.
            self.log.warning("the directory does not answer: %s", error)
            return here
        return model if isinstance(model, dict) and model["name"] == user.name else False

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Begin the session of who was let in; never the Hub's own administrator."""
        return auth_model | {"admin": False}

    async def authenticate(self, handler: Any, data: Any = None, **kwargs: Any) -> dict[str, Any] | None:  # noqa: ANN401  # as above
        """Sign in, and begin the session."""
        model: dict[str, Any] | None = await super().authenticate(handler, data, **kwargs)
        if model is not None:
            await asyncio.to_thread(_begin, model["name"])
            self.watch.note(model["name"])
        return model


def _signed_claims(
    directory: Directory, provider: Provider, token_info: dict[str, Any], nonce: str | None
) -> dict[str, Any]:
    token = token_info.get("id_token")
    if token:
        return check_id_token(token, provider, client_id=directory.client_id, nonce=nonce)
    if nonce is not None:
        raise NotAllowed("Your directory sent no signed word on who you are: ask your administrator.")
    return {}  # renewed without one, as OpenID Connect allows (12.2): the provider's present answer speaks


def _admit(directory: Directory, claims: dict[str, Any]) -> dict[str, Any]:
    with harbour.connect() as admin:
        try:
            member = admission.admit(admin, directory, person_of(directory, claims))
        except NotAllowed as error:
            admission.dismiss(admin, directory, str(claims["sub"]))
            raise web.HTTPError(403, str(error)) from error
        except HarbourError as error:
            raise web.HTTPError(403, str(error)) from error
        return {"member": member.name, "hub_groups": groups_of(member.organisation, member.roles)}


def _begin(name: str) -> None:
    with harbour.connect() as admin:
        accounts.begin_session(admin, name)
