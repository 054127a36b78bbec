"""An OpenID Connect provider of its own: `python -m tests.support.provider` prints its address.

It holds clients to the rules (exact return address, PKCE with S256, one use of a code) and says of
a person what `POST /next` has told it, with one fault of its own where `fault` names it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "samnuan", "provider-secret"
KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})


class Provider(BaseHTTPRequestHandler):
    """One endpoint after the other, as the specification calls them."""

    protocol_version = "HTTP/1.1"
    codes: ClassVar[dict[str, dict[str, str]]] = {}
    told: ClassVar[dict[str, Any]] = {"sub": "1"}

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self._metadata())
        elif parts.path == "/jwks":
            self._json({"keys": [KEY.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self._authorize(query)
        else:
            self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/next":
            type(self).told = json.loads(body)
            self._json({})
        elif self.path == "/token":
            self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self._issuer,
            "authorization_endpoint": f"{self._issuer}/authorize",
            "token_endpoint": f"{self._issuer}/token",
            "jwks_uri": f"{self._issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, query: dict[str, str]) -> None:
        asked = (query.get("client_id"), query.get("response_type"), query.get("scope", "")[:6])
        is_right = asked == (CLIENT, "code", "openid") and query.get("state")
        if not is_right or query.get("code_challenge_method") != "S256":
            self._json({"error": "invalid_request", "asked": query}, 400)
            return
        if self.told.get("fault") == "says no":
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self.codes[code] = query
            answer = {"code": code, "state": query["state"]}
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _token(self, form: dict[str, str]) -> None:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            asked is None
            or self.headers.get("Authorization") != f"Basic {basic}"
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            self._json({"error": "invalid_grant"}, 400)
            return
        claims, key = self._claims(asked)
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        self._json({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _claims(self, asked: dict[str, str]) -> tuple[dict[str, Any], RSAKey]:
        now, told = int(time.time()), dict(self.told)
        fault = told.pop("fault", "")
        claims = {
            "iss": self._issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now - (3600 if fault == "seen long ago" else 0),
            "nonce": asked["nonce"],
            **told,
        }
        changed = {
            "another nonce": {"nonce": "of-somebody-else"},
            "another audience": {"aud": "another-client"},
            "another issuer": {"iss": "https://elsewhere.example"},
            "expired": {"iat": now - 9000, "exp": now - 8000},
        }
        claims |= changed.get(fault, {})
        return claims, OTHER_KEY if fault == "another key" else KEY

    @property
    def _issuer(self) -> str:
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}"

    def _json(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: what is wrong shows in the answers."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
