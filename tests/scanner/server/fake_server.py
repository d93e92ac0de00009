"""A tiny server that speaks the device's side of the HTTP contract v1, in memory.

Its admission is "once a code", and it remembers answers by scan_id as the real one does. A test
turns `mood` to make it fail.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from checkin.protocol.codes import format_code
from checkin.protocol.epochs import EPOCH
from checkin.protocol.fingerprints import AUTHORITY_PATH
from checkin.protocol.signed_answers import NONCE, SIGNED, SignedAnswer
from scanner.core.scan import ref_of

TOKEN = "device-token"
PAIRING_CODE = "482913"
EVENT = {"slug": "rabat", "name": "Rabat", "timezone": "Africa/Casablanca"}
GATE = {"id": 7, "name": "Porte A"}
PIN = "4821"
DELEGATIONS = [
    {"id": 1, "name": "Khémisset", "name_ar": "الخميسات"},
    {"id": 2, "name": "Salé", "name_ar": "سلا"},
]


#: a batch asks for hundreds of refs, each among hundreds of codes
_ref_of = cache(ref_of)


def _found(people):
    return [{**one, "delegation": DELEGATIONS[0], "status": "confirmed"} for one in people]


class _Listener(ThreadingHTTPServer):
    """A scanner that waits no longer is no fault of the server's.

    A traceback written by a thread that outlives its test would also disturb the test after it:
    Python 3.11 parses the failing line, and may not do so in two threads at once.
    """

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Listener6(_Listener):
    address_family = socket.AF_INET6


class FakeServer:
    """Listens on a free port of this machine while it is used as a context."""

    def __init__(self, people=None, host="127.0.0.1"):
        self.people, self.host = people or {}, host
        self.answers: dict[str, tuple[dict, dict]] = {}
        self.batches: list[dict] = []
        self.annulled: list[str] = []
        self.languages: set[str] = set()
        self.asked: list[str] = []
        self.deleted: list[str] = []
        self.first: dict[str, str] = {}
        self.pairing_code, self.event = PAIRING_CODE, EVENT
        # well | silent | broken | portal | login | proxy | revoked | wiped | rejecting
        self.mood = "well"
        self.has_pins = True
        self.without_badge = "everyone"
        self.says_who_is_meant = False
        self.search_budget_used = False
        self.is_earlier = False  # than searches by a body
        self.search_refusal = ""  # an error code of 403
        self.list = self.lease = self.stop = None
        self.authority: bytes | None = None  # DER, given away to whoever asks
        self.stumbles_over: set[str] = set()
        self.reports: list[dict[str, list[str]]] = []  # what devices told of themselves
        self.send_again, self.version = None, "1.0.0"
        self.epoch = ""  # of its answers, unless something else gives them
        self.key = None  # by which it signs them
        self.other: tuple[int, str] | None = None  # what something on the way answers to everything
        self.largest_body = 0  # in bytes, that something on the way lets pass; 0: any
        self.ahead_s = 0.0
        self.is_hub = False  # which leaves to the gate whom it does not know, and the gate does
        self._lock = threading.Lock()

    def __enter__(self):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                fake._reply(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_GET(self):
                fake._reply(self, None)

            def do_DELETE(self):
                fake.deleted.append(self.path)
                fake._reply(self, None)

            def log_message(self, *_):
                pass

        listener = _Listener6 if ":" in self.host else _Listener
        self._http = listener((self.host, getattr(self, "port", 0)), Handler)
        self.port = self._http.server_port
        self.url = f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def speak_tls(self, cert, key):
        """Answer over TLS from now on, with a certificate that nobody has been told to trust."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.port}"

    def __exit__(self, *_):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _reply(self, handler, body):
        other = self._answer_on_the_way(handler)
        status, reply = other or self._answer(handler.path, handler.headers, body)
        if isinstance(reply, bytes):
            data = reply
        else:
            data = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
        handler.send_response(status)
        if self.epoch and not other:
            handler.send_header(EPOCH, self.epoch)
        if self.key and not other:
            signed = SignedAnswer(handler.headers[NONCE], status, self.epoch, data)
            handler.send_header(SIGNED, signed.sign(self.key))
        handler.send_header("Content-Length", str(len(data)))
        # Closed after each answer, so that no test leaves a socket behind.
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(data)
        handler.close_connection = True

    def _answer_on_the_way(self, handler):
        if 0 < self.largest_body < int(handler.headers["Content-Length"] or 0):
            return 413, "<html>Request Entity Too Large</html>"
        return self.other

    def _answer(self, path, headers, body):
        self.languages.add(headers["Accept-Language"])
        self.asked.append(path)
        if self.mood == "silent":
            time.sleep(2.5)
        if self.mood == "tired":
            return 429, {
                "error": "too_many_requests",
                "detail": "too many wrong PINs: wait a minute",
            }
        if self.mood == "broken":
            return 500, {"error": "internal", "detail": ""}
        if self.mood == "portal":
            return 200, "<html>Welcome to the hotel's Wi-Fi</html>"
        if self.mood == "login":
            return 401, {"message": "sign in to the hotel's Wi-Fi"}
        if self.mood == "proxy":
            return 404, {"message": "no such host"}
        if path == AUTHORITY_PATH and self.authority:
            return 200, self.authority
        if path == "/healthz":
            return 200, {"status": "ok", "version": "1.0.0"}
        if path == "/api/v1/devices/pair":
            return self._pair(body)
        if self.mood == "wiped" and path == "/api/v1/devices/wiped":
            return 200, {"wiped_at": self._now(), "server_time": self._now()}
        if self.mood == "wiped":
            return 401, {"error": "unauthenticated", "detail": "revoked", "wipe": True}
        if self.mood == "revoked" or headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {"error": "unauthenticated", "detail": ""}
        with self._lock:
            self._pin = headers.get("Marhaba-Supervisor-Pin")
            return self._signed_in(path, body)

    def _leaves_to_gate(self, body):
        return self.is_hub and body.get("listed") is True and body["code"] not in self.people

    def _signed_in(self, path, body):
        if path == "/api/v1/scans" and self._leaves_to_gate(body):
            return 503, {"error": "not_known_yet", "detail": ""}
        if path == "/api/v1/scans":
            return self._scan(body)
        if path == "/api/v1/scans/batch":
            return self._batch(body)
        if path.endswith("/annul"):
            self.annulled.append(path.split("/")[-2])
            return 200, {"server_time": self._now()}
        if path.split("?")[0] == "/api/v1/status":
            gates = [{**GATE, "arrived": len(self.first), "last_scan_at": None}]
            device = {"id": 3, "gate": GATE, "event": EVENT, "without_badge": self.without_badge}
            self.reports.append(parse_qs(urlsplit(path).query))
            device["send_again"] = self.send_again
            counts = {"totals": {}, "gates": gates, "delegations": DELEGATIONS, "device": device}
            counts["version"] = self.version
            return 200, {**counts, "stop": self.stop, "at": self._now()}
        if path == "/api/v1/participants/search" and not self.is_earlier:
            return self._search(body["q"])
        if path == "/api/v1/participants":
            return self._register(body)
        if path.startswith("/api/v1/participants?"):
            return self._search(parse_qs(urlsplit(path).query)["q"][0])
        if path.startswith("/api/v1/gate-list") and self.list:
            return 200, self.list
        if path == "/api/v1/leases" and self.lease:
            return 200, self.lease
        return 404, {"error": "not_found", "detail": path}

    def _pair(self, body):
        if body["pairing_code"] != self.pairing_code:
            return 401, {"error": "unauthenticated", "detail": "no such pairing code"}
        return 201, {
            "device_id": 3,
            "device_token": TOKEN,
            "gate": GATE,
            "event": self.event,
            "server_time": self._now(),
        }

    def _scan(self, body):
        if self.mood == "rejecting":
            return 400, {"error": "invalid_request", "detail": "scanned_at: too long ago"}
        pin_needed = body.get("force") or (
            "participant_id" in body and self.without_badge != "everyone"
        )
        if pin_needed and body.get("supervisor_pin") != PIN:
            error = "forbidden" if self.has_pins else "no_pins"
            return 403, {"error": error, "detail": "this is no supervisor's PIN"}
        known = self.answers.get(body["scan_id"])
        reply = known[1] if known else self._decide(body)
        if not known:
            self.answers[body["scan_id"]] = (body, reply)
        if "badge_ref" in body:
            reply = reply | {"participant": None, "delegation": None, "first_admission": None}
        return 200, {**reply, "replayed": bool(known), "server_time": self._now()}

    def _code_of(self, scan):
        """Return the code of the badge that a scan names, or of the person's whom it names."""
        if "code" in scan:
            return scan["code"]
        if "participant_id" in scan:
            people = self.people.items()
            return next((code for code, one in people if one["id"] == scan["participant_id"]), "")
        known = [*self.people, *self.people.get("poison", ()), *self.stumbles_over]
        return next((code for code in known if _ref_of(code) == scan["badge_ref"]), "")

    def _search(self, asked):
        if self.search_refusal:
            return 403, {"error": self.search_refusal, "detail": "not here"}
        if refused := self._beyond_the_budget():
            return refused
        names = [p for p in self.people.values() if asked in (p["name"] + (p["name_ar"] or ""))]
        found = _found(names)
        return 200, {"participants": found[:5], "more": len(found[5:])}

    def _beyond_the_budget(self):
        if self.search_budget_used and self._pin is None:
            return 429, {"error": "search_budget", "detail": "wait"}
        if self.search_budget_used and self._pin != PIN:
            return 403, {"error": "forbidden", "detail": "this is no supervisor's PIN"}
        return None

    def _register(self, body):
        is_asked = "sealed" not in body and not body["allow_duplicate"]
        if is_asked and (refused := self._beyond_the_budget()):
            return refused
        names = {body.get("name"), body.get("name_ar")} - {None}
        known = any({p["name"], p["name_ar"]} & names for p in self.people.values())
        if known and not body["allow_duplicate"]:
            alike = [p for p in self.people.values() if {p["name"], p["name_ar"]} & names]
            told = {"error": "possible_duplicate", "detail": "registered already"}
            return 409, told | ({"participants": _found(alike)} if self.says_who_is_meant else {})
        code = format_code((1000 + len(self.people)).to_bytes(16))
        person = {"id": 9, "name": body.get("name", ""), "name_ar": body.get("name_ar")}
        self.people[code] = {**person, "category": "Militant"}
        return 201, {"participant_id": 9, "standing": "confirmed", "reserve_no": None, "code": code}

    def _batch(self, body):
        if any(self._code_of(scan) in self.people.get("poison", ()) for scan in body["scans"]):
            return 400, {"error": "invalid_request", "detail": "poison"}
        if any(self._code_of(scan) in self.stumbles_over for scan in body["scans"]):
            return 500, {"error": "internal", "detail": ""}
        self.batches.append(body)
        results = []
        for scan in body["scans"]:
            _, reply = self._scan({k: v for k, v in scan.items() if k != "decided"})
            row = {k: reply[k] for k in ("scan_id", "status", "reason", "replayed")}
            results.append({**row, "conflict": reply["status"] != scan["decided"]["status"]})
        return 200, {"results": results[::-1], "server_time": self._now()}

    def _decide(self, body):
        code = self._code_of(body)
        person = self.people.get(code)
        reply = {"scan_id": body["scan_id"], "status": "ok", "reason": None, "message": "Bienvenue"}
        reply |= {"participant": person, "delegation": None, "first_admission": None}
        if person is None:
            return {**reply, "status": "error", "reason": "invalid", "message": "Badge inconnu"}
        reply["delegation"] = {"id": 1, "name": "Khémisset", "arrived": 412, "quota": 1000}
        if code in self.first and not body.get("force"):
            first = {"at": self.first[code], "gate": GATE["name"]}
            again = {"status": "error", "reason": "already_redeemed", "message": "Déjà entré"}
            return {**reply, **again, "first_admission": first}
        self.first[code] = body["scanned_at"]
        return reply

    def _now(self):
        return datetime.fromtimestamp(time.time() + self.ahead_s, UTC).isoformat()
