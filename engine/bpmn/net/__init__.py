"""The token game of BPMN 2.0.2 (chapter 13) over the plain model: one for all who read diagrams.

**Inside.** `marking`: tokens, transitions, and the firing of one. `places`: the scopes of a process
inside each other. `nodes`: what each node does. `net`: all moves from a marking. `explore`: all
markings that can be reached.

**Rules.** Pure: values in, values out; no database, no clock, nothing of the engine that runs a
case. Two read the same net: soundness and `samnuan lint --paths` explore it, conformance aligns a
record with it. Written from the standard, apart from `engine/bpmn/running` and from the game that
judges the tests: none of the three is taken from another, or a mistake would be its own judge.

**Theory of operation.** A process is desugared first: links are flows, an event subprocess hangs as
a boundary event on a body that was put around its scope, and an event that throws several things is
a chain of events that throw one each.

A *marking* is a sorted tuple of (token, how many). A token stands in a scope, which is named by the
way to it: `complaint/clarify/urge`. What a call activity calls is the scope inside of it.

| kind    | name    | the token stands                                                         |
|---------|---------|--------------------------------------------------------------------------|
| entry   | –       | before the start of its scope                                            |
| flow    | flow    | on a sequence flow                                                       |
| pick    | gateway | behind an exclusive gateway, on one flow that the record will tell       |
| may     | flow    | on a flow that was perhaps chosen: nothing is owed for it                |
| at      | node    | in a node that takes time; those of a subprocess's body stand beside it  |
| each    | node    | in an activity that is done for each item or round, an `at` for each     |
| enough  | node    | beside an `each`, one of which is done: its condition may end the rest  |
| thrown  | event   | before a boundary event that has caught what was thrown inside           |
| undoing | event   | in an event that compensates: what it undoes may be entered              |
| undo    | node    | in a node that undoes, or whose inside is being undone                   |

A *transition* takes tokens and gives others. It may also withdraw tokens (the other events of an
event-based gateway), empty a scope with all inside (whatever interrupts or terminates), or need
that a scope is idle (the end of a subprocess). `shows` is what a history writes of it. A *move* is
one transition that fired: from one marking to another.

| a token comes to              | and then                                                         |
|-------------------------------|------------------------------------------------------------------|
| exclusive gateway             | goes on by one flow                                              |
| parallel gateway              | waits for a token on each incoming flow; goes on by all flows    |
| inclusive gateway             | waits while a token can reach an empty incoming flow and none    |
|                               | where one waits (table 13.3); then any of its flows, or default  |
| event-based gateway           | awaits all events; the first withdraws the others                |
| task, event that waits        | is `at` it until it is left                                      |
| subprocess, call activity     | is `at` it and at the entry of its body; left when that is idle  |
| … with a boundary event       | the event happens at any time; an escalation, a cancel, and an   |
|                               | error where no job can raise it, only if it is thrown inside.    |
|                               | Interrupting, it empties the body, an event subprocess all of    |
|                               | the scope it stands in                                           |
| multi-instance, standard loop | any number of times; its boundary events hang on the whole; one  |
|                               | with a completion condition may be over after any of them        |
| end event                     | is gone; terminate empties the scope, event subprocesses with it |
| error, escalation             | goes to the nearest boundary event outwards that takes it, the   |
|                               | exact code first; if none does, an error ends all                |
| compensation                  | `undoing`: what it undoes can be entered until it leaves         |
| cancel                        | empties the transaction; what it undoes can be entered until its |
|                               | boundary event goes on                                           |
| any other                     | goes on by all flows without condition and any of those with one |
|                               | or by the default flow                                           |

Conditions are left open: whether a decision led where the case went is proved by a replay.

Choices are made *late* for a record (pick, may, each: what comes next tells) and *early* to explore
(a transition for each combination; an activity is done once, whatever its loop says; what a call
activity calls is checked by itself). Nothing else differs between the two.
"""

from engine.bpmn.net.explore import Board, Step, explore
from engine.bpmn.net.marking import ENTERED, LEFT, NOWHERE, Firing, Marking, Symbol, Token
from engine.bpmn.net.net import Net
from engine.bpmn.net.places import lasts

__all__ = [
    "ENTERED",
    "LEFT",
    "NOWHERE",
    "Board",
    "Firing",
    "Marking",
    "Net",
    "Step",
    "Symbol",
    "Token",
    "explore",
    "lasts",
]
