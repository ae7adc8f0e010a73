"""A server on loopback that treats a downloader badly in many ways, each under an address of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep, time

PAGE = b"<!DOCTYPE html><html><body><p>Please confirm that you are a person.</p></body></html>"


def pdf(name: str) -> bytes:
    """Bytes that begin like a PDF, are long enough to be sent in parts, and differ for each name."""
    return b"%PDF-1.7\n" + f"Harbour tram of {name}. ".encode() * 400 + b"\n%%EOF\n"


@dataclass
class Seen:
    """Requests in order: the path, and the headers."""

    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.paths)


class _Handler(BaseHTTPRequestHandler):
    """`/good/X.pdf` sends a document; the other folders are named for what goes wrong."""

    protocol_version = "HTTP/1.1"
    seen: Seen

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        seen = self.seen
        seen.paths.append(self.path)
        seen.headers.append(dict(self.headers))
        seen.at_once += 1
        seen.most_at_once = max(seen.most_at_once, seen.at_once)
        sleep(0.01)  # so that requests at one time meet
        self._answer(self.path.split("/")[1], seen.counts[self.path])

    def _answer(self, folder: str, time_asked: int) -> None:
        body = pdf(self.path.rsplit("/", 1)[1])
        always: dict[str, tuple[int, bytes, dict[str, str]]] = {
            "good": (200, body, {}),
            "late": (200, b"\r\n" + body, {}),  # bytes before the signature, as readers allow
            "page": (200, PAGE, {"Content-Type": "text/html"}),
            "page-as-pdf": (200, PAGE, {"Content-Type": "application/pdf"}),
            "empty": (200, b"", {}),
            "gone": (404, PAGE, {}),
            "refused": (403, PAGE, {}),
            "down": (503, b"", {}),
            "circle": (302, b"", {"Location": self.path}),
            "moved": (301, b"", {"Location": self.path.replace("/moved/", "/good/")}),
        }
        if folder.startswith("busy"):
            self._busy(folder, time_asked, body)
        elif folder.startswith("cut"):
            self._cut(folder, time_asked, body)
        elif folder == "broken":
            self._send(*((500, b"") if time_asked < 3 else (200, body)))
        else:
            self._send(*always[folder])

    def _busy(self, folder: str, time_asked: int, body: bytes) -> None:
        if time_asked > 1:
            self._send(200, body)
            return
        waits = {"busy": "7", "busy-date": formatdate(time() + 30, usegmt=True), "busy-long": "86400"}
        self._send(429, b"", {"Retry-After": waits[folder]})

    def _cut(self, folder: str, time_asked: int, body: bytes) -> None:
        """Breaks off in the middle; the second request is answered as the folder says."""
        named = {} if folder == "cut-unnamed" else {"ETag": '"first"'}
        asked = self.headers.get("Range", "")
        if time_asked == 1:
            self._send(200, body[:3000], named, length=len(body))
            self.close_connection = True
        elif not asked or folder == "cut-ignored":
            self._send(200, body, named)
        elif folder == "cut-wrong":
            self._send(206, body[10:], named | {"Content-Range": f"bytes 10-{len(body) - 1}/{len(body)}"})
        elif folder == "cut-changed":
            self._send(200, pdf("another version"), {"ETag": '"second"'})
        else:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self._send(
                206, body[start:], named | {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            )

    def _send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.seen.at_once -= 1  # before the client can know the end of this answer and ask again
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def bad_server() -> Iterator[tuple[str, Seen]]:
    """The address of the server, and what it has seen."""
    seen = Seen()
    handler = type("Handler", (_Handler,), {"seen": seen})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
