"""Reading an upload: what could harm the server is refused with its place, before it is read."""

from __future__ import annotations

import io
import os
import pickle
import re
import threading
import time
import zipfile

import pytest

from engine.bpmn.lint import lint, lint_upload
from engine.bpmn.reading import dialect, source
from engine.bpmn.reading.sandbox import Limits, PlainUnpickler, guarded
from engine.bpmn.reading.source import Caps
from engine.bpmn.rule import SourceRejected
from tests.lint.pieces import HEAD, A, E, S, file, flow, one, path, process, sub, tag

GOOD = file(one(tag("task", "x", name="รับเรื่อง")))
BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def refused(content: bytes, caps: Caps = source.CAPS) -> str:
    with pytest.raises(SourceRejected) as caught:
        source.read("a.bpmn", content, caps)
    return caught.value.findings[0].rule


def test_a_thai_file_is_read_in_every_accepted_encoding() -> None:
    text = GOOD.decode()

    for encoding in ("utf-8", "utf-16", "tis-620"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        root = source.read("a.bpmn", declared)

        assert root.find(".//{*}task").get("name") == "รับเรื่อง"


def test_a_file_that_is_no_xml_is_refused_with_line_and_column() -> None:
    with pytest.raises(SourceRejected) as caught:
        source.read("a.bpmn", b"<definitions>\n  <process>\n</definitions>")

    finding = caught.value.findings[0]
    assert (finding.rule, finding.row) == ("source-not-xml", 3)
    assert finding.column is not None


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE definitions>",
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE d [<!ENTITY x "y">]>',
        BOMB,
    ],
    ids=["bare", "external", "external entity", "internal entity", "bomb"],
)
def test_a_doctype_is_refused_whatever_it_declares(head: bytes) -> None:
    assert refused(head + GOOD) == "source-doctype"


def test_a_doctype_hidden_in_another_encoding_is_refused() -> None:
    hidden = f'<?xml version="1.0" encoding="utf-16"?>{BOMB.decode()}{GOOD.decode()}'

    assert refused(hidden.encode("utf-16")) == "source-doctype"


def test_an_encoding_that_two_readers_may_read_differently_is_refused() -> None:
    assert refused(b'<?xml version="1.0" encoding="utf-7"?>' + GOOD) == "source-encoding"


def test_xml_that_is_not_bpmn_is_refused() -> None:
    assert refused(b"<definitions/>") == "source-not-bpmn"
    assert refused(b"<html/>") == "source-not-bpmn"


def test_a_zip_file_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bpmn", b"0" * 1_000_000)

    assert refused(packed.getvalue()) == "source-not-xml"


def test_size_depth_and_number_of_elements_are_capped() -> None:
    deep = HEAD.encode() + b"<process>" * 200 + b"</process>" * 200 + b"</definitions>"

    assert refused(b" " * (5 * 1024 * 1024 + 1)) == "source-too-large"
    assert refused(deep) == "source-too-deep"
    assert refused(GOOD, Caps(elements=3)) == "source-too-many-elements"


# -- poison: each of these once hung or killed an engine ------------------------------------------


def chain(length: int) -> bytes:
    names = [f"n{number}" for number in range(length)]
    tasks = "".join(tag("task", name) for name in names)
    return file(process(S, tasks, E, path("s", *names, "e")))


def nested(depth: int) -> bytes:
    inner = A
    for level in range(depth):
        inner = sub(
            tag("startEvent", f"s{level}"), inner, tag("endEvent", f"e{level}"), id=f"u{level}"
        )
    return file(one(inner, f"u{depth - 1}"))


def blocks(count: int) -> bytes:
    parts, last = [S], "s"
    for n in range(count):
        ids = [f"{name}{n}" for name in ("g", "a", "b", "j")]
        kinds = ("parallelGateway", "task", "task", "parallelGateway")
        parts += [tag(kind, name) for kind, name in zip(kinds, ids, strict=True)]
        g, a, b, j = ids
        parts.append(path(last, g, a, j) + path(g, b, j))
        last = j
    return file(process(*parts, E, path(last, "e")))


def timed(kind: str, value: str) -> bytes:
    time_of = f'<{kind} xsi:type="tFormalExpression">{value}</{kind}>'
    definition = tag("timerEventDefinition", "", time_of)
    return file(one(tag("intermediateCatchEvent", "x", definition)))


def instances(cardinality: str) -> bytes:
    loop = f'<loopCardinality xsi:type="tFormalExpression">{cardinality}</loopCardinality>'
    return file(one(tag("userTask", "x", tag("multiInstanceLoopCharacteristics", "mi", loop))))


def conditional(expression: str) -> bytes:
    split = tag("exclusiveGateway", "g", default="g_e")
    body = process(
        S, split, A, E, path("s", "g"), flow("g", "a", expression), path("g", "e"), path("a", "e")
    )
    return file(body)


POISON = {
    "a data object reference whose object is nowhere": (
        file(one(tag("task", "x"), extra=tag("dataObjectReference", "dr", dataObjectRef="gone"))),
        "reference-dangling",
    ),
    "a duration of 99999999 years": (timed("timeDuration", "P99999999Y"), "timer-value"),
    "rounds of zero seconds": (timed("timeCycle", "R/PT0S"), "timer-value"),
    "no duration": (timed("timeDuration", "P"), "timer-value"),
    "half a duration": (timed("timeDuration", "P15"), "timer-value"),
    "a Buddhist year": (timed("timeDate", "2569-03-02T09:00:00+07:00"), "timer-value"),
    "a Buddhist year in FEEL": (timed("timeDate", '=date("2569-03-02")'), "timer-value"),
    "a long duration in FEEL": (timed("timeDuration", '=duration("P99999999Y")'), "timer-value"),
    "a million instances": (instances("1000000"), "instances-many"),
    "a million instances computed": (instances("=10 ** 6"), "instances-many"),
    "a chain of ten thousand": (chain(10_000), "size"),
    "thirty nested subprocesses": (nested(30), "nesting"),
    "240 nested subprocesses": (nested(240), "source-too-deep"),
    "an endless loop": (
        file(process(S, A, tag("task", "b"), E, path("s", "a", "b", "a"), path("b", "e"))),
        "runs-twice",
    ),
    "an import": (conditional('=__import__("os").system("id")'), "expression-call"),
    "a walk over classes": (conditional("=''.__class__.__mro__"), "expression-syntax"),
    "deep recursion": (conditional("=" + "(" * 5000 + "1" + ")" * 5000), "expression-syntax"),
}  # fmt: skip


@pytest.mark.parametrize("name", POISON)
def test_poison_is_refused_within_five_seconds(name: str) -> None:
    content, rule = POISON[name]
    began = time.process_time()

    findings = lint({"a.bpmn": content}, known_functions=())

    assert rule in {finding.rule for finding in findings}
    assert time.process_time() - began < 5


def test_fourteen_parallel_blocks_are_no_poison_here() -> None:
    began = time.process_time()

    findings = lint({"a.bpmn": blocks(14)}, rulesets=("standard", "runnable", "soundness"))

    assert {finding.severity for finding in findings} <= {"info"}
    assert time.process_time() - began < 5


def test_fifty_megabytes_are_refused_at_once() -> None:
    began = time.process_time()

    findings = lint({"a.bpmn": GOOD + b" " * (50 * 1024 * 1024)})

    assert [finding.rule for finding in findings] == ["source-too-large"]
    assert time.process_time() - began < 1


# -- the killable child ---------------------------------------------------------------------------


# Many tests may share this machine; what is measured here is not its speed.
PATIENT = Limits(wall=120)


def busy() -> None:
    while True:
        pass


def greedy() -> int:
    return len(bytearray(4 * 1024**3))


def recursing(depth: int = 0) -> int:
    return recursing(depth + 1)


def parent() -> int:
    return os.getppid()


def failing() -> None:
    raise ValueError("นี่คือคำปฏิเสธ")


def test_the_child_gives_its_findings_back() -> None:
    assert guarded(lint, {"a.bpmn": GOOD}, limits=PATIENT) == lint({"a.bpmn": GOOD})
    assert guarded(parent, limits=PATIENT) == os.getpid()


def test_an_upload_is_judged_as_any_other_file() -> None:
    form = "<extensionElements><zeebe:formDefinition formId='f'/></extensionElements>"
    content = file(one(tag("userTask", "x", form)))

    findings = lint_upload({"a.bpmn": content}, known_forms=set(), limits=PATIENT)

    assert findings == lint({"a.bpmn": content}, known_forms=set())
    assert "form-unknown" in {finding.rule for finding in findings}
    bombed = lint_upload({"a.bpmn": BOMB + GOOD}, limits=PATIENT)
    assert [f.rule for f in bombed] == ["source-doctype"]


def test_what_the_function_refuses_is_refused_here_too() -> None:
    with pytest.raises(ValueError, match="คำปฏิเสธ"):
        guarded(failing, limits=PATIENT)
    with pytest.raises(SourceRejected, match="DOCTYPE"):
        guarded(source.read, "a.bpmn", BOMB + GOOD, limits=PATIENT)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("engine.bpmn.reading.sandbox", "subprocess.Popen"),
        ("engine.bpmn.reading.sandbox", "Path"),
    ],
)
def test_a_child_that_was_taken_over_cannot_give_orders(module: str, name: str) -> None:
    order = b"\x80\x04\x8c" + bytes([len(module)]) + module.encode()
    order += b"\x8c" + bytes([len(name)]) + name.encode() + b"\x93."

    with pytest.raises(pickle.UnpicklingError, match="not a plain value"):
        PlainUnpickler(io.BytesIO(order)).load()


@pytest.mark.parametrize(
    ("function", "limits"),
    [
        (busy, Limits(wall=1)),
        (busy, Limits(cpu=1, wall=120)),
        (greedy, PATIENT),
        (recursing, PATIENT),
    ],
    ids=["wall time", "processor time", "memory", "recursion"],
)
def test_a_function_beyond_its_limits_is_stopped_while_others_work(
    function: object, limits: Limits
) -> None:
    worked = threading.Event()
    stop = threading.Event()

    def keep_working() -> None:
        while not stop.is_set():
            lint({"a.bpmn": GOOD})
            worked.set()

    worker = threading.Thread(target=keep_working)
    worker.start()
    try:
        with pytest.raises(SourceRejected) as caught:
            guarded(function, file="a.bpmn", limits=limits)  # type: ignore[arg-type]
    finally:
        stop.set()
        worker.join()

    assert caught.value.findings[0].rule == "source-limit"
    assert worked.is_set()


def test_flows_without_ids_get_one_each() -> None:
    # Refused before; read anyhow, the last of them would have been the only one.
    task = tag("task", "x", name="x")
    drawn = file(process(S, task, E, flow("s", "x"), flow("x", "e"), flow("x", "e")))
    content = re.sub(rb"(<[a-z:]*sequenceFlow) id=['\"][^'\"]*['\"]", rb"\1", drawn)

    flows = dialect.read("a.bpmn", source.read("a.bpmn", content)).processes["p"].body.flows

    assert list(flows) == ["flow_s_x", "flow_x_e", "flow_x_e_1"]
    assert "id-missing" not in {finding.rule for finding in lint({"a.bpmn": content})}
