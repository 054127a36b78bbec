"""BPMN's token game, written from the text of the standard (BPMN 2.0.2, chapter 13) for the tests
alone: it knows flows and tokens and nothing of the engine it judges."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.support import drawing


@dataclass
class Net:
    """Nodes with their kinds, and flows with what must hold for a token to take them."""

    kinds: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str, str]] = field(default_factory=list)  # source, target, guard
    inner: dict[str, Net] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)  # boundary event -> its activity
    undone_by: dict[str, str] = field(default_factory=dict)  # activity -> the one that undoes it
    handlers: list[str] = field(default_factory=list)  # event subprocesses

    def into(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[1] == node]

    def out(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[0] == node]


INSTANCES = 2  # of a multi-instance task
ROUNDS = 2  # of a standard loop
PARTS = 2  # triggers of a multiple event


class Game:
    """Plays a net: `open` are the tasks that wait for a person, `awaited` the events that wait
    for a message, `visits` counts every entry, `facts` are the variables."""

    def __init__(self, net: Net, facts: dict[str, int], around: Game | None = None) -> None:
        self.net, self.facts = net, facts
        self.around = around  # the scope whose event subprocess this one is
        self.done: list[Done] = []  # what was completed here and can be undone, in that order
        self.undoing: dict[str, list[tuple[str, str]]] = {}  # who asks -> what is left to undo
        self.rounds: Counter[str] = Counter()
        self.watching: list[str] = []  # events that wait for a condition
        self.tokens: Counter[int] = Counter()
        self.open: Counter[str] = Counter()
        self.awaited: dict[str, str] = {}  # event -> the gateway or activity it depends on, or ""
        self.visits: Counter[str] = Counter()
        self.running: list[tuple[str, Game]] = []
        (start,) = [node for node, kind in net.kinds.items() if kind == "start"]
        for handler in net.handlers:
            self.awaited[_trigger(net, handler)] = ""
        self._run(start)
        self.settle()

    # ── what can happen from outside ───────────────────────────────────────────────────────

    def finish(self, task: str) -> None:
        """A person completes a task."""
        if self.open[task]:
            self.open[task] -= 1
            if self.net.kinds.get(task) == "user":
                self.facts[f"v_{task}"] += 1
            self._finished(task)
        else:
            next(g for _, g in self.running if task in g.all_open()).finish(task)
        self.settle()

    def _finished(self, task: str) -> None:
        asking = [who for who, left in self.undoing.items() if left and left[0][1] == task]
        if asking:
            self.undoing[asking[0]].pop(0)
            self._undo_next(asking[0])
            return
        kind = self.net.kinds[task]
        if kind == "again" and self.rounds[task] + 1 < ROUNDS:
            self.rounds[task] += 1
            self.open[task] += 1
            self.visits[task] += 1
            return
        self.rounds[task] = 0
        # Two tokens may be in it at once; the instances of the first one are finished first.
        if kind != "each" or self.open[task] % INSTANCES == 0:
            self._completed(task)

    def _completed(self, activity: str, inside: list[Done] | None = None) -> None:
        """An activity is completed: from now on it can be undone."""
        if activity in self.net.undone_by:
            self.done.append((activity, None))
        elif inside:
            self.done.append((activity, inside))
        self._release(activity)
        self._leave(activity)

    def message(self, event: str) -> None:
        """The message that an event waits for comes."""
        whole = event.rpartition("_")[0]
        if event not in self.awaited:
            next(g for _, g in self.running if event in g.all_awaited()).message(event)
        elif event in (_trigger(self.net, handler) for handler in self.net.handlers):
            handler = next(h for h in self.net.handlers if _trigger(self.net, h) == event)
            if self.net.kinds[handler] == "handler":
                self._stop_all()
            self._run(handler)
        elif self.net.kinds.get(whole) in ("any", "all"):
            del self.awaited[event]
            others = [e for e in self.awaited if e.rpartition("_")[0] == whole]
            if self.net.kinds[whole] == "any":
                for other in others:
                    del self.awaited[other]
            if self.net.kinds[whole] == "any" or not others:
                self._leave(whole)
        elif self.net.kinds[event] == "beside":
            self.visits[event] += 1
            self._leave(event)
        elif self.net.kinds[event] == "instead":
            activity = self.net.attached[event]
            self._interrupt(activity)
            self.visits[event] += 1
            self._leave(event)
        else:
            gateway = self.awaited.pop(event)
            for other in [e for e, g in self.awaited.items() if gateway and g == gateway]:
                del self.awaited[other]
            self._leave(event)
        self.settle()

    def all_open(self) -> list[str]:
        mine = list(self.open.elements())
        return sorted(mine + [task for _, game in self.running for task in game.all_open()])

    def all_awaited(self) -> list[str]:
        mine = list(self.awaited)
        return sorted(mine + [event for _, game in self.running for event in game.all_awaited()])

    @property
    def over(self) -> bool:
        return self._idle and not self.running

    @property
    def _idle(self) -> bool:
        """Whether nothing goes on here but, perhaps, event subprocesses."""
        aside = ["instead", "beside"]
        heard = [_trigger(self.net, handler) for handler in self.net.handlers]
        catching = [e for e in self.awaited if self.net.kinds.get(e) not in aside]
        own = [name for name, _ in self.running if name not in self.net.handlers]
        busy = own or set(catching) - set(heard) or self.undoing or self.watching
        return not (+self.tokens or +self.open or busy)

    # ── what follows by itself ─────────────────────────────────────────────────────────────

    def settle(self) -> None:
        while self._step() or self._inclusive() or self._close() or self._notice():
            pass
        if self._idle:  # the scope is completing: no other event subprocess is begun (13.3.2)
            for handler in self.net.handlers:
                self.awaited.pop(_trigger(self.net, handler), None)

    def _notice(self) -> bool:
        """An event that waits for a condition sees that it holds."""
        for event in self.watching:
            if self.holds(f"{self.net.attached[event]} > 0"):
                self.watching.remove(event)
                self._leave(event)
                return True
        before = sum(len(game.watching) for _, game in self.running)
        for _, game in self.running:
            game.settle()
        return sum(len(game.watching) for _, game in self.running) != before

    def _stop_all(self) -> None:
        """An interrupting event subprocess, or a cancellation, ends what its scope is doing."""
        for _, game in self.running:
            self.visits += game.whole_visits()
        self.tokens, self.open, self.awaited = Counter(), Counter(), {}
        self.running, self.undoing, self.watching = [], {}, []

    # ── compensation: what was completed is undone, the last first (10.7) ────────────────────

    def _ask(self, who: str) -> None:
        """A throw event: it takes all that was completed until now, and waits."""
        games = [self]
        while games[-1].around is not None:
            games.append(games[-1].around)
        self.undoing[who] = [step for game in games for step in _steps(game.net, game.done)]
        for game in games:
            game.done = []
        self._undo_next(who)

    def _undo_next(self, who: str) -> None:
        if self.undoing[who]:
            event, task = self.undoing[who][0]
            self.visits[event] += 1
            self.visits[task] += 1
            self.open[task] += 1
            return
        del self.undoing[who]
        if self.net.kinds[who] == "cancel":
            self.cancelled = True
        else:
            self._leave(who)

    cancelled = False

    def _interrupt(self, activity: str) -> None:
        self.open[activity] = 0
        for pair in [pair for pair in self.running if pair[0] == activity]:
            self.running.remove(pair)
            self.visits += pair[1].whole_visits()
        self._release(activity)

    def whole_visits(self) -> Counter[str]:
        return sum((game.whole_visits() for _, game in self.running), Counter(self.visits))

    def _release(self, activity: str) -> None:
        """The events that watched over an activity watch no more."""
        for event, watched in self.net.attached.items():
            if watched == activity:
                self.awaited.pop(event, None)

    def holds(self, guard: str) -> bool:
        if not guard:
            return True
        name, sign, value = guard.split()
        if sign == ">":
            return self.facts[name] > int(value)
        return self.facts[name] < int(value) if sign == "<" else self.facts[name] == int(value)

    def _step(self) -> bool:
        for index in list(+self.tokens):
            node = self.net.flows[index][1]
            kind = self.net.kinds[node]
            if kind == "and":
                if all(self.tokens[i] for i in self.net.into(node)):
                    for i in self.net.into(node):
                        self.tokens[i] -= 1
                    self._run(node)
                    return True
            elif kind != "or" or len(self.net.into(node)) == 1:
                self.tokens[index] -= 1
                self._run(node)
                return True
        return False

    def _inclusive(self) -> bool:
        for node, kind in self.net.kinds.items():
            entries = self.net.into(node)
            full = [i for i in entries if self.tokens[i]]
            empty = [i for i in entries if not self.tokens[i]]
            if kind != "or" or len(entries) < 2 or not full:
                continue
            if not any(self._could_come(place, node, full, empty) for place in self._places()):
                for i in full:
                    self.tokens[i] -= 1
                self._run(node)
                return True
        return False

    def _places(self) -> list[str]:
        """The nodes that tokens stand before or in; a watching boundary event holds none."""
        before = [self.net.flows[i][1] for i in +self.tokens]
        caught = [event for event in self.awaited if self.net.kinds.get(event) == "catch"]
        whole = [event.rpartition("_")[0] for event in self.awaited]
        caught += [event for event in whole if self.net.kinds.get(event) in ("any", "all")]
        busy = [*self.undoing, *self.watching, *(name for name, _ in self.running)]
        return before + list(+self.open) + caught + busy

    def _could_come(self, place: str, join: str, full: list[int], empty: list[int]) -> bool:
        if place == join:
            return False
        reach = self._reachable(place, join)
        return any(self.net.flows[i][0] in reach for i in empty) and not any(
            self.net.flows[i][0] in reach for i in full
        )

    def _reachable(self, node: str, stop: str) -> set[str]:
        found: set[str] = set()
        pending = [node]
        while pending:
            current = pending.pop()
            if current not in found and current != stop:
                found.add(current)
                pending += [self.net.flows[i][1] for i in self.net.out(current)]
                pending += [e for e, activity in self.net.attached.items() if activity == current]
        return found

    def _close(self) -> bool:
        for pair in self.running:
            name, game = pair
            if game.cancelled:
                self._interrupt(name)
                event = f"{name}x"
                self.visits[event] += 1
                self._leave(event)
                return True
            if game.over:
                self.running.remove(pair)
                self.visits += game.visits
                self._completed(name, game.done)
                return True
        return False

    def _run(self, node: str, gateway: str = "") -> None:
        kind = self.net.kinds[node]
        self.visits[node] += INSTANCES if kind == "each" else 1
        for event, activity in self.net.attached.items():
            if activity == node:
                self.awaited[event] = node
        if kind in ("user", "each", "again", "plain"):
            self.open[node] += INSTANCES if kind == "each" else 1
        elif kind in ("any", "all"):
            self.awaited.update({f"{node}_{part}": gateway for part in range(1, PARTS + 1)})
        elif kind == "when":
            self.watching.append(node)
        elif kind == "undo":
            self._ask(node)
        elif kind == "cancel":
            done = self.done
            self._stop_all()
            self.done = done
            self._ask(node)
        elif kind == "catch":
            self.awaited[node] = gateway
        elif kind in ("sub", "call", "tx", "handler", "aside"):
            around = self if kind in ("handler", "aside") else None
            self.running.append((node, Game(self.net.inner[node], self.facts, around)))
        elif kind == "race":
            for i in self.net.out(node):
                self._run(self.net.flows[i][1], node)
        else:
            if kind == "count":
                self.facts[f"n_{node}"] += 1
            self._leave(node)

    def _leave(self, node: str) -> None:
        ways = self.net.out(node)
        kind = self.net.kinds[node]
        if kind == "xor" and len(ways) > 1:
            ways = [next(i for i in ways if self.holds(self.net.flows[i][2]))]
        elif kind == "or" and len(ways) > 1:
            ways = [i for i in ways if self.holds(self.net.flows[i][2])]
        for i in ways:
            self.tokens[i] += 1


Done = tuple[str, "list[Done] | None"]


def _steps(net: Net, done: list[Done]) -> list[tuple[str, str]]:
    """The compensation events and activities in the order in which they happen."""
    found: list[tuple[str, str]] = []
    for activity, inside in reversed(done):
        if inside is None:
            found.append((f"undo_{activity}", net.undone_by[activity]))
        else:
            found += _steps(net.inner[activity], inside)
    return found


def _trigger(net: Net, handler: str) -> str:
    """The start event of an event subprocess, for whose message it listens."""
    return next(node for node, kind in net.inner[handler].kinds.items() if kind == "start")


class Generator:
    """Draws random well-formed processes: sequences, choices, parallel and inclusive blocks, loops,
    subprocesses, called processes, several instances, messages that are caught, race each other or
    interrupt, all inside each other."""

    BLOCKS = (
        "seq seq xor and or loop sub call user each catch race watched again any every when "
        "undoable undo tx handled"
    ).split()

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.facts: dict[str, int] = {}

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def net(self, depth: int) -> Net:
        net = Net()
        start, end = self.name("s"), self.name("e")
        net.kinds[start] = "start"
        first, last = self.block(net, depth)
        net.kinds[end] = "end"
        net.flows += [(start, first, ""), (last, end, "")]
        return net

    def block(self, net: Net, depth: int) -> tuple[str, str]:
        kinds = ["user"] if depth <= 0 else self.BLOCKS
        return getattr(self, "_" + self.random.choice(kinds))(net, depth)  # type: ignore[no-any-return]

    def _user(self, net: Net, depth: int) -> tuple[str, str]:
        task = self.name("t")
        net.kinds[task] = "user"
        self.facts[f"v_{task}"] = 0
        return task, task

    def _each(self, net: Net, depth: int) -> tuple[str, str]:
        task = self.name("t")
        net.kinds[task] = "each"
        return task, task

    def _catch(self, net: Net, depth: int) -> tuple[str, str]:
        event = self.name("m")
        net.kinds[event] = "catch"
        return event, event

    def _race(self, net: Net, depth: int) -> tuple[str, str]:
        """Two messages race; whichever comes first decides what is done."""
        gateway, join = self.name("g"), self.name("g")
        net.kinds[gateway], net.kinds[join] = "race", "xor"
        for _ in range(2):
            event, _ = self._catch(net, depth)
            first, last = self.block(net, depth - 1)
            net.flows += [(gateway, event, ""), (event, first, ""), (last, join, "")]
        return gateway, join

    def _watched(self, net: Net, depth: int) -> tuple[str, str]:
        """A message interrupts an activity, or has something done beside it."""
        activity, _ = (
            self._sub(net, depth) if self.random.random() < 0.5 else self._user(net, depth)
        )
        join = self.name("g")
        net.kinds[join] = "xor"
        instead, beside = self.name("b"), self.name("b")
        net.kinds[instead], net.kinds[beside] = "instead", "beside"
        net.attached.update({instead: activity, beside: activity})
        first, last = self.block(net, depth - 1)
        task, end = self.name("h"), self.name("e")
        net.kinds[task], net.kinds[end] = "each", "end"
        net.flows += [(activity, join, ""), (instead, first, ""), (last, join, "")]
        net.flows += [(beside, task, ""), (task, end, "")]
        return activity, join

    def _seq(self, net: Net, depth: int) -> tuple[str, str]:
        first, middle = self.block(net, depth - 1)
        after, last = self.block(net, depth - 1)
        net.flows.append((middle, after, ""))
        return first, last

    def _split(self, net: Net, depth: int, kind: str, guards: list[str]) -> tuple[str, str]:
        fork, join = self.name("g"), self.name("g")
        net.kinds[fork] = net.kinds[join] = kind
        for guard in guards:
            first, last = self.block(net, depth - 1)
            net.flows += [(fork, first, guard), (last, join, "")]
        return fork, join

    def _xor(self, net: Net, depth: int) -> tuple[str, str]:
        fact = self.name("x")
        ways = self.random.randint(2, 3)
        self.facts[fact] = self.random.randrange(ways)
        return self._split(net, depth, "xor", [f"{fact} = {i}" for i in range(ways)])

    def _and(self, net: Net, depth: int) -> tuple[str, str]:
        return self._split(net, depth, "and", [""] * self.random.randint(2, 3))

    def _or(self, net: Net, depth: int) -> tuple[str, str]:
        facts = [self.name("o") for _ in range(self.random.randint(2, 3))]
        for fact in facts:
            self.facts[fact] = self.random.randrange(2)
        self.facts[facts[0]] = 1
        return self._split(net, depth, "or", [f"{fact} = 1" for fact in facts])

    def _loop(self, net: Net, depth: int) -> tuple[str, str]:
        again, count, enough = self.name("g"), self.name("c"), self.name("g")
        net.kinds[again] = net.kinds[enough] = "xor"
        net.kinds[count] = "count"
        self.facts[f"n_{count}"] = 0
        rounds = self.random.randint(2, 3)
        out = self.name("g")
        net.kinds[out] = "xor"
        first, last = self.block(net, depth - 1)
        net.flows += [
            (again, first, ""),
            (last, count, ""),
            (count, enough, ""),
            # nested loops count on, so "not yet" is a comparison and "enough" is the other flow
            (enough, again, f"n_{count} < {rounds}"),
            (enough, out, ""),
        ]
        return again, out

    def _sub(self, net: Net, depth: int) -> tuple[str, str]:
        return self._inside(net, depth, "sub")

    def _call(self, net: Net, depth: int) -> tuple[str, str]:
        return self._inside(net, depth, "call")

    def _again(self, net: Net, depth: int) -> tuple[str, str]:
        task = self.name("t")
        net.kinds[task] = "again"
        return task, task

    def _any(self, net: Net, depth: int) -> tuple[str, str]:
        event = self.name("m")
        net.kinds[event] = "any"
        return event, event

    def _every(self, net: Net, depth: int) -> tuple[str, str]:
        event = self.name("m")
        net.kinds[event] = "all"
        return event, event

    def _when(self, net: Net, depth: int) -> tuple[str, str]:
        """One branch waits until the task of the other one has been done."""
        fork, join, event = self.name("g"), self.name("g"), self.name("w")
        net.kinds[fork] = net.kinds[join] = "and"
        net.kinds[event] = "when"
        task, _ = self._user(net, depth)
        net.attached[event] = f"v_{task}"  # what it looks at
        first, last = self.block(net, depth - 1)
        net.flows += [(fork, task, ""), (task, join, ""), (fork, event, "")]
        net.flows += [(event, first, ""), (last, join, "")]
        return fork, join

    def _undoable(self, net: Net, depth: int) -> tuple[str, str]:
        task = self.name("t")
        undoer = self.name("r")
        net.kinds[task], net.kinds[undoer] = "plain", "plain"
        net.undone_by[task] = undoer
        return task, task

    def _undo(self, net: Net, depth: int) -> tuple[str, str]:
        """Something that can be undone, more work, and a compensation of the whole scope."""
        first, _ = self._undoable(net, depth)
        middle, last = self.block(net, depth - 1)
        event = self.name("k")
        net.kinds[event] = "undo"
        net.flows += [(first, middle, ""), (last, event, "")]
        return first, event

    def _tx(self, net: Net, depth: int) -> tuple[str, str]:
        """A transaction that is cancelled, or not, after something that can be undone."""
        name, join, fact = self.name("p"), self.name("g"), self.name("x")
        self.facts[fact] = self.random.randrange(2)
        inner = Net()
        start, choice, no, yes = (self.name(kind) for kind in "sgke")
        inner.kinds.update({start: "start", choice: "xor", no: "cancel", yes: "end"})
        task, _ = self._undoable(inner, depth)
        first, last = self.block(inner, depth - 1)
        inner.flows += [(start, task, ""), (task, first, ""), (last, choice, "")]
        inner.flows += [(choice, no, f"{fact} = 0"), (choice, yes, f"{fact} = 1")]
        net.kinds[name], net.kinds[join], net.inner[name] = "tx", "xor", inner
        cancelled = f"{name}x"
        net.kinds[cancelled] = "cancelled"
        sorry, _ = self._each(net, depth)
        net.flows += [(name, join, ""), (cancelled, sorry, ""), (sorry, join, "")]
        return name, join

    def _handled(self, net: Net, depth: int) -> tuple[str, str]:
        """A subprocess with event subprocesses: one beside it, one instead that may undo it."""
        name, _ = self._sub(net, depth)
        inner = net.inner[name]
        for kind in ("aside", "handler"):
            handler = self.name("h")
            body = Net()
            start, end = self.name("s"), self.name("e")
            body.kinds.update({start: "start", end: "end"})
            task, _ = self._each(body, depth)
            before = task
            if kind == "handler" and self.random.random() < 0.5:
                before = self.name("k")
                body.kinds[before] = "undo"
                body.flows.append((task, before, ""))
            body.flows += [(start, task, ""), (before, end, "")]
            inner.kinds[handler], inner.inner[handler] = kind, body
            inner.handlers.append(handler)
        return name, name

    def _inside(self, net: Net, depth: int, kind: str) -> tuple[str, str]:
        name = self.name("p")
        net.kinds[name] = kind
        net.inner[name] = self.net(depth - 1)
        return name, name


TAGS = {"xor": "exclusive", "and": "parallel", "or": "inclusive", "race": "eventBased"}
EACH = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


def files(net: Net) -> list[bytes]:
    """The net as a BPMN file, and a file for each process that it calls."""
    return [drawing.diagram(*draw(net), roots=_messages(net)), *_called(net)]


def _called(net: Net) -> list[bytes]:
    found = []
    for name, inner in net.inner.items():
        if net.kinds[name] == "call":
            roots = _messages(inner)
            found.append(drawing.diagram(*draw(inner), id=f"process_{name}", roots=roots))
        found += _called(inner)
    return found


def _messages(net: Net) -> str:
    """Every event's own message, also of the subprocesses drawn inside."""
    own = [n for n, k in net.kinds.items() if k in ("catch", "instead", "beside")]
    own += [part for n, k in net.kinds.items() if k in ("any", "all") for part in _parts(n)]
    own += [_trigger(net, handler) for handler in net.handlers]
    inside = [inner for name, inner in net.inner.items() if net.kinds[name] != "call"]
    return "".join(map(drawing.root_message, map("msg_{}".format, own))) + "".join(
        map(_messages, inside)
    )


def _parts(node: str) -> list[str]:
    return [f"{node}_{part}" for part in range(1, PARTS + 1)]


def draw(net: Net) -> list[str]:
    """The net as parts of a process."""
    parts = []
    flows = {}
    for index, (source, target, guard) in enumerate(net.flows):
        identifier = f"f_{source}_{index}"
        choice = net.kinds[source] == "xor" and len(net.out(source)) > 1
        last = choice and index == net.out(source)[-1]
        condition = f"={guard}" if guard and not last else ""
        flows[identifier] = drawing.flow(source, target, condition, id=identifier)
        if last:
            flows[f"default of {source}"] = identifier
    for node, kind in net.kinds.items():
        parts.append(_shape(net, node, kind, flows.get(f"default of {node}", "")))
    parts += [drawing.undone(task, undoer) for task, undoer in net.undone_by.items()]
    return parts + [flow for name, flow in flows.items() if not name.startswith("default")]


def _shape(net: Net, node: str, kind: str, default: str) -> str:
    message = drawing.message(f"msg_{node}")
    several = "".join(drawing.message(f"msg_{part}") for part in _parts(node))
    undoes = {"isForCompensation": "true"} if node in net.undone_by.values() else {}
    shapes = {
        "start": lambda: drawing.start(node),
        "plain": lambda: drawing.marked(drawing.user(node), **undoes),
        "again": lambda: drawing.marked(
            drawing.user(node), drawing.standard_loop(loopMaximum=str(ROUNDS))
        ),
        "any": lambda: drawing.catch(node, several),
        "all": lambda: drawing.marked(drawing.catch(node, several), parallelMultiple="true"),
        "when": lambda: drawing.catch(node, drawing.conditional(f"={net.attached[node]} > 0")),
        "undo": lambda: drawing.throw(node, drawing.compensate()),
        "cancel": lambda: drawing.end(node, drawing.CANCEL),
        "cancelled": lambda: drawing.boundary(node, node.removesuffix("x"), drawing.CANCEL),
        "tx": lambda: drawing.el("transaction", node, "".join(draw(net.inner[node]))),
        "handler": lambda: _listening(node, net.inner[node], interrupting=True),
        "aside": lambda: _listening(node, net.inner[node], interrupting=False),
        "end": lambda: drawing.end(node),
        "user": lambda: drawing.user(node),
        "each": lambda: drawing.user(node).replace("</bpmn:userTask>", f"{EACH}</bpmn:userTask>"),
        "count": lambda: drawing.script(node, f"=n_{node} + 1", f"n_{node}"),
        "sub": lambda: drawing.sub(node, *draw(net.inner[node])),
        "call": lambda: drawing.call(node, f"process_{node}"),
        "catch": lambda: drawing.catch(node, message),
        "instead": lambda: drawing.boundary(node, net.attached[node], message),
        "beside": lambda: drawing.boundary(node, net.attached[node], message, interrupting=False),
    }
    if kind in shapes:
        return shapes[kind]()
    return drawing.gateway(TAGS[kind], node, default)


def _listening(node: str, inner: Net, *, interrupting: bool) -> str:
    """An event subprocess that a message starts."""
    first = next(name for name, kind in inner.kinds.items() if kind == "start")
    flag = "true" if interrupting else "false"
    start = drawing.start(first, drawing.message(f"msg_{first}"), isInterrupting=flag)
    others = [part for part in draw(inner) if not part.startswith("<bpmn:startEvent")]
    return drawing.sub(node, start, *others, event=True)
