"""Three small processes: one with a task, one that waits for a message, one with a job."""

from __future__ import annotations

from engine.ground.actor import Actor
from tests.support.drawing import catch, diagram, end, job, message, path, start, user

OWNER = Actor.of("owner")
FORM = """{
  "type": "default", "id": "any", "schemaVersion": 19,
  "components": [{
    "id": "Field_fine", "type": "checkbox", "key": "fine", "label": "ดี",
    "properties": {"label_en": "Fine"}
  }]
}""".encode()
MESSAGE = (
    '<bpmn:message id="m" name="answer"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=case_id"/></bpmn:extensionElements></bpmn:message>'
)
CHECK = diagram(start(), user("check"), end(), path("start", "check", "end"), id="check_up")
WAIT = diagram(
    start(),
    catch("wait", message("m")),
    end(),
    path("start", "wait", "end"),
    id="waiting",
    roots=MESSAGE,
)
ROBOT = diagram(
    start(), job("robot", "weld", speed="slow"), end(), path("start", "robot", "end"), id="welding"
)
TWO_STARTS = diagram(
    start("counter"),
    start("post"),
    user("greet"),
    user("open_letter"),
    end(),
    path("counter", "greet", "end"),
    path("post", "open_letter", "end"),
    id="two_starts",
)
FILES = {"check.bpmn": CHECK, "wait.bpmn": WAIT, "robot.bpmn": ROBOT, "any.form": FORM}
