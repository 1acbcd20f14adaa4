"""A bridge from any telephone system to the hotline: `tell` it what happens, `obey` what it asks. Standard library only."""

import hashlib
import hmac
import http.server
import json
import os
import time
import urllib.request
from datetime import UTC, datetime

HOTLINE = os.environ.get("HOTLINE", "http://127.0.0.1:8012")
SECRET = os.environ["HOTLINE_PHONE_SECRET"].encode()
done: dict[str, str | None] = {}


def sign(body: bytes, at: int) -> str:
    return f"t={at},v1={hmac.new(SECRET, f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def tell(kind: str, call: str = "", **said: object) -> bytes:
    """An exception means that it may not have been kept: send the same again, with the same `event_key`."""
    at = datetime.now(UTC).isoformat()
    event = {"event_key": f"{kind}|{call}|{said.get('leg', '')}|{at}", "type": kind, "call": call, "at": at, **said}
    body = json.dumps({"events": [event]}).encode()
    headers = {"Content-Type": "application/json", "X-Hotline-Signature": sign(body, int(time.time()))}
    with urllib.request.urlopen(urllib.request.Request(f"{HOTLINE}/api/v1/calls/events", body, headers)) as answer:
        return bytes(answer.read())


def obey(order: dict[str, str]) -> str | None:
    """Ask your telephone system. None: done; otherwise one sentence for the agent that says why not."""
    return (
        None if order["verb"] in ("sign_in", "sign_out", "ready", "not_ready", "dial", "hangup") else "本系统不支持。"
    )


class Commands(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body, sent = self.rfile.read(int(self.headers["Content-Length"])), self.headers["X-Hotline-Signature"]
        key, right = self.headers["Idempotency-Key"] or "", hmac.compare_digest(sign(body, int(sent[2:12])), sent)
        if right and key not in done:
            done[key] = obey(json.loads(body))
        self.send_response(401 if not right else 409 if done[key] else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"message": done.get(key)}).encode())


if __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Commands).serve_forever()
