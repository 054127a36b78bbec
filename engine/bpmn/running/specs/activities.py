"""Activities: work for people, handlers, rules and other processes, once or for each item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import (
    ScriptTaskMixin,
    ServiceTaskMixin,
    SubWorkflowTaskMixin,
    UserTaskMixin,
)

from engine.bpmn.model import Node
from engine.bpmn.running.host import AS_WRITTEN, LOCALS_STAY, Data, StepFailed
from engine.bpmn.running.specs.definitions import definition_of
from engine.bpmn.running.specs.flow_node import STARTED, FlowNode, assign, remember, withdraw
from engine.bpmn.running.tokens import Token, conflict
from engine.bpmn.slot_values import (
    LONGEST_GROUP,
    LONGEST_JOB_TYPE,
    LONGEST_NAME,
    LONGEST_USER,
    MOST,
    MOST_RETRIES,
    Given,
    refuse_nobody,
)
from engine.bpmn.slots import EMPTY, Slot, kind_of, slot
from engine.ground.text import Text


class Activity(FlowNode):
    """Work with variables of its own on the way in and out."""

    lasting = True
    takes_something = True

    def __init__(self, process: Any, name: str, *, node: Node, **more: Any) -> None:
        super().__init__(process, name, node=node, **more)
        self.mapped_in: list[tuple[str, Slot]] = []

    def arrive(self, token: Token) -> None:
        super().arrive(token)
        keeps = self.mapped_out or self.loop_owner is not None  # whatever is computed at its end
        if self.mapped_in and keeps and _locals_stay(token):
            data = self.local(token)
            token.facts["inside"] = {name: data[name] for name in self.names_inside}

    @property
    def names_inside(self) -> set[str]:
        """The variables that are the activity's own."""
        return {target.partition(".")[0] for target, _ in self.mapped_in}

    def local(self, token: Token) -> Data:
        """The variables inside the activity: the branch's own and the input mappings."""
        if "inside" in token.facts:
            return {**token.data, **token.facts["inside"]}
        scripts = token.workflow.script_engine
        data: Data = dict(token.data)
        for target, source in self.mapped_in:
            assign(data, target, scripts.evaluate(token, source, data))
        return data

    def _refuse_nameless(self, token: Token, value: Any) -> None:
        """Only a context brings names of its own."""
        if token.workflow.top_workflow.host.behaviour >= AS_WRITTEN:
            given = kind_of(value)
            thai = f"ไม่ได้ระบุ resultVariable ที่จะเก็บ{given.th}"
            english = f"there is no resultVariable to keep {given.en} in"
            raise StepFailed(element=self.node.id, reason=Text(thai, english))

    def accept(self, token: Token, value: Any) -> None:
        """Take what an expression or a decision gave: into the result variable, if one is named."""
        name = self.node.extensions.result_variable
        result = dict(value) if isinstance(value, dict) else {}
        if not (name or value is None or isinstance(value, dict)):
            self._refuse_nameless(token, value)
        self.take_back(token, {name: value} if name else result)


WRITTEN = {
    "candidate_groups": "candidateGroups",
    "candidate_users": "candidateUsers",
    "assignee": "assignee",
}


def mapped_of(data: Data, targets: Iterable[str]) -> Data:
    """Only what mappings have set, `a.b` without what else `a` holds."""
    found: Data = {}
    for target in targets:
        value: Any = data
        for part in target.split("."):
            value = value[part]
        assign(found, target, value)
    return found


class UserTask(UserTaskMixin, Activity):
    """Waits for a person."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        self.role = ""
        self.slots: dict[str, Slot] = {}

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        my_task.workflow.top_workflow.host.task_opened(my_task)

    def offer(self, token: Token) -> Data:
        """Who may do it and by when, as the diagram says now."""
        scripts, host = token.workflow.script_engine, token.workflow.top_workflow.host
        data = self.local(token)

        def given(name: str, written: str) -> Given:
            slot = self.slots.get(name, EMPTY)
            value = None if slot.is_empty else scripts.evaluate(token, slot, data)
            return Given(self.node, written, value, host.strict)

        groups = given("candidate_groups", "candidateGroups").names(LONGEST_GROUP)
        users = given("candidate_users", "candidateUsers").names(LONGEST_USER)
        assignee = given("assignee", "assignee").text(LONGEST_USER)
        if not groups and not users and not assignee:
            groups = self._by_lane(host.strict)
        due, priority = given("due_date", "dueDate"), given("priority", "priority")
        due.moment()
        return {
            "assignee": assignee,
            "candidate_groups": groups,
            "candidate_users": users,
            "due_date": due.value,
            "priority": None if priority.value is None else priority.whole(-MOST),
            "separate_from": given("separate_from", "separateFrom").names(LONGEST_NAME),
        }

    def _by_lane(self, strict: bool) -> list[str]:
        """Whom the lane offers the task, where the task itself names nobody."""
        named = [WRITTEN[name] for name in WRITTEN if not self.slots.get(name, EMPTY).is_empty]
        if strict and named and not self.role:
            refuse_nobody(self.node, ", ".join(named))
        return [self.role] if self.role else []

    def finish(self, token: Token, result: Data) -> None:
        self.take_back(token, result)
        token.workflow.top_workflow.host.task_closed(token, "completed")
        token.run()

    def withdrawn(self, token: Token) -> None:
        token.workflow.top_workflow.host.task_closed(token, "cancelled")


class JobTask(ServiceTaskMixin, Activity):
    """A service, send or business rule task that a handler or an external worker carries out."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        self.type = slot(node.extensions.job_type)
        self.retries = slot(node.extensions.job_retries)

    def _execute(self, task: Token) -> None:
        self.compute(task)
        task.workflow.script_engine.call_service(task)

    def compute(self, token: Token) -> None:
        """The job is made: what its diagram computes of it is computed now, once."""
        scripts = token.workflow.script_engine
        if self.type.expression is not None:
            value = scripts.evaluate(token, self.type, self.local(token))
            token.facts["type"] = Given(self.node, "type", value).name(LONGEST_JOB_TYPE)
        if self.retries.expression is not None:
            value = scripts.evaluate(token, self.retries, self.local(token))
            token.facts["retries"] = Given(self.node, "retries", value).whole(0, MOST_RETRIES)

    def type_of(self, token: Token) -> str:
        """The type of the job that this token waits for."""
        written = self.node.extensions.job_type
        return written if self.type.expression is None else str(token.facts["type"])

    def retries_of(self, token: Token, usual: int) -> int:
        """How often it is tried; a drawing of an older release may not say it as a number."""
        written = str(token.facts.get("retries", self.node.extensions.job_retries))
        return (
            int(written) if written.isascii() and written.isdigit() and len(written) < 9 else usual
        )

    def finish(self, token: Token, result: Data) -> None:
        self.take_back(token, result)
        token.workflow.top_workflow.host.job_closed(token)
        token.complete()

    def withdrawn(self, token: Token) -> None:
        token.workflow.top_workflow.host.job_closed(token)


class JobEnd(JobTask):
    """An end event whose message a job sends."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if my_task.workflow.top_workflow.host.behaviour >= AS_WRITTEN:
            return super()._run_hook(my_task)  # type: ignore[no-any-return]
        definition_of(*self.node.events).throw(my_task)  # as it was sent before there was a job
        return True

    def lasts(self, token: Token) -> bool:
        return bool(token.workflow.top_workflow.host.behaviour >= AS_WRITTEN)


class ScriptTask(ScriptTaskMixin, Activity):
    """Sets a variable to the value of a FEEL expression."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        script = slot(node.extensions.script, always=True)
        super().__init__(process, name, script=script, node=node)


class BusinessRuleTask(Activity):
    """Asks a decision table."""

    def _run_hook(self, my_task: Token) -> bool:
        host = my_task.workflow.top_workflow.host
        value = host.decide(self.node.extensions.decision, self.local(my_task), self.node)
        self.accept(my_task, value)
        return bool(super()._run_hook(my_task))


class SubprocessTask(SubWorkflowTaskMixin, Activity):
    """An embedded subprocess or a call activity: SpiffWorkflow runs another scope for it."""

    def __init__(self, process: Any, name: str, *, node: Node, body: str) -> None:
        super().__init__(process, name, subworkflow_spec=body, node=node)
        self.called = node.tag == "callActivity"

    def shares_variables(self, token: Token) -> bool:
        """Whether what the inside changes is the outside's too, without a mapping between."""
        extensions = self.node.extensions
        if self.called and extensions.returns_mapped and _as_written(token):
            return False
        return not self.mapped_out and (not self.called or extensions.propagate_all)

    def copy_data(self, my_task: Token, subworkflow: Any) -> None:
        my_task._set_state(STARTED)  # whoever looks at the case from inside finds it so
        data = self.local(my_task)
        if not self.sees_all(my_task):
            data = {**mapped_of(data, [target for target, _ in self.mapped_in]), **self._own(data)}
        subworkflow.task_tree.data = data
        # A case that begins at one of several start events begins there inside an added body too.
        if self.node.inserted:
            subworkflow.begins_at = my_task.workflow.begins_at

    def sees_all(self, token: Token) -> bool:
        """Whether the inside begins with all variables, or with what is mapped to it alone."""
        if not self.called:
            return True
        if _as_written(token):
            return self.node.extensions.propagate_parent
        return not self.mapped_in or self.node.extensions.propagate_all

    def is_isolated(self, token: Token) -> bool:
        """Whether it calls a process that must not see the caller's variables by itself."""
        return self.called and _as_written(token) and not self.node.extensions.propagate_parent

    def _own(self, data: Data) -> Data:
        """The variables of this one round of a call that repeats."""
        loop = None if self.loop_owner is None else self.loop_owner.node.loop
        names = () if loop is None else ("loopCounter", loop.element)
        return {name: data[name] for name in names if name in data}

    def update_data(self, my_task: Token, subworkflow: Any) -> None:
        """The scope has come to its end."""
        result = subworkflow.outcome()
        if self.undoer is None and (subworkflow.undo or subworkflow.spec.undo_handler):
            remember(my_task, subworkflow.undo, result)
        if self.mapped_out:
            self.take_back(my_task, result)
        elif self.shares_variables(my_task):
            own = self.own_names(my_task)
            outside = {name: value for name, value in result.items() if name not in own}
            my_task.data = {**my_task.data, **outside} if _locals_stay(my_task) else result

    def own_names(self, token: Token) -> set[str]:
        """What was mapped in stays inside, whatever becomes of it there."""
        return self.names_inside if _locals_stay(token) else set()

    def comes_out(self, token: Token, inside: Any) -> Data:
        """What the inside has changed so far that is the outside's too."""
        if not self.shares_variables(token):
            return {}
        own = self.own_names(token)
        return {name: value for name, value in inside.changes().items() if name not in own}


def _locals_stay(token: Token) -> bool:
    return bool(token.workflow.top_workflow.host.behaviour >= LOCALS_STAY)


def _as_written(token: Token) -> bool:
    return bool(token.workflow.top_workflow.host.behaviour >= AS_WRITTEN)


def counters(all_of_them: int, done: int, active: int) -> Data:
    """What a completion condition may ask of the instances (BPMN 2.0.2, table 10.30), under the
    names that Camunda 8 and Camunda 7 give them. One that is ended early ends all of them."""
    return {
        **dict.fromkeys(("numberOfInstances", "nrOfInstances"), all_of_them),
        **dict.fromkeys(("numberOfActiveInstances", "nrOfActiveInstances"), active),
        **dict.fromkeys(("numberOfCompletedInstances", "nrOfCompletedInstances"), done),
        "numberOfTerminatedInstances": 0,
    }


COUNTERS = frozenset(counters(0, 0, 0))


class MultiInstance(Activity):
    """Runs an activity once for each item of a collection, side by side or one after the other."""

    instance = ""  # name of the instance's spec
    of_each = frozenset({"loopCounter"})
    collection: Slot = EMPTY
    cardinality: Slot = EMPTY
    condition: Slot | None = None
    output: Slot = EMPTY
    MAXIMUM = 1000

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        my_task._set_state(STARTED)
        my_task.facts.update(items=self._items(my_task), done=0, results={})
        if not my_task.facts["items"]:
            return self._close(my_task)
        count = 1 if self._sequential else len(my_task.facts["items"])
        for index in range(count):
            self._start(my_task, index)
        return False

    @property
    def _sequential(self) -> bool:
        return self.node.loop is not None and self.node.loop.kind == "sequential"

    def _items(self, token: Token) -> list[Any]:
        scripts = token.workflow.script_engine
        if not self.collection.is_empty:
            items = scripts.evaluate(token, self.collection)
        else:
            number = scripts.evaluate(token, self.cardinality)
            strict = token.workflow.top_workflow.host.strict
            asked = Given(self.node, "loopCardinality", number, strict)
            count = asked.whole(0) if number or strict else 0
            items = list(range(1, min(count, self.MAXIMUM + 1) + 1))
        if not isinstance(items, list):
            raise StepFailed(element=self.node.id, reason="the collection is not a list")
        if len(items) > self.MAXIMUM:
            raise StepFailed(element=self.node.id, reason=f"more than {self.MAXIMUM} items")
        return items

    def _start(self, token: Token, index: int) -> None:
        spec = token.workflow.spec.task_specs[self.instance]
        child = token._add_child(spec)
        child.facts["index"] = index
        child.data = {**token.data, "loopCounter": index + 1}
        if self.node.loop is not None and self.node.loop.element:
            child.data[self.node.loop.element] = token.facts["items"][index]
        spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        if token._state != STARTED:
            return
        token.facts["done"] += 1
        index = child.facts["index"]
        if not self.output.is_empty:
            seen = {**child.data, **child.facts.get("inside", {})}
            value = child.workflow.script_engine.evaluate(child, self.output, seen)
            token.facts["results"][str(index)] = value
        else:
            self._merge(token, child)
        if self._enough(token, child):
            self._withdraw_rest(token)
        elif self._sequential:
            self._start(token, index + 1)
            return
        else:
            return
        self._close(token)
        token._ready()

    def _enough(self, token: Token, child: Token) -> bool:
        if token.facts["done"] >= len(token.facts["items"]):
            return True
        if self.condition is None:
            return False
        host = token.workflow.top_workflow.host
        seen = {**child.data, **child.facts.get("inside", {})}
        if host.behaviour >= AS_WRITTEN:
            seen.update(
                counters(len(token.facts["items"]), token.facts["done"], self._active(token))
            )
        value = token.workflow.script_engine.evaluate(child, self.condition, seen)
        return Given(self.node, "completionCondition", value, host.strict).truth()

    def _active(self, token: Token) -> int:
        return sum(c.is_live and c.task_spec.name == self.instance for c in token.children)

    def _merge(self, token: Token, child: Token) -> None:
        """Without an output collection, what the instances changed comes back, if they agree."""
        local = {"loopCounter", self.node.loop.element if self.node.loop else ""}
        before = token.parent.data
        for name, value in child.data.items():
            if name in local or (name in before and before[name] == value):
                continue
            if name in token.data and token.data[name] not in (value, before.get(name)):
                raise conflict(child, name, token.data[name], value)
            token.data[name] = value

    def _withdraw_rest(self, token: Token) -> None:
        for child in token.children:
            if child.is_live and child.task_spec.name == self.instance:
                withdraw(child)

    def _close(self, token: Token) -> bool:
        loop = self.node.loop
        if loop is not None and loop.output_collection:
            results = token.facts["results"]
            token.data[loop.output_collection] = [
                results.get(str(index)) for index in range(len(token.facts["items"]))
            ]
        return True

    def withdrawn(self, token: Token) -> None:
        self._withdraw_rest(token)
