"""A document without what is hidden in it: who wrote it, when, with what, and what it said before.

PDF is written anew by qpdf (pikepdf): information, XMP, private data of programs, attachments,
scripts and older revisions are left out. Word and Excel files are packed anew, part by part: their
properties are emptied and the names beside changes and comments are taken off. Pictures inside are
cleaned as pictures are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping

import pikepdf
from lxml import etree

from engine.bpmn.reading.sandbox import Limits, guarded
from engine.bpmn.rule import SourceRejected
from office.vault.pictures import NotThisPicture, without_metadata

LIMITS = Limits(cpu=20, wall=60, memory=1024 * 1024 * 1024)
# What a PDF keeps beside its pages: notes of programs, files within, and what runs when opened.
PDF_NOTES = ("/Metadata", "/PieceInfo", "/LastModified")
PDF_ROOT = (*PDF_NOTES, "/OpenAction", "/AA", "/Threads", "/SpiderInfo", "/Collection", "/AF")
PDF_NAMES = ("/EmbeddedFiles", "/JavaScript")
PDF_AUTHORS = ("/T", "/M", "/CreationDate", "/NM", "/RC")  # of annotations
DATE = (2000, 1, 1, 0, 0, 0)  # of every part: when it was written is nobody's business
XML = (".xml", ".rels")
# Parts of an office file that hold no text and no numbers of it.
LEFT_OUT = re.compile(
    r"^(docProps/thumbnail\..*|docProps/custom\.xml|customXml/.*|.*printerSettings\d*\.bin"
    r"|xl/revisions/.*|xl/persons/.*|word/people\.xml|xl/calcChain\.xml)$"
)
PROPERTIES = re.compile(r"^docProps/(core|app)\.xml$")
# Attributes by their local names: who, when, and the numbers that tell editing sessions apart.
AUTHORS = re.compile(r"^(author|initials|date|dateUtc|userId|providerId|personId|rsid\w*)$")
NAMED = frozenset(("author", "lastModifiedBy", "creator"))
# Notes of programs: sessions, who shares it, the folder it lay in, the template on that machine.
NOTES = frozenset(("rsids", "fileSharing", "absPath", "attachedTemplate", "docId"))
MEDIA = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


class NotThisDocument(NotThisPicture):
    """The bytes are not a whole document of the kind they are said to be."""


def document_without_metadata(media_type: str, content: bytes) -> bytes:
    """The same document with the same text and pictures, and nothing else. It is opened in a child
    process that can be stopped: nobody else waits for a poisoned one.

    Raises:
        NotThisDocument: it is broken, locked by a password, too large to open, or not of this kind.
    """
    try:
        cleaned = guarded(cleaned_or_none, media_type, content, limits=LIMITS)
    except SourceRejected as error:
        raise NotThisDocument from error
    if cleaned is None:
        raise NotThisDocument
    return cleaned


def cleaned_or_none(media_type: str, content: bytes) -> bytes | None:
    """What the child does; whatever the libraries make of a broken file, there is no copy of it."""
    try:
        return DOCUMENTS[media_type](content)
    except Exception:
        return None


# ── PDF ────────────────────────────────────────────────────────────────────────────────────────


def _pdf(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        _empty(pdf)
        written = io.BytesIO()
        # Without an id of its own: the usual one is made of the time and the name.
        pdf.save(written, deterministic_id=True, encryption=False, linearize=False)
    return written.getvalue()


def _empty(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, PDF_ROOT)
    if isinstance(pdf.Root.get("/Names"), pikepdf.Dictionary):
        _drop(pdf.Root["/Names"], PDF_NAMES)
    for each in pdf.objects:
        if not isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        _drop(each, PDF_NOTES)
        if each.get("/Type") == "/Annot" or ("/Subtype" in each and "/Rect" in each):
            _drop(each, PDF_AUTHORS)
        if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image":
            _clean_image(each)
    pdf.remove_unreferenced_resources()


def _drop(holder: pikepdf.Object, names: tuple[str, ...]) -> None:
    for name in names:
        if name in holder:
            del holder[name]


def _clean_image(image: pikepdf.Stream) -> None:
    """A photograph lies in a PDF as the JPEG that it was, with all its notes."""
    if image.get("/Filter") != pikepdf.Name("/DCTDecode"):
        return
    cleaned = without_metadata("image/jpeg", image.read_raw_bytes())
    image.write(cleaned, filter=pikepdf.Name("/DCTDecode"))


# ── Word and Excel ─────────────────────────────────────────────────────────────────────────────


def _office(content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        gone = {name for name in old.namelist() if LEFT_OUT.match(name)}
        for entry in old.infolist():
            if entry.filename in gone or entry.is_dir():
                continue
            part = _part(entry.filename, old.read(entry), gone)
            new.writestr(zipfile.ZipInfo(entry.filename, DATE), part, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _part(name: str, content: bytes, gone: set[str]) -> bytes:
    suffix = name[name.rfind(".") :].lower()
    if suffix in MEDIA:
        return without_metadata(MEDIA[suffix], content)
    if suffix not in XML and name != "[Content_Types].xml":
        return content
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    tree = etree.fromstring(content, parser)
    if tree.getroottree().docinfo.internalDTD is not None:
        raise NotThisDocument
    if PROPERTIES.match(name):
        for child in list(tree):
            tree.remove(child)
    elif name == "[Content_Types].xml":
        _remove(tree, lambda each: str(each.get("PartName", "")).lstrip("/") in gone)
    elif suffix == ".rels":
        _remove(tree, lambda each: _is_note(each) or _target(name, each) in gone)
    else:
        _unname(tree)
    whole: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return whole


def _remove(tree: etree._Element, is_gone: Callable[[etree._Element], bool]) -> None:
    for each in list(tree):
        if is_gone(each):
            tree.remove(each)


def _is_note(relation: etree._Element) -> bool:
    return str(relation.get("Type", "")).endswith("/attachedTemplate")


def _target(rels: str, each: etree._Element) -> str:
    """The part that a relation leads to: relative to the folder above `_rels`."""
    target = str(each.get("Target", ""))
    if target.startswith("/"):
        return target.lstrip("/")
    folder = [step for step in rels.partition("_rels/")[0].split("/") if step]
    for step in target.split("/"):
        folder = folder[:-1] if step == ".." else [*folder, step]
    return "/".join(folder)


def _unname(tree: etree._Element) -> None:
    """Take names and moments off changes and comments, and the programs' own notes."""
    for each in list(_elements(tree)):
        for attribute in each.attrib:
            if AUTHORS.match(etree.QName(attribute).localname):
                _blank(each, str(attribute))
        name, parent = etree.QName(each).localname, each.getparent()
        if name in NAMED and len(each) == 0 and each.text:
            each.text = ""
        elif name in NOTES and parent is not None:
            parent.remove(each)


def _blank(each: etree._Element, attribute: str) -> None:
    """Word wants an author and a number where it has had one; moments and sessions may go."""
    name = etree.QName(attribute).localname
    if name in ("author", "initials"):
        each.attrib[attribute] = ""
    elif name not in ("personId",):
        del each.attrib[attribute]


def _elements(tree: etree._Element) -> Iterator[etree._Element]:
    yield from (each for each in tree.iter() if isinstance(each.tag, str))


DOCUMENTS: Mapping[str, Callable[[bytes], bytes]] = {
    "application/pdf": _pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _office,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _office,
}
