"""XML from outside, read as a stream: no entity, no document type, no reference to elsewhere.

Elements are handed on one by one and never kept, so that the size of a document costs no memory.
Depth and the size of a tag are limited while reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import Limits, shown
from lnmonitor.exchange.table import broken

_CHUNK = 1 << 16


class Handler(Protocol):
    """Who is told of the elements; names have their namespace in braces before them."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """An element begins."""

    def end(self, tag: str, text: str, /) -> None:
        """An element ends; `text` stood in it, without that of the elements in it."""


class _Target:
    """Keeps the text of the open elements, and counts."""

    def __init__(self, path: Path, handler: Handler, limits: Limits) -> None:
        self._path, self._handler, self._limits = path, handler, limits
        self._texts: list[list[str]] = []
        self._size = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._texts) == self._limits.xml_depth:
            raise InputError(
                "{file} is nested more than {limit} levels deep.",
                "Nothing was imported; ask for the file again.",
                file=shown(self._path.name),
                limit=self._limits.xml_depth,
            )
        self._texts.append([])
        self._size = 0
        self._handler.start(tag, attributes)

    def data(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._limits.xml_tag_bytes:
            raise _too_long(self._path, self._limits)
        if self._texts:
            self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        self._handler.end(tag, "".join(self._texts.pop()))

    def close(self) -> None:
        """Nothing to close."""


def read_xml(stream: IO[bytes], path: Path, handler: Handler, limits: Limits) -> None:
    """Read a document and tell the handler of its elements.

    Raises:
        InputError: not well-formed, too deep, a tag or text too long, an entity or a document
            type.
    """
    parser = DefusedXMLParser(target=_Target(path, handler, limits), forbid_dtd=True)
    since_tag = 0
    try:
        while chunk := stream.read(_CHUNK):
            last = chunk.rfind(b">")
            since_tag = len(chunk) - last if last >= 0 else since_tag + len(chunk)
            if since_tag > limits.xml_tag_bytes:
                raise _too_long(path, limits)
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise InputError(
            "{file} holds a document type or an entity, which may read other files.",
            "Nothing was imported; save it without them.",
            file=shown(path.name),
        ) from error
    except ParseError as error:
        raise broken(path, error.position[0], error) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise broken(path, 1, error) from error


def _too_long(path: Path, limits: Limits) -> InputError:
    return InputError(
        "{file} holds a tag or a text of more than {limit} characters.",
        "Nothing was imported; ask for the file again.",
        file=shown(path.name),
        limit=limits.xml_tag_bytes,
    )
