"""FEEL as SpiffWorkflow's script engine: whatever the library has evaluated goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.bpmn.slots import Slot


class FeelScriptEngine(PythonScriptEngine):
    """Conditions, scripts and services of a running case, in FEEL; no Python is ever evaluated.

    An `external_context` is all that the expression sees, where one is given: the variables inside
    an activity, or those of the whole case.
    """

    def __init__(self) -> None:
        # The base class of the environments refuses whatever it is asked to evaluate.
        super().__init__(environment=BasePythonScriptEngineEnvironment())

    def validate(self, expression: Slot) -> None:
        """A slot was compiled with its definition: what cannot be read was refused there."""

    def evaluate(
        self, task: Any, expression: Slot, external_context: Mapping[str, Any] | None = None
    ) -> Any:
        if expression.expression is None:
            return expression.text or None
        host = task.workflow.top_workflow.host
        # Of its own accord the library gives the data objects of the workflow, and there are none.
        return host.evaluate(expression, external_context or task.data, task.task_spec.node)

    def execute(
        self, task: Any, script: Slot, external_context: Mapping[str, Any] | None = None
    ) -> bool:
        value = self.evaluate(task, script, external_context or task.task_spec.local(task))
        task.task_spec.accept(task, value)
        return True

    def call_service(self, task: Any, **_kwargs: Any) -> None:
        """The service is a job: the task stays started until it is carried out."""
        task.workflow.top_workflow.host.job_opened(task)
