"""Reads the XML of a decision model without letting it reach anything or grow."""

from typing import Any

from lxml import etree

from engine.dmn.findings import DmnRejected, remark
from engine.ground import encodings

MAX_BYTES = 5_000_000
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}

Element = etree._Element


def read(name: str, content: bytes) -> Element:
    """The root of a decision model.

    Raises:
        DmnRejected: too large, not well-formed, with a DOCTYPE, or no DMN 1.1 to 1.6.
    """
    if len(content) > MAX_BYTES:
        raise DmnRejected([remark(name, "", "dmn-size", limit=MAX_BYTES // 1_000_000)])
    if (encoding := encodings.refused_encoding(content)) is not None:
        said = encodings.SAID.format(encoding=encoding)
        raise DmnRejected([remark(name, "", "dmn-encoding", row=1, text=said)])
    content = encodings.as_xml(content)
    # A DOCTYPE is refused before parsing, so that no entity is ever declared, let alone expanded.
    plain = content.replace(b"\x00", b"")  # every accepted encoding writes it so, or in pairs
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise DmnRejected([remark(name, "", "dmn-doctype")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        row = getattr(error, "lineno", None)
        reason = str(getattr(error, "msg", error))
        raise DmnRejected([remark(name, "", "dmn-xml", row=row, reason=reason)]) from None
    tag = etree.QName(root)
    if tag.localname != "definitions" or tag.namespace not in NAMESPACES:
        raise DmnRejected([remark(name, "", "dmn-namespace", namespace=tag.namespace or "")])
    return root


def local(element: Element) -> str:
    """The tag without its namespace; "" for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> list[Element]:
    if element is None:
        return []
    return [child for child in element if local(child) in names]


def child(element: Element | None, *names: str) -> Element | None:
    return next(iter(children(element, *names)), None)


def text_of(element: Element | None) -> str:
    """The content of the `text` element below."""
    found = child(element, "text")
    return content(found) if found is not None else ""


def content(element: Element) -> str:
    """All text within an element."""
    return "".join(map(str, element.itertext())).strip()


def row_of(element: Element) -> int | None:
    """The line in the file, from 1."""
    line: Any = element.sourceline
    return int(line) if line else None
