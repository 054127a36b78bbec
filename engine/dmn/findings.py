"""What can be wrong with a decision model, in Thai and in English."""

from typing import Any

from engine.ground.errors import EngineError
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text

TEXTS = {
    "dmn-size": Text("แฟ้มใหญ่เกิน {limit} MB", "the file is larger than {limit} MB"),
    "dmn-doctype": Text(
        "แฟ้มมี DOCTYPE หรือ ENTITY ซึ่งไม่อนุญาต โปรดบันทึกใหม่จาก Camunda Modeler",
        "the file declares a DOCTYPE or ENTITY, which is refused; save it with Camunda Modeler",
    ),
    "dmn-xml": Text("แฟ้มไม่ใช่ XML ที่ถูกต้อง: {reason}", "the file is not well-formed XML: {reason}"),
    "dmn-nesting": Text("โครงสร้างซ้อนกันลึกเกินไป", "the structure is nested too deep"),
    "dmn-namespace": Text(
        "ไม่ใช่แฟ้ม DMN รุ่น 1.1 ถึง 1.6 (พบ “{namespace}”)",
        "not a DMN 1.1 to 1.6 file (found “{namespace}”)",
    ),
    "dmn-language": Text(
        "ไม่รองรับภาษา “{language}” โปรดเขียนเป็น FEEL",
        "the language “{language}” is not run; write FEEL",
    ),
    "dmn-hit-policy": Text("ไม่รู้จักวิธีเลือกกฎ “{policy}”", "unknown hit policy “{policy}”"),
    "dmn-aggregation": Text("ไม่รู้จักวิธีรวมค่า “{aggregation}”", "unknown aggregation “{aggregation}”"),
    "dmn-rule-size": Text(
        "กฎมี {given} ช่อง แต่ตารางมี {expected} คอลัมน์",
        "the rule has {given} cells where the table has {expected} columns",
    ),
    "dmn-output-name": Text(
        "ตารางที่มีหลายผลลัพธ์ต้องตั้งชื่อทุกคอลัมน์ผลลัพธ์ และชื่อต้องไม่ซ้ำ",
        "a table of several outputs needs a name for each, all different",
    ),
    "dmn-output-type": Text(
        "ผลลัพธ์ต้องเป็น {expected} แต่เขียนเป็น {given}", "the output must be {expected}, not {given}"
    ),
    "dmn-output-value": Text(
        "ผลลัพธ์ {given} ไม่อยู่ในค่าที่กำหนดไว้: {allowed}",
        "the output {given} is not among the allowed values: {allowed}",
    ),
    "dmn-input-value": Text(
        "เงื่อนไข {given} ไม่อยู่ในค่าที่กำหนดไว้: {allowed}",
        "the test {given} is not among the allowed values: {allowed}",
    ),
    "dmn-priority": Text(
        "วิธีเลือกกฎแบบลำดับความสำคัญ ต้องกำหนดรายการค่าของผลลัพธ์ไว้",
        "the hit policy needs the list of output values that gives the order",
    ),
    "dmn-missing": Text(
        "อ้างถึง “{reference}” ซึ่งไม่มีในแฟ้ม", "refers to “{reference}”, which is not in the file"
    ),
    "dmn-import": Text(
        "อ้างถึงแฟ้มอื่น “{reference}” ที่ไม่ได้ติดตั้งไปด้วยกัน",
        "refers to “{reference}” of a model that is not deployed with this one",
    ),
    "dmn-circular": Text("การตัดสินใจอ้างวนถึงกันเอง: {path}", "decisions require each other: {path}"),
    "dmn-duplicate": Text("มี “{name}” ซ้ำ", "“{name}” is defined twice"),
    "dmn-type": Text("ไม่รู้จักชนิดข้อมูล “{name}”", "unknown type “{name}”"),
    "dmn-no-logic": Text("การตัดสินใจนี้ยังไม่มีวิธีตัดสิน", "the decision has no logic yet"),
    "dmn-external": Text(
        "ฟังก์ชันภายนอก ({kind}) ไม่ถูกเรียกใช้", "external functions ({kind}) are not run"
    ),
    "dmn-gap": Text("ไม่มีกฎสำหรับกรณี {case}", "no rule covers {case}"),
    "dmn-not-analysed": Text(
        "ไม่ได้ตรวจช่องว่างและการซ้อนทับของตารางนี้ เพราะ{reason}",
        "gaps and overlaps of this table were not analysed: {reason}",
    ),
    "dmn-overlap": Text("กฎ {rules} ใช้ได้พร้อมกันในกรณี {case}", "the rules {rules} all match {case}"),
    "dmn-unreachable": Text(
        "กฎนี้ไม่มีวันถูกใช้ เพราะ {rules} ครอบคลุมแล้ว",
        "the rule is never used, being covered by {rules}",
    ),
}


class DmnRejected(EngineError):
    """The decision model cannot be used: {summary}"""

    thai = "ใช้แฟ้มตัดสินใจนี้ไม่ได้: {summary}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(summary=_summary(findings, "en"))
        self.text = Text(
            f"ใช้แฟ้มตัดสินใจนี้ไม่ได้: {_summary(findings, 'th')}",
            f"The decision model cannot be used: {_summary(findings, 'en')}",
        )


class DecisionNotFound(EngineError):
    """There is no decision {decision!r} in the deployed models."""

    thai = "ไม่พบการตัดสินใจ “{decision}” ในแฟ้มที่ติดตั้งไว้"


def _summary(findings: list[Finding], language: str) -> str:
    errors = [finding for finding in findings if finding.severity == "error"]
    return "; ".join(finding.line(language) for finding in errors[:3])


def remark(
    file: str,
    element: str,
    rule: str,
    *,
    severity: Severity = "error",
    row: int | None = None,
    column: int | None = None,
    text: Text | None = None,
    **facts: Any,
) -> Finding:
    said = text or TEXTS[rule].format(**facts)
    return Finding(file, element, severity, rule, said, row, column)
