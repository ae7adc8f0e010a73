"""Fetches one file by HTTP, politely: a named user agent, pauses, `Retry-After`; a broken transfer is resumed.

What to fetch, and in which order, is decided in `downloading`. A page in place of a document (a form, a check for
robots) is a failure: nothing here gets around a protection.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ndc_urban import __version__
from ndc_urban.errors import NetworkUnusable

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"ndc-urban/{__version__} (research on climate plans; one request at a time)"
PAUSE = 2.0
"""Seconds between two requests to one host. Chosen by eye: 600 documents take less than half an hour."""
ATTEMPTS = 4
"""Tries of one address. Chosen by eye: a server that fails four times in a row is down rather than busy."""
FIRST_WAIT = 2.0
"""Seconds before the second try, doubled before each further one. Chosen by eye."""
LONGEST_WAIT = 300.0
"""The longest `Retry-After`, in seconds, that is waited for; after a longer one, the user comes back later."""
TIMEOUT = 60.0
"""Seconds without a byte before a transfer counts as broken. Chosen by eye."""
REDIRECTS = 5
"""The most that are followed: http to https, a new host, a new path; a longer chain is a loop. Chosen by eye."""
LARGEST = 250_000_000
"""Bytes after which a transfer is broken off: a hundred times the largest PDF of the shipped register (2.5 million)."""
HEAD = 1024
"""PDF readers look for `%PDF` in this many first bytes (ISO 32000-2, annex on implementation)."""

_PDF, _ZIP = b"%PDF", b"PK\x03\x04"
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another one a little later."""
_REFUSED = frozenset({401, 403, 407, 451})
_GONE = frozenset({404, 410})

BY_HAND = "Open {address} in a browser, save the document, and put it into the folder."


class NotFetched(Exception):
    """Why an address gave no document: `kind` for tables, `message` and `remedy` for people."""

    def __init__(self, kind: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.remedy = remedy


BLOCKED, DEAD, BUSY, UNREACHABLE, NOT_A_DOCUMENT = (
    "blocked",
    "dead_link",
    "busy",
    "unreachable",
    "not_a_document",
)
"""Kinds of failure of an address."""


class _Again(Exception):
    """The transfer may succeed if it is tried again, after `wait` seconds where the server says so."""

    def __init__(self, failure: NotFetched, wait: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.wait = wait


@dataclass
class Fetcher:
    """One connection for all requests, with a pause of `pause` seconds between two requests to one host."""

    client: httpx.Client
    pause: float = PAUSE
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)

    def fetch(self, address: str, partial: Path) -> None:
        """Fetches a document into the file `partial`, going on where an earlier transfer of it broke off.

        Raises `NotFetched`; what came until then stays in `partial` where it is the beginning of a document.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self._wait_for(urlsplit(address).netloc)
            try:
                self._transfer(address, partial)
            except _Again as again:
                if attempt == ATTEMPTS:
                    raise again.failure from again
                wait = FIRST_WAIT * 2 ** (attempt - 1) if again.wait is None else again.wait
                if wait > LONGEST_WAIT:
                    raise again.failure from again
                self.sleep(wait)
            else:
                return

    def _wait_for(self, host: str) -> None:
        """Waits until the pause after the last request to a host is over."""
        if host in self._last:
            left = self.pause - (self.clock() - self._last[host])
            if left > 0:
                self.sleep(left)
        self._last[host] = self.clock()

    def _transfer(self, address: str, partial: Path) -> None:
        """One request."""
        import httpx

        try:
            with self.client.stream("GET", address, headers=_headers(partial)) as answer:
                start = _check(answer, address, partial)
                _save(answer, address, partial, start)
        except httpx.ProxyError as error:
            raise NotFetched(UNREACHABLE, f"The proxy refuses the connection ({error}).", _PROXY) from error
        except httpx.TooManyRedirects as error:
            raise NotFetched(DEAD, "The address redirects in a circle.", _by_hand(address)) from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
            raise NotFetched(
                DEAD, f"This is not an address ({error}).", "Correct it in the registry."
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            host = urlsplit(address).hostname
            failure = NotFetched(UNREACHABLE, f"{host} cannot be reached ({error}).", _NETWORK)
            raise _Again(failure) from error
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError) as error:
            failure = NotFetched(BUSY, f"The transfer was interrupted ({error}).", _LATER)
            raise _Again(failure) from error
        finally:
            self._last[urlsplit(address).netloc] = self.clock()


_LATER = "Run the same command again later: it continues where it stopped."
_NETWORK = f"Check your connection, and the proxy in HTTPS_PROXY if you need one. {_LATER}"
_PROXY = f"Check the proxy in HTTPS_PROXY or ALL_PROXY. {_LATER}"


@contextmanager
def open_fetcher(pause: float = PAUSE, sleep: Callable[[float], None] = time.sleep) -> Iterator[Fetcher]:
    """A fetcher that uses the system's proxy. Raises `NetworkUnusable` where the proxy's address is not usable."""
    import httpx

    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    try:
        client = httpx.Client(
            headers=headers,
            timeout=TIMEOUT,
            follow_redirects=True,
            max_redirects=REDIRECTS,
            verify=_certificates(),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise NetworkUnusable(f"The proxy of this system cannot be used ({error}).") from error
    with client:
        yield Fetcher(client, pause, sleep)


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once."""
    import httpx

    return httpx.create_ssl_context()


def looks_like_document(head: bytes, address: str) -> bool:
    """Whether the first bytes are those of a PDF or, where the address says so, of a Word file.

    >>> looks_like_document(b"%PDF-1.7", "https://a.org/plan"), looks_like_document(b"<html>", "https://a.org/a.pdf")
    (True, False)
    """
    if _PDF in head[:HEAD]:
        return True
    return head.startswith(_ZIP) and ending_of(address) == ".docx"


def ending_of(address: str) -> str:
    """The ending of a document by its address: `.docx`, or `.pdf` for any other."""
    return ".docx" if urlsplit(address).path.casefold().endswith(".docx") else ".pdf"


def _by_hand(address: str) -> str:
    return BY_HAND.format(address=address)


def _validator(partial: Path) -> Path:
    """The file that keeps what identifies the version of a partial file: its ETag or its date."""
    return partial.with_suffix(".version")


def _headers(partial: Path) -> dict[str, str]:
    """Asks for the rest of a partial file, if the version on the server is the same; else for all of it."""
    version = _validator(partial)
    size = partial.stat().st_size if partial.is_file() else 0
    if size and version.is_file():
        return {"Range": f"bytes={size}-", "If-Range": version.read_text(encoding="ascii")}
    return {}


def _check(answer: httpx.Response, address: str, partial: Path) -> int:
    """The position at which the body of an answer belongs; raises `NotFetched` or `_Again`."""
    status = answer.status_code
    if status == 206:
        size = partial.stat().st_size if partial.is_file() else 0
        if answer.headers.get("Content-Range", "").startswith(f"bytes {size}-"):
            return size
        raise _from_the_start(partial, "The server sent another part than the one that was asked for.")
    if status == 416:
        raise _from_the_start(partial, "The server has no such part of the document.")
    if status in _BUSY:
        failure = NotFetched(BUSY, f"The server is busy or out of order (status {status}).", _LATER)
        raise _Again(failure, _retry_after(answer))
    if status in _GONE:
        raise NotFetched(DEAD, f"The link is dead (status {status}).", _by_hand(address))
    if status in _REFUSED:
        raise NotFetched(BLOCKED, f"The server refuses the request (status {status}).", _by_hand(address))
    if status != 200:
        raise NotFetched(DEAD, f"The server gives no document (status {status}).", _by_hand(address))
    return 0


def _from_the_start(partial: Path, message: str) -> _Again:
    """Removes what is there of a file, so that it is fetched whole."""
    discard(partial)
    return _Again(NotFetched(BUSY, message, _LATER), wait=0.0)


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3: a number or a date); None where it does not."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    whole = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (whole - datetime.now(UTC)).total_seconds())


def _save(answer: httpx.Response, address: str, partial: Path, start: int) -> None:
    """Writes the body of an answer; raises `NotFetched` where it is not a document."""
    _note_version(answer, partial)
    size, judged = start, bool(start)
    with partial.open("r+b" if start else "wb") as file:
        file.truncate(start)
        file.seek(start)
        for chunk in answer.iter_bytes():
            file.write(chunk)
            size += len(chunk)
            if size > LARGEST:
                break
            if not judged and size >= HEAD:
                file.flush()
                judged = True
                if not looks_like_document(_head(partial), address):
                    break
    head = _head(partial)
    if size > LARGEST or not looks_like_document(head, address):
        discard(partial)
        raise _no_document(answer, address, head, size)


def discard(partial: Path) -> None:
    """Removes a partial file."""
    partial.unlink(missing_ok=True)
    _validator(partial).unlink(missing_ok=True)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _note_version(answer: httpx.Response, partial: Path) -> None:
    """Keeps what identifies this version of the document on the server to the byte (RFC 9110, 8.8)."""
    tag, day = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    version = tag if tag and not tag.startswith("W/") else day
    if version and version.isascii():
        _validator(partial).write_text(version, encoding="ascii")
    else:
        _validator(partial).unlink(missing_ok=True)


def _no_document(answer: httpx.Response, address: str, head: bytes, size: int) -> NotFetched:
    """What came in place of a document."""
    if size > LARGEST:
        message = f"The file has more than {LARGEST // 1_000_000} megabytes."
        return NotFetched(NOT_A_DOCUMENT, message, _by_hand(address))
    if not size:
        return NotFetched(NOT_A_DOCUMENT, "The server sends an empty file.", _by_hand(address))
    if b"<" in head and ("html" in answer.headers.get("Content-Type", "") or b"<html" in head.lower()):
        message = "The server sends a web page in place of the document."
        return NotFetched(BLOCKED, message, _by_hand(address))
    return NotFetched(
        NOT_A_DOCUMENT, "What the server sends is not a PDF (%PDF is missing).", _by_hand(address)
    )
