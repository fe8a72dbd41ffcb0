"""A bank's directory for the tests: an OpenID provider built on Authlib, a real HTTP server on loopback.

Authlib, not we, checks the client's secret, the PKCE verifier and the code, and signs the tokens. Who signs in is
set beforehand; `spoil` lets a test send what an honest provider never would.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from joserfc import jwk, jwt
from werkzeug.serving import make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Authlib warns of its own parts that it is about to move
    from authlib.integrations.flask_oauth2 import AuthorizationServer
    from authlib.oauth2.rfc6749 import grants
    from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
    from authlib.oauth2.rfc7636 import CodeChallenge

CLIENT, SECRET = "plimsoll", "the client's secret"  # pragma: allowlist secret


@dataclass
class Client(ClientMixin):
    """The one client: this platform."""

    client_id: str = CLIENT

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/hub/oauth_callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


@dataclass
class Code(AuthorizationCodeMixin):
    """A code, good once."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    sub: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Directory:
    """What the bank has in its directory, and how its provider behaves."""

    issuer: str = ""
    key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, auto_kid=True))
    signing_key: jwk.RSAKey | None = None
    """Another key to sign with than the one that is published."""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Subject → claims, `groups` among them."""
    signs_in: str = ""
    """Who is at the provider's own sign-in page."""
    spoil: Callable[[dict[str, Any]], None] | None = None
    """Changes the claims of an ID token before they are signed."""
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """Access or refresh token → subject."""
    asked: list[str] = field(default_factory=list)
    """What the client asked of the provider, in order."""

    def id_token(self, sub: str, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": sub, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.people[sub]
        if self.spoil:
            self.spoil(claims)
        key = self.signing_key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)

    def revoke(self, sub: str) -> None:
        """End a person's tokens, as a directory does when somebody leaves."""
        self.tokens = {token: owner for token, owner in self.tokens.items() if owner != sub}


METHODS = ("client_secret_post",)


@dataclass
class Held:
    """A refresh token that is known."""

    sub: str

    def check_client(self, client: Client) -> bool:
        return True

    def get_scope(self) -> str:
        return "openid profile email"


def code_grant(directory: Directory) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            directory.codes[code] = Code(
                code,
                request.client.client_id,
                asked["redirect_uri"],
                asked["scope"],
                request.user,
                asked.get("nonce", ""),
                asked.get("code_challenge", ""),
                asked.get("code_challenge_method", ""),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return directory.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            directory.codes.pop(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.sub

    return CodeGrant


def refresh_grant(directory: Directory) -> type[grants.RefreshTokenGrant]:
    class RefreshGrant(grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS

        def authenticate_refresh_token(self, refresh_token: str) -> Held | None:
            return Held(directory.tokens[refresh_token]) if refresh_token in directory.tokens else None

        def authenticate_user(self, refresh_token: Held) -> str:
            return refresh_token.sub

        def revoke_old_credential(self, refresh_token: Held) -> None:
            pass

    return RefreshGrant


def make_app(directory: Directory) -> Flask:
    def save_token(token: dict[str, Any], request: Any) -> None:
        directory.tokens[token["access_token"]] = request.user
        token["refresh_token"] = secrets.token_urlsafe(16)
        directory.tokens[token["refresh_token"]] = request.user
        code = getattr(request, "authorization_code", None)
        token["id_token"] = directory.id_token(request.user, code.nonce if code else "")

    app = Flask(__name__)
    server = AuthorizationServer(app, query_client=lambda _: Client(), save_token=save_token)
    server.register_grant(code_grant(directory), [CodeChallenge(required=True)])
    server.register_grant(refresh_grant(directory))
    answer_plainly(app, directory)

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=directory.signs_in)
        return server.create_authorization_response(grant_user=directory.signs_in, grant=grant)

    @app.post("/token")
    def token() -> Any:
        directory.asked.append(request.form["grant_type"])
        return server.create_token_response()

    return app


def answer_plainly(app: Flask, directory: Directory) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        at = directory.issuer
        addresses = {
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/keys",
        }
        return jsonify({"issuer": at, **addresses})

    @app.get("/keys")
    def keys() -> Response:
        return jsonify({"keys": [directory.key.as_dict(private=False)]})

    @app.get("/userinfo")
    def userinfo() -> Any:
        directory.asked.append("userinfo")
        sub = directory.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return (
            jsonify({"sub": sub, **directory.people[sub]}) if sub else (jsonify(error="invalid_token"), 401)
        )


@contextmanager
def running_directory() -> Iterator[Directory]:
    """Yield a directory that answers over HTTP on loopback."""
    directory = Directory()
    server = make_server("127.0.0.1", 0, make_app(directory), threaded=True)
    directory.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
