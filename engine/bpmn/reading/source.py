"""From uploaded bytes to a safe XML tree: what could harm a server is refused before it is read."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from engine.bpmn.reading.sandbox import LIMIT, Limits, guarded
from engine.bpmn.rule import Rule, SourceRejected
from engine.ground import encodings
from engine.ground.text import Text

__all__ = ["CAPS", "RULES", "Caps", "Limits", "SourceRejected", "guarded", "read", "xml"]

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of a file is accepted."""

    size: int = 5 * 1024 * 1024  # bytes
    depth: int = 100  # elements inside elements
    elements: int = 100_000


CAPS = Caps()


def _rule(name: str, says: Text, why: Text, fix: Text) -> Rule:
    return Rule(f"source-{name}", "source", "source", "error", says, why, fix)


TOO_LARGE = _rule(
    "too-large",
    Text(
        "แฟ้มมีขนาด {size} ไบต์ เกินขีดจำกัด {limit} ไบต์",
        "The file has {size} bytes; {limit} are allowed.",
    ),
    Text(
        "แฟ้มใหญ่ผิดปกติทำให้เครื่องแม่ข่ายหน่วงหรือหยุดทำงาน",
        "An oversized file could slow or stop the server for everybody.",
    ),
    Text("แบ่งกระบวนงานเป็นหลายแฟ้ม", "Split the process into several files."),
)
NOT_XML = _rule(
    "not-xml",
    Text("แฟ้มไม่ใช่ XML ที่ถูกต้อง: {reason}", "The file is not well-formed XML: {reason}."),
    Text("BPMN เป็นแฟ้ม XML", "BPMN files are XML."),
    Text(
        "ส่งออกแฟ้มจากโปรแกรมวาดผังอีกครั้ง",
        "Export the file from the modeler once more.",
    ),
)
DOCTYPE = _rule(
    "doctype",
    Text("แฟ้มมีส่วน DOCTYPE", "The file holds a DOCTYPE."),
    Text(
        "DOCTYPE ใช้ประกาศเอนทิตีซึ่งอ่านแฟ้มอื่นในเครื่องหรือขยายจนหน่วยความจำเต็มได้ และ BPMN ไม่ต้องใช้",
        "A DOCTYPE declares entities, which can read "
        "other files or fill the memory; BPMN needs none.",
    ),
    Text("ลบบรรทัด <!DOCTYPE …> ออก", "Remove the <!DOCTYPE …> line."),
)
TOO_DEEP = _rule(
    "too-deep",
    Text("องค์ประกอบซ้อนกันเกิน {limit} ชั้น", "Elements are nested more than {limit} deep."),
    Text(
        "การซ้อนลึกผิดปกติทำให้โปรแกรมที่อ่านแฟ้มล้มได้",
        "Abnormal nesting crashes programs that read the file.",
    ),
    Text("ลดการซ้อนกระบวนการย่อย", "Nest fewer subprocesses."),
)
TOO_MANY = _rule(
    "too-many-elements",
    Text("แฟ้มมีองค์ประกอบเกิน {limit} รายการ", "The file holds more than {limit} elements."),
    Text(
        "แฟ้มที่มีองค์ประกอบมากเกินไปใช้หน่วยความจำเกินควร",
        "Too many elements need more memory than one upload may use.",
    ),
    Text("แบ่งกระบวนงานเป็นหลายแฟ้ม", "Split the process into several files."),
)
ENCODING = _rule(
    "encoding",
    encodings.SAYS,
    Text(
        "รหัสอักขระที่ไม่รู้จักทำให้ข้อความที่ตรวจกับข้อความที่ใช้จริงต่างกันได้",
        "With an unusual encoding, what is checked and what is run may differ.",
    ),
    encodings.FIX,
)
NOT_BPMN = _rule(
    "not-bpmn",
    Text("แฟ้มนี้ไม่ใช่ BPMN 2.0 (พบ <{root}>)", "This is not a BPMN 2.0 file (its root is <{root}>)."),
    Text(
        "แฟ้ม BPMN 2.0 ต้องเริ่มด้วย definitions ในเนมสเปซของ OMG",
        "A BPMN 2.0 file starts with definitions in the OMG namespace.",
    ),
    Text("ส่งออกเป็น BPMN 2.0 XML", "Export it as BPMN 2.0 XML."),
)
RULES = [TOO_LARGE, NOT_XML, DOCTYPE, TOO_DEEP, TOO_MANY, ENCODING, NOT_BPMN, LIMIT]


def read(name: str, content: bytes, caps: Caps = CAPS) -> "etree._Element":
    """The root element of a BPMN file.

    Raises:
        SourceRejected: the bytes are unsafe, not XML or not BPMN 2.0.
    """
    root = xml(name, content, caps)
    if root.tag != f"{{{MODEL}}}definitions":
        shown = etree.QName(root).localname
        raise SourceRejected([NOT_BPMN.finding(name, row=root.sourceline, root=shown)])
    _name_flows(root)
    return root


def _name_flows(root: "etree._Element") -> None:
    """Give each sequence flow that has no id one that says where it leads: BPMN does not ask for
    ids, and some tools write none where nothing refers to it."""
    taken = {element.get("id") for element in root.iter(etree.Element)}
    for flow in root.iter(f"{{{MODEL}}}sequenceFlow"):
        if flow.get("id") is None:
            name = f"flow_{flow.get('sourceRef', '')}_{flow.get('targetRef', '')}"
            free = (f"{name}_{n}" if n else name for n in itertools.count())
            identifier = next(each for each in free if each not in taken)
            flow.set("id", identifier)
            taken.add(identifier)


def xml(name: str, content: bytes, caps: Caps = CAPS) -> "etree._Element":
    """The root element of any XML file that people upload (decision tables too), read safely."""
    if len(content) > caps.size:
        raise SourceRejected([TOO_LARGE.finding(name, size=len(content), limit=caps.size)])
    if (encoding := encodings.refused_encoding(content)) is not None:
        raise SourceRejected([ENCODING.finding(name, row=1, encoding=encoding)])
    content = encodings.as_xml(content)
    _Inspection(name, caps).run(content)
    # All is off although the inspection has refused a DOCTYPE already: two locks on one door.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        row, column = error.position
        raise SourceRejected(
            [NOT_XML.finding(name, row=row, column=column, reason=error.msg)]
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceRejected([DOCTYPE.finding(name)])
    return root


class _Stop(Exception):
    def __init__(self, rule: Rule, **facts: object) -> None:
        self.rule, self.facts = rule, facts


class _Inspection:
    """One pass over the bytes that stops at the first danger, before any tree or entity exists."""

    def __init__(self, name: str, caps: Caps) -> None:
        self.name, self.caps = name, caps
        self.depth = self.elements = 0

    def run(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        try:
            parser.Parse(content, True)
        except _Stop as stop:
            raise self._refusal(parser, stop.rule, stop.facts) from None
        except expat.ExpatError as error:
            facts = {"reason": expat.ErrorString(error.code)}
            raise self._refusal(parser, NOT_XML, facts) from error
        except (ValueError, LookupError) as error:  # an encoding that Python does not know
            raise self._refusal(parser, NOT_XML, {"reason": str(error)}) from error

    def _refusal(
        self, parser: expat.XMLParserType, rule: Rule, facts: Mapping[str, object]
    ) -> SourceRejected:
        row = max(parser.CurrentLineNumber, 1)
        column = parser.CurrentColumnNumber + 1
        return SourceRejected([rule.finding(self.name, row=row, column=column, facts=facts)])

    def _doctype(self, *_: object) -> None:
        raise _Stop(DOCTYPE)

    def _open(self, *_: object) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > self.caps.depth:
            raise _Stop(TOO_DEEP, limit=self.caps.depth)
        if self.elements > self.caps.elements:
            raise _Stop(TOO_MANY, limit=self.caps.elements)

    def _close(self, _: str) -> None:
        self.depth -= 1
