"""Diagrams: reading a BPMN file, checking it, running it. No input or output.

Rules
-----
* Values in, values out: no database, no file, no clock, no HTTP. Whoever runs a case lends it time,
  expressions, decisions and a record (`running/host.py`); the rooms above write down what changed.
* Uses `ground`, `feel` and `dmn`. Only `running/` and `reading/schema` import SpiffWorkflow, and
  no type of it leaves this room except through `running.execution.Execution`.
* What a file says is either done as BPMN 2.0.2 means it or refused by name; nothing is ignored.

Theory of operation
-------------------
A file becomes a running case in five steps::

    bytes -> tree        reading/source      no DOCTYPE, no entities, limits of size and depth
    tree  -> model       reading/dialect     Camunda 8's extensions, then Camunda 7's: plain values
    model -> findings    lint/               rules over tree and model; errors stop a deployment
    model -> model       desugar             event subprocesses and links, put in other terms
    model -> specs       running/compile     SpiffWorkflow specs, shared by all cases of a version

The specs in `running/specs/` subclass SpiffWorkflow's. A token is a SpiffWorkflow task, and its
life is told in that library's states::

    FUTURE -> READY -> COMPLETED                 a node that needs nobody
    FUTURE -> WAITING -> READY -> COMPLETED      timers, messages, joins, conditions
    FUTURE -> READY or STARTED -> COMPLETED      user tasks and jobs: somebody else completes them
    any of these -> CANCELLED                    the token is withdrawn

An act (a task is completed, a timer fires, a message comes) changes one token. Then the case is run
to rest: SpiffWorkflow's `do_engine_steps` completes what is ready until only people, timers,
messages and jobs are waited for, with a limit on the number of steps. FEEL stands where that
library keeps its script engine: a condition, a timer or a mapping is an expression compiled when
the file was deployed, never Python.

Tasks are made for tokens that exist; none are predicted. So a state is as large as what is going
on: finished branches are cut off when it is stored (`running/state.py`), and the five hundredth
round of a loop costs what the fifth did. Variables belong to a branch, and where branches meet they
are merged three ways from where they parted; two different changes of one variable are refused. Ids
of tokens follow from the case's id and a counter, so the same acts give the same bytes.

What a diagram allows as a whole is found without running it, by a marking game over the model: how
many tokens can stand where. It serves soundness (`lint/soundness.py`), the paths of `samnuan lint
--paths`, and conformance, which aligns the recorded events of a case with what the diagram allows.
"""
