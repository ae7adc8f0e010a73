"""Documents inside a document, as programs that merge reports put them there whole: read in their place."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path, PurePosixPath

from ndc_urban.errors import DamagedFile
from ndc_urban.reading.formats import ENDINGS, detect_format
from ndc_urban.reading.options import Reading, ReadOptions

WEB_ARCHIVES = (".mht", ".mhtml")
_ARCHIVE_START = (b"MIME-Version:", b"From: <Saved by")

ReadWord = Callable[[Path, bytes], Reading]


def read_embedded(path: Path, name: str, data: bytes, read_word: ReadWord) -> Reading:
    """A part of the document at `path` that is a web page, a text or an office document of its own.

    Word documents are read by `read_word`, which counts how deeply they stand in each other. Raises `ReadingError`
    where the part is something else.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending in WEB_ARCHIVES or data.lstrip().startswith(_ARCHIVE_START):
        ending, data = ".html", _page_of_archive(path, data)
    named = path.with_name(f"{path.stem}{ending if ending in ENDINGS else ''}")
    format = detect_format(named, data)
    if format.name == "docx":
        return read_word(path, data)
    if format.has_drawn_pages:
        raise DamagedFile(path, "A PDF inside a document is not read.")
    return format.read(path, data, ReadOptions())


def _page_of_archive(path: Path, data: bytes) -> bytes:
    """The page in a web archive, without its pictures and styles."""
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    for part in message.walk():
        payload = (
            part.get_payload(decode=True) if part.get_content_type() in ("text/html", "text/plain") else None
        )
        if isinstance(payload, bytes):
            charset = part.get_content_charset()
            return _as_declared(payload, charset) if charset else payload
    raise DamagedFile(path, "The web archive holds no page.")


def _as_declared(payload: bytes, charset: str) -> bytes:
    """The page in UTF-8 where its envelope declares another encoding that fits."""
    try:
        return payload.decode(charset).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return payload
