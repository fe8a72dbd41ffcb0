"""Who is looking: the Hub's sign-in for Bokeh pages, and for the websocket behind each.

A page's token names the person it was made for (signed, in the token's headers). The websocket must come from
the same origin, carry such a token, and the cookie of that same person: neither is enough without the other.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bokeh.server.auth_provider import AuthProvider
from bokeh.util.token import check_token_signature, get_session_id, get_token_payload
from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado.httputil import url_concat
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from harbour.telemetry import REQUEST_HEADER, request_id_of

__all__ = ["VIEWER_HEADER", "CallbackHandler", "HubProvider", "SignIns", "protect"]

VIEWER_HEADER = "X-Hub-User"
FORGED = ("bokeh-token", "bokeh-session-id")  # ways to name another's session in a page's address
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",  # Bokeh compiles what it is sent
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self' blob: {socket}",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SignIns:
    """The Hub tokens of open pages, by Bokeh session, so that a sign-out reaches pages that are open."""

    def __init__(self, auth: HubOAuth) -> None:
        self._auth = auth
        self._tokens: dict[str, str] = {}

    def remember(self, session_id: str, token: str) -> None:
        """Keep the token of a session for as long as it lives."""
        self._tokens[session_id] = token

    def forget(self, session_id: str) -> None:
        """Drop a session that ended."""
        self._tokens.pop(session_id, None)

    async def holds(self, session_id: str, name: str) -> bool:
        """Ask the Hub, not a cache, whether the session's sign-in still is this person's."""
        token = self._tokens.get(session_id)
        if token is None:
            return False
        user = await self._auth.user_for_token(token, use_cache=False, sync=False)
        return user is not None and user["name"] == name and _may_enter(self._auth, user)


def _may_enter(auth: HubOAuth, user: dict[str, Any]) -> bool:
    return bool(auth.check_scopes(auth.access_scopes, user))


def protect(handler: RequestHandler) -> None:
    """Set the headers that keep a page to itself: no other origin, no frame, no copy in a cache."""
    host = handler.request.host
    handler.set_header("Content-Security-Policy", POLICY.format(socket=f"ws://{host} wss://{host}"))
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Referrer-Policy", "same-origin")
    handler.set_header("Cache-Control", "no-store")


class HubProvider(AuthProvider):
    """Bokeh's questions about the viewer, answered by the Hub."""

    def __init__(self, auth: HubOAuth, prefix: str, sign_ins: SignIns, secret: bytes) -> None:
        self._auth = auth
        self._prefix = prefix.rstrip("/")
        self._sign_ins = sign_ins
        self._secret = secret
        super().__init__()

    @property
    def get_user_async(self) -> Any:  # noqa: ANN401  # bokeh declares a request, and calls with the handler
        """Return the function Bokeh asks for the viewer of every request but assets."""
        return self._viewer

    @property
    def login_url(self) -> str:
        """Return the address of our own login handler, below the prefix (Bokeh adds that itself)."""
        return "/login"

    @property
    def login_handler(self) -> type[RequestHandler]:
        """Return the handler that starts the Hub's OAuth."""
        return LoginHandler

    async def _viewer(self, handler: RequestHandler) -> str | None:
        request = handler.request
        protect(handler)
        request.headers.pop(VIEWER_HEADER, None)  # only we say who it is
        self._number(handler)
        if request.path == self._prefix:
            handler.redirect(f"{self._prefix}/")
            return None
        if any(name in request.arguments for name in FORGED) or "Bokeh-Session-Id" in request.headers:
            raise HTTPError(403, reason="A page is opened by its address alone")
        if request.path.endswith("/autoload.js"):
            raise HTTPError(404)  # pages are not embedded elsewhere
        user = await self._auth.get_user(handler, sync=False)
        if user is None:
            return None
        if not _may_enter(self._auth, user):
            raise HTTPError(403, reason="You have no access to this room")
        name = str(user["name"])
        if isinstance(handler, WebSocketHandler) and not self._admit(handler, name):
            return None
        request.headers[VIEWER_HEADER] = name
        return name

    @staticmethod
    def _number(handler: RequestHandler) -> None:
        """Give the request its id: said to the visitor, and in each line from here to the run he asks for."""
        request = request_id_of(handler.request.headers)
        handler.request.headers[REQUEST_HEADER] = request
        handler.set_header(REQUEST_HEADER, request)

    def _admit(self, handler: RequestHandler, name: str) -> bool:
        """Return whether a websocket belongs to this person's own page."""
        request = handler.request
        if urlsplit(request.headers.get("Origin", "")).netloc.lower() != request.host.lower():
            return False
        offered = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        if len(offered) != 2 or not check_token_signature(offered[1], secret_key=self._secret, signed=True):
            return False
        made_with = get_token_payload(offered[1]).get("headers", {})
        if made_with.get(VIEWER_HEADER) != name:
            return False
        request.headers[REQUEST_HEADER] = made_with.get(REQUEST_HEADER, "")  # the page's own: one id for both
        token = self._auth.get_token(handler)
        self._sign_ins.remember(get_session_id(offered[1]), str(token))
        return True


class LoginHandler(HubOAuthenticated, RequestHandler):  # type: ignore[misc]  # jupyterhub ships no types
    """Send the visitor to the Hub, with state and PKCE, and back to the page he asked for."""

    async def get(self) -> None:
        """Start the OAuth flow."""
        auth: HubOAuth = self.hub_auth
        protect(self)
        wanted = self.get_argument("next", auth.base_url)
        if not wanted.startswith(auth.base_url) or "\\" in wanted:
            wanted = auth.base_url  # never a redirect to somewhere else
        verifier, challenge, method = auth.generate_pkce_code_challenge()
        state = auth.set_state_cookie(self, next_url=wanted, code_verifier=verifier)
        proof = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        self.redirect(url_concat(auth.login_url, proof))


class CallbackHandler(HubOAuthCallbackHandler):  # type: ignore[misc]  # jupyterhub ships no types
    """The end of the OAuth flow: the Hub's own handler, kept out of caches and frames."""

    def set_default_headers(self) -> None:
        """Protect the answer, errors too."""
        protect(self)
