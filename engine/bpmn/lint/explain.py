"""A diagram told in words: what each element will do when a case comes by."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine import feel
from engine.bpmn.lint import words
from engine.bpmn.lint.runnable.parts import owning_lane
from engine.bpmn.model import EventDefinition, Flow, Loop, Node, Process, Scope
from engine.bpmn.reading import dialect, source
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """One element and the sentences about it."""

    file: str
    process: str
    element: str
    kind: Text
    name: Text
    sentences: tuple[Text, ...]


def explain(files: Mapping[str, bytes]) -> list[Explanation]:
    """Every element of the diagrams, in the order of the file.

    Raises:
        SourceRejected: a file cannot be read.
    """
    found: list[Explanation] = []
    for name in sorted(files):
        if name.lower().endswith(".bpmn"):
            model = dialect.read(name, source.read(name, files[name]))
            for process in model.processes.values():
                found += _of_process(name, process)
    return found


def _of_process(file: str, process: Process) -> Iterator[Explanation]:
    runs = Text("กระบวนงานนี้ระบบทำงานให้ได้", "The engine runs this process.")
    drawn = Text("กระบวนงานนี้เป็นภาพประกอบ ระบบไม่ทำงาน", "This process is a picture; it is not run.")
    sentences = (runs if process.executable else drawn,)
    kind = words.name_of("process")
    yield Explanation(file, process.id, process.id, kind, process.name, sentences)
    teller = _Teller(process)
    for scope in process.body.scopes():
        for node in scope.nodes.values():
            told = tuple(teller.sentences(scope, node))
            yield Explanation(file, process.id, node.id, words.name_of(node.tag), node.name, told)


def _text(th: str, en: str, **facts: object) -> Text:
    def of(language: str, template: str) -> str:
        return template.format(
            **{k: v.of(language) if isinstance(v, Text) else v for k, v in facts.items()}
        )

    return Text(of("th", th), of("en", en))


def _joined(parts: list[Text], th: str = ", ", en: str = ", ") -> Text:
    return Text(th.join(part.th for part in parts), en.join(part.en for part in parts))


def _formula(text: str) -> str:
    return feel.parse_slot(text).text.strip()


class _Teller:
    """Knows the process around an element, for names of what comes next and who acts."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.nodes = {node.id: node for node in process.body.walk()}
        self.kinds: dict[str, Callable[[Scope, Node], Iterator[Text]]] = {
            "userTask": self._user_task,
            "serviceTask": self._job,
            "sendTask": self._job,
            "businessRuleTask": self._decision,
            "scriptTask": self._script,
            "callActivity": self._call,
            "subProcess": self._subprocess,
            "transaction": self._subprocess,
            "exclusiveGateway": self._choice,
            "inclusiveGateway": self._choices,
            "parallelGateway": self._parallel,
            "eventBasedGateway": self._race,
            "boundaryEvent": self._boundary,
            "startEvent": self._start,
            "endEvent": self._end,
            "intermediateCatchEvent": self._wait,
            "receiveTask": self._wait,
            "intermediateThrowEvent": self._throw,
        }

    def sentences(self, scope: Scope, node: Node) -> Iterator[Text]:
        passes = Text("ผ่านไปทันทีโดยไม่ต้องมีผู้ทำ", "It is passed at once; nobody need do anything.")
        tell = self.kinds.get(node.tag)
        yield from tell(scope, node) if tell is not None else iter((passes,))
        yield from self._repeated(node)
        yield from self._marks(node)
        if not node.is_gateway:
            yield from self._next(scope, node)

    def name(self, node_id: str) -> Text:
        node = self.nodes.get(node_id)
        if node is None:
            return Text(node_id, node_id)
        return Text(f"“{node.name.th or node_id}”", f"“{node.name.en or node.name.th or node_id}”")

    # -- activities -------------------------------------------------------------------------------

    def _user_task(self, _: Scope, node: Node) -> Iterator[Text]:
        yield _text("{who} ทำงานนี้", "{who} does this.", who=self._who(node))
        extensions = node.extensions
        if extensions.form:
            yield _text("กรอกแบบฟอร์ม {form}", "They fill in the form {form}.", form=extensions.form)
        if extensions.due_date:
            due = _formula(extensions.due_date)
            yield _text("ต้องเสร็จภายใน {due}", "It is due at {due}.", due=due)
        apart = extensions.properties.get("separateFrom")
        if apart:
            yield _text(
                "ผู้ทำต้องไม่ใช่ผู้ที่ทำ {apart}",
                "Whoever did {apart} may not do it.",
                apart=_formula(apart),
            )

    def _who(self, node: Node) -> Text:
        extensions = node.extensions
        given = extensions.assignee or extensions.candidate_users or extensions.candidate_groups
        if given:
            return Text(_formula(given), _formula(given))
        lane = owning_lane(self.process, node)
        if lane is None:
            return Text("เจ้าหน้าที่ (ยังไม่กำหนดผู้รับผิดชอบ)", "Somebody (nobody is named yet)")
        return Text(
            f"{lane.name.th} ({lane.role})", f"{lane.name.en or lane.name.th} ({lane.role})"
        )

    def _job(self, _: Scope, node: Node) -> Iterator[Text]:
        headers = ", ".join(f"{key}: {value}" for key, value in node.extensions.headers.items())
        facts = f" ({headers})" if headers else ""
        yield _text(
            "ระบบทำงานชนิด {job}{facts} หากไม่สำเร็จจะลองใหม่",
            "The system does the job {job}{facts}, and tries again if it fails.",
            job=node.extensions.job_type or "?",
            facts=facts,
        )

    def _decision(self, scope: Scope, node: Node) -> Iterator[Text]:
        if not node.extensions.decision:
            yield from self._job(scope, node)
            return
        yield _text(
            "ระบบตัดสินตามตาราง {table} แล้วเก็บผลใน {variable}",
            "The system decides by the table {table} and keeps the result in {variable}.",
            table=node.extensions.decision,
            variable=node.extensions.result_variable or "?",
        )

    def _script(self, _: Scope, node: Node) -> Iterator[Text]:
        yield _text(
            "ระบบคำนวณ {script} แล้วเก็บผลใน {variable}",
            "The system computes {script} and keeps the result in {variable}.",
            script=_formula(node.extensions.script),
            variable=node.extensions.result_variable or "?",
        )

    def _call(self, _: Scope, node: Node) -> Iterator[Text]:
        yield _text(
            "เรียกกระบวนงาน {called} และรอจนจบ",
            "It calls the process {called} and waits for its end.",
            called=node.extensions.called_process or "?",
        )

    def _subprocess(self, _: Scope, node: Node) -> Iterator[Text]:
        if not node.triggered_by_event:
            yield Text("ทำขั้นตอนภายในจนจบ", "The steps inside are done to their end.")
            return
        inner = node.scope.nodes.values() if node.scope is not None else ()
        start = next((part for part in inner if part.tag == "startEvent"), None)
        if start is not None and start.event_kind() == "compensate":
            yield Text(
                "ทำเมื่อมีการชดเชยขั้นตอนที่ครอบอยู่หลังจากจบแล้ว",
                "It is done when the completed step around it is undone.",
            )
        elif start is not None:
            yield self._on(start, Text("ตลอดเวลาที่เรื่องดำเนินอยู่", "While the case goes on"))

    def _again(self, loop: Loop) -> Iterator[Text]:
        while_ = _formula(loop.condition)
        if while_ and loop.test_before:
            yield _text("ทำซ้ำขณะที่ {when} เป็นจริง", "It is done while {when} holds.", when=while_)
        elif while_:
            yield _text(
                "ทำหนึ่งรอบ แล้วทำซ้ำขณะที่ {when} เป็นจริง",
                "It is done once, and again while {when} holds.",
                when=while_,
            )
        if loop.maximum:
            yield _text("ไม่เกิน {most} รอบ", "At most {most} rounds.", most=loop.maximum)

    def _repeated(self, node: Node) -> Iterator[Text]:
        if node.loop is None:
            return
        if node.loop.kind == "standard":
            yield from self._again(node.loop)
            return
        side = node.loop.kind == "parallel"
        how = Text("พร้อมกัน", "side by side") if side else Text("ทีละรายการ", "one after the other")
        of = _formula(node.loop.collection or node.loop.cardinality)
        yield _text(
            "ทำซ้ำทุกรายการของ {of} {how}", "It is done for each of {of}, {how}.", of=of, how=how
        )

    # -- gateways ---------------------------------------------------------------------------------

    def _choice(self, scope: Scope, node: Node) -> Iterator[Text]:
        flows = scope.outgoing(node.id)
        if len(flows) < 2:
            yield Text("รวมทางที่มาถึง ไม่รอกัน", "Paths meet here without waiting for each other.")
            yield from self._next(scope, node)
            return
        yield Text("เลือกทางแรกที่เงื่อนไขเป็นจริง:", "The first way whose condition holds is taken:")
        yield from self._ways(node, flows)

    def _choices(self, scope: Scope, node: Node) -> Iterator[Text]:
        flows = scope.outgoing(node.id)
        if len(flows) < 2:
            yield Text("รอทุกทางที่ยังมาถึงได้ แล้วไปต่อ", "All paths that can still come are awaited.")
            yield from self._next(scope, node)
            return
        yield Text("ไปทุกทางที่เงื่อนไขเป็นจริง:", "Every way whose condition holds is taken:")
        yield from self._ways(node, flows)

    def _ways(self, node: Node, flows: list[Flow]) -> Iterator[Text]:
        for flow in flows:
            to = self.name(flow.target)
            if flow.id == node.default:
                yield _text("- มิฉะนั้น ไป {to}", "- otherwise, go to {to}", to=to)
            else:
                when = _formula(flow.condition) or "?"
                yield _text("- ถ้า {when} ไป {to}", "- if {when}, go to {to}", when=when, to=to)

    def _parallel(self, scope: Scope, node: Node) -> Iterator[Text]:
        if len(scope.incoming(node.id)) > 1:
            yield Text("รอจนทุกทางมาถึง", "All paths are awaited.")
        if len(scope.outgoing(node.id)) > 1:
            yield Text("ทำทุกทางพร้อมกัน", "All ways are taken at the same time.")
        yield from self._next(scope, node)

    def _race(self, scope: Scope, node: Node) -> Iterator[Text]:
        yield Text("รอสิ่งที่เกิดก่อน:", "Whatever happens first decides:")
        for flow in scope.outgoing(node.id):
            target = self.nodes.get(flow.target)
            what = self._what(target) if target is not None else Text("?", "?")
            to = self.name(flow.target)
            yield _text("- {what} ไป {to}", "- {what}: go to {to}", what=what, to=to)

    # -- events -----------------------------------------------------------------------------------

    def _what(self, node: Node) -> Text:
        happenings = [_happening(event) for event in node.events]
        if node.parallel_multiple:
            return _joined(happenings, " และ ", " and ")
        return _joined(happenings, " หรือ ", " or ")

    def _on(self, node: Node, lead: Text) -> Text:
        stops = Text("งานที่ค้างอยู่จะหยุด", "what is going on stops")
        beside = Text("งานเดิมดำเนินต่อไปพร้อมกัน", "what is going on continues beside it")
        then = stops if node.interrupting else beside
        what = self._what(node)
        return _text(
            "{lead} หาก{what} {then}", "{lead}, if {what}, {then}.", lead=lead, what=what, then=then
        )

    def _boundary(self, _: Scope, node: Node) -> Iterator[Text]:
        if node.event_kind() == "compensate":
            yield _text(
                "เมื่อมีการชดเชย {host} ที่ทำเสร็จแล้ว ให้ทำ {undo}",
                "When the completed {host} is undone, {undo} is done.",
                host=self.name(node.attached_to),
                undo=self.name(node.undone_by),
            )
            return
        during = _text("ระหว่าง {host}", "During {host}", host=self.name(node.attached_to))
        yield self._on(node, during)

    def _start(self, _: Scope, node: Node) -> Iterator[Text]:
        if node.events:
            yield _text("เริ่มเมื่อ{what}", "It begins when {what}.", what=self._what(node))
            return
        yield Text("เริ่มที่นี่", "It begins here.")

    def _wait(self, _: Scope, node: Node) -> Iterator[Text]:
        yield _text("รอจนกว่า{what}", "It waits until {what}.", what=self._what(node))

    def _throw(self, scope: Scope, node: Node) -> Iterator[Text]:
        if node.extensions.job_type:
            yield from self._job(scope, node)
        elif node.events:
            yield _text("ส่ง {what}", "It throws {what}.", what=self._thrown(node))
        else:
            yield Text("บันทึกว่าเรื่องมาถึงจุดนี้", "It marks that the case has come here.")

    def _end(self, _: Scope, node: Node) -> Iterator[Text]:
        kinds = {event.kind for event in node.events}
        if "terminate" in kinds:
            yield Text("จบทั้งหมดทันที งานอื่นที่ค้างจะหยุด", "All ends at once; other open work stops.")
        elif node.events:
            yield _text("ส่ง {what} แล้วจบ", "It throws {what} and ends.", what=self._thrown(node))
        else:
            yield Text("ทางนี้จบที่นี่", "This path ends here.")

    def _thrown(self, node: Node) -> Text:
        return _joined([self._sent(event) for event in node.events], " และ ", " and ")

    def _sent(self, event: EventDefinition) -> Text:
        kind = words.name_of(event.kind)
        if event.kind == "compensate":
            everything = Text("ทุกขั้นตอนที่ทำเสร็จแล้ว", "all that was completed")
            what = self.name(event.activity) if event.activity else everything
            return _text("คำสั่งชดเชย{what}", "the compensation of {what}", what=what)
        if event.kind == "cancel":
            return Text("การยกเลิกธุรกรรม", "the cancellation of the transaction")
        return Text(f"{kind.th} “{event.name}”", f"the {kind.en} “{event.name}”")

    # -- all --------------------------------------------------------------------------------------

    def _marks(self, node: Node) -> Iterator[Text]:
        properties = node.extensions.properties
        if properties.get("status"):
            status = properties["status"]
            yield _text(
                "สถานะเรื่องเป็น {status}", "The case's status becomes {status}.", status=status
            )
        if properties.get("outcome"):
            outcome = properties["outcome"]
            yield _text(
                "ผลของเรื่องคือ {outcome}", "The case's outcome is {outcome}.", outcome=outcome
            )

    def _next(self, scope: Scope, node: Node) -> Iterator[Text]:
        flows = scope.outgoing(node.id)
        if any(flow.condition for flow in flows):
            yield Text("จากนั้นไปทุกทางที่เงื่อนไขเป็นจริง:", "Then every way whose condition holds:")
            yield from self._ways(node, flows)
        elif flows:
            to = _joined([self.name(flow.target) for flow in flows], " และ ", " and ")
            yield _text("จากนั้นไป {to}", "Then on to {to}.", to=to)


_HAPPENINGS = {
    "message": ("ได้รับข้อความ “{name}”", "the message “{name}” arrives"),
    "signal": ("มีสัญญาณ “{name}”", "the signal “{name}” is sent"),
    "error": ("เกิดข้อผิดพลาด “{name}”", "the error “{name}” occurs"),
    "escalation": ("มีการยกระดับ “{name}”", "the escalation “{name}” occurs"),
    "cancel": ("ธุรกรรมถูกยกเลิก", "the transaction is cancelled"),
    "conditional": ("{expression} เป็นจริง", "{expression} becomes true"),
    "link": ("มาจากจุดเชื่อม “{name}”", "the link “{name}” leads here"),
}
_TIMERS = {
    "timeDate": ("ถึงเวลา {expression}", "the time {expression} comes"),
    "timeDuration": ("ผ่านไป {expression}", "{expression} has passed"),
    "timeCycle": ("ถึงรอบ {expression}", "a round of {expression} comes"),
}


def _happening(event: EventDefinition) -> Text:
    unknown = (words.name_of(event.kind).th, words.name_of(event.kind).en)
    thai, english = _HAPPENINGS.get(event.kind) or _TIMERS.get(event.timer) or unknown
    facts = {"name": event.name or "…", "expression": _formula(event.expression) or "?"}
    return _text(thai, english, **facts)
