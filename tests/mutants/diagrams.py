"""Slips in reading, running, checking and comparing diagrams: `engine/bpmn`."""

# ruff: noqa: E501 — what is written is quoted as it stands in its file

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

CONSTRUCTS = "tests/engine/test_sharp_edges.py tests/engine/test_constructs.py"
EDGES = "tests/engine/test_sharp_edges.py"
NET = "tests/conformance/test_net.py tests/lint/test_soundness.py"

SLIPS: Slips = {
    "engine/bpmn/reading/dialect.py": [
        Slip(
            "                self._lanes(inner, identifier, lanes, lane_of)",
            '                self._lanes(inner, "", lanes, lane_of)',
            "the unit whose lane stands inside the department's: nobody is offered its tasks",
            EDGES,
        ),
        Slip(
            "        return self.scope(element, {**inner, **lane_of})",
            "        return self.scope(element, lane_of)",
            "whoever should do a step drawn inside a subprocess: it loses its lane",
            CONSTRUCTS,
        ),
        Slip(
            "interrupting=interrupting not in FALSE,",
            "interrupting=interrupting in TRUE,",
            "the officer whose task goes on past an escalation that was to end it",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/compile.py": [
        Slip(
            "        lane_id = lane.parent",
            '        lane_id = ""',
            "a task in a lane within a lane: the role above it counts no more",
            EDGES,
        ),
        Slip(
            "    starts.sort(key=lambda node: bool(node.events))",
            "    starts.sort(key=lambda node: not node.events)",
            "a complaint that begins where only a message may begin it",
            CONSTRUCTS,
        ),
        Slip(
            "part.together = names if node.parallel_multiple else []",
            "part.together = []",
            "whoever waits for both papers: the first one alone moves the case on",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/specs/activities.py": [
        Slip(
            'child.data = {**token.data, "loopCounter": index + 1}',
            'child.data = {**token.data, "loopCounter": index}',
            "the second committee member, who is asked as the first",
            CONSTRUCTS,
        ),
        Slip(
            '        if token.facts["done"] >= len(token.facts["items"]):\n            return True',
            '        if token.facts["done"] >= min(2, len(token.facts["items"])):\n            return True',
            "the third accused, who is never heard",
            CONSTRUCTS,
        ),
        Slip(
            "            if name in token.data and token.data[name] not in (value, before.get(name)):",
            "            if False:",
            "two experts who disagree: the one who comes last decides without a word",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/specs/loops.py": [
        Slip(
            "if self.maximum is not None and rounds >= self.maximum:",
            "if self.maximum is not None and rounds > self.maximum:",
            "a complainant asked for more information once more than the diagram allows",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/specs/events.py": [
        Slip(
            '            payload.update(part.facts.get("payload", {}))',
            "            pass",
            "the sender of the first of two awaited messages: what it said is lost",
            CONSTRUCTS,
        ),
        Slip(
            "        self._branch_off(token, {**seen, **brought})",
            "        self._branch_off(token, {**brought, **seen})",
            "whoever corrects a figure by message: the handler sees the old one",
            CONSTRUCTS,
        ),
        Slip(
            'if other is not token and other.facts.get("race") == race:',
            'if other is not token and "race" in other.facts:',
            "a case that waits at two places: an answer at one ends the waiting at the other",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/specs/gateways.py": [
        Slip(
            "        return reaches_empty and not any(name in self.sources[flow] for flow in first)",
            "        return False",
            "the slower of two units: its opinion comes after the case has gone on",
            CONSTRUCTS,
        ),
    ],
    "engine/bpmn/running/execution.py": [
        Slip(
            "        self.changes.opened_waits.pop(token.id, None)\n        if not",
            "        if not",
            "a case that moved on within one step: a timer nobody waits for stays behind",
            "tests/engine/test_constructs.py tests/engine/test_running.py "
            "tests/engine/test_interrupted_throwers.py",
        ),
    ],
    "engine/bpmn/timers.py": [
        Slip(
            "        day = min(local.day, calendar.monthrange(years, month0 + 1)[1])",
            "        day = min(local.day, 28)",
            "whoever is due on the 31st: three days are lost",
            EDGES,
        ),
        Slip(
            "        local = moment.astimezone(BANGKOK)\n        years",
            "        local = moment\n        years",
            "a monthly report at 02:00 on the first: counted from the day before",
            EDGES,
        ),
        Slip(
            "        past = Duration(cycle.every.months * (number - 1), cycle.every.span * (number - 1))",
            "        past = Duration(cycle.every.months * number, cycle.every.span * number)",
            "a report of the 31st, which after one February is for ever one of the 28th",
            EDGES,
        ),
    ],
    "engine/bpmn/slot_values.py": [
        Slip(
            "if not is_number or value != int(value) or not least <= value <= most:",
            "if not is_number or not least <= value <= most:",
            "whoever waits for two and a half approvals: cut to two without a word",
            "tests/engine/test_slot_values.py",
        ),
    ],
    "engine/bpmn/lint/standard/lanes.py": [
        Slip(
            "                if other != id_of(lane):\n                    yield",
            "                if other == id_of(lane):\n                    yield",
            "the process owner whose step has two owners and hears nothing of it",
            "tests/lint/test_standard_rules.py",
        ),
    ],
    "engine/bpmn/lint/standard/gateways.py": [
        Slip(
            "        return incoming > 1 and outgoing <= 1",
            "        return incoming > 1",
            "the process owner whose merging gateway splits as well",
            "tests/lint/test_sharp_rules.py tests/lint/test_standard_rules.py",
        ),
        Slip(
            "            yield at(node, count=count)",
            "            yield at(node, count=count + 1)",
            "the process owner who is told of two ways where one is drawn",
            "tests/lint/test_sharp_rules.py",
        ),
    ],
    "engine/bpmn/lint/guideline/separation.py": [
        Slip(
            "            known.update(subject.known.tasks)",
            "            pass",
            "the process owner of a called process, refused for a name that is right",
            "tests/lint/test_guideline_rules.py tests/law/test_law_diagrams.py",
        ),
        Slip(
            'if other.tag == "userTask" and other.lane and other.lane == node.lane:',
            'if other.tag == "userTask" and other.lane and other.lane != node.lane:',
            "whoever is reviewed by a colleague of the same lane",
            "tests/lint/test_guideline_rules.py",
        ),
    ],
    "engine/bpmn/net/nodes.py": [
        Slip(
            "        others = [flow for flow in flows if flow.target != place.node.id]",
            "        others = flows[:0]",
            "the auditor who is told that a case waits for what is awaited no more",
            NET,
        ),
    ],
    "engine/bpmn/net/marking.py": [
        Slip(
            "    if alone and by.without is not None and by.without in rest:",
            "    if by.without is not None and by.without in rest:",
            "the auditor of a step done once for each accused, told of departures there are not",
            "tests/conformance tests/lint/test_soundness.py",
        ),
    ],
    "engine/bpmn/conformance/alignment.py": [
        Slip(
            "        return at_end and (not self.complete or self.net.is_over(state.marking))",
            "        return at_end",
            "the auditor of a case that was closed before its last steps were done",
            "tests/conformance",
        ),
        Slip(
            'yield _price(awaited, known), _State(at + 1, state.marking), Move("extra", awaited, at)',
            'yield 9, _State(at + 1, state.marking), Move("extra", awaited, at)',
            "the auditor who is told of skipped steps where one was done twice",
            "tests/conformance",
        ),
    ],
}
