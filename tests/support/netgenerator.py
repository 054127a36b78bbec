"""Random processes for the tests: well-formed ones of every construct, and their next versions."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator

from tests.support.tokengame import Maps, Net


class Generator:
    """Draws random well-formed processes: sequences, choices, parallel and inclusive blocks, loops,
    subprocesses, called processes, several instances, jobs that succeed or fail, messages and
    timers that are caught, race each other or interrupt, escalations, signals and errors that
    interrupt the scope they are thrown in, conditions that hold on entry or come to hold, work that
    is being undone when its scope is interrupted, mappings, tasks that are repeated until it is
    enough, all inside each other. Some steps have ids that SpiffWorkflow keeps for itself."""

    BLOCKS = (
        "seq seq xor and or loop sub call user each catch race watched again any every when "
        "undoable undo tx handled job risky wait timed ask alarm mapped scoped enough noticed "
        "alert fragile halted failing"
    ).split()

    GROUPS = (
        ("user",),
        ("job", "risky"),
        ("wait", "timed"),
        ("catch", "race", "watched"),
        ("loop", "again"),
        ("and", "or"),
        ("sub", "call", "undo", "tx", "handled", "when", "any", "every"),
        ("alarm", "failing", "halted"),
        ("mapped", "scoped", "enough"),
        ("noticed", "alert", "fragile"),
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.facts: dict[str, int] = {}
        self.reserved = ["Start", "End", "Root"]

    def name(self, kind: str) -> str:
        self.count += 1
        if self.reserved and self.random.random() < RESERVED:
            return self.reserved.pop()
        return f"{kind}{self.count}"

    def net(self, depth: int) -> Net:
        net = Net()
        start, end = self.name("s"), self.name("e")
        net.kinds[start] = "start"
        first, last = self.block(net, depth)
        net.kinds[end] = "end"
        net.flows += [(start, first, ""), (last, end, "")]
        return net

    def everything(self, depth: int) -> Net:
        """A process that has something of every group, in any order, with anything inside."""
        net = Net()
        start, end = self.name("s"), self.name("e")
        net.kinds[start] = "start"
        last = start
        for kinds in self.random.sample(self.GROUPS, len(self.GROUPS)):
            first, after = self._of(self.random.choice(kinds), net, depth)
            net.flows.append((last, first, ""))
            last = after
        net.kinds[end] = "end"
        net.flows.append((last, end, ""))
        return net

    def block(self, net: Net, depth: int) -> tuple[str, str]:
        kinds = ["user"] if depth <= 0 else self.BLOCKS
        return self._of(self.random.choice(kinds), net, depth)

    def _of(self, kind: str, net: Net, depth: int) -> tuple[str, str]:
        return getattr(self, f"_{kind}")(net, depth)  # type: ignore[no-any-return]

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
        self._may_bring(net, event)
        return event, event

    def _may_bring(self, net: Net, event: str) -> None:
        """Some messages say something, which comes in as it is or through outputs."""
        if self.random.random() < 0.3:
            net.brings.add(event)
        said = f"p_{event}" if event in net.brings else ""
        if self.random.random() < 0.3:
            target = f"o_{event}"
            net.maps[event] = Maps([], [(target, (said, 5)), (target, (target, 1))])

    def _wait(self, net: Net, depth: int) -> tuple[str, str]:
        timer = self.name("z")
        net.kinds[timer] = "wait"
        net.days[timer] = self.random.randint(1, 9)
        return timer, timer

    def _job(self, net: Net, depth: int) -> tuple[str, str]:
        job = self.name("j")
        net.kinds[job] = "job"
        self.facts[f"v_{job}"] = 0
        return job, job

    def _risky(self, net: Net, depth: int) -> tuple[str, str]:
        """A job that may end in a business error, which leads another way."""
        job, _ = self._job(net, depth)
        join = self.name("g")
        net.kinds[f"{job}x"], net.kinds[join] = "failed", "xor"
        first, last = self.block(net, depth - 1)
        net.flows += [(job, join, ""), (f"{job}x", first, ""), (last, join, "")]
        return job, join

    def _ask(self, net: Net, depth: int) -> tuple[str, str]:
        """A step that asks the office for something: its answer stands in the record alone."""
        asking = self.name("q")
        net.kinds[asking] = "ask"
        return asking, asking

    def _race(self, net: Net, depth: int) -> tuple[str, str]:
        """Two messages race, or one and the clock; what comes first decides what is done."""
        gateway, join = self.name("g"), self.name("g")
        net.kinds[gateway], net.kinds[join] = "race", "xor"
        for catch in (self._catch, self.random.choice([self._catch, self._wait])):
            event, _ = catch(net, depth)
            first, last = self.block(net, depth - 1)
            net.flows += [(gateway, event, ""), (event, first, ""), (last, join, "")]
        return gateway, join

    def _watched(self, net: Net, depth: int) -> tuple[str, str]:
        """A message interrupts an activity, or has something done beside it."""
        return self._guarded(net, depth, "b", ("instead", "beside"))

    def _timed(self, net: Net, depth: int) -> tuple[str, str]:
        """An activity is reminded of once, and ended when its time is over."""
        return self._guarded(net, depth, "d", ("overdue", "remind"))

    def _guarded(
        self, net: Net, depth: int, letter: str, kinds: tuple[str, str]
    ) -> tuple[str, str]:
        activity, _ = (
            self._sub(net, depth) if self.random.random() < 0.5 else self._user(net, depth)
        )
        join = self.name("g")
        net.kinds[join] = "xor"
        instead = self._event(net, letter, kinds[0], activity)
        self._beside(net, letter, kinds[1], activity)
        first, last = self.block(net, depth - 1)
        net.flows += [(activity, join, ""), (instead, first, ""), (last, join, "")]
        return activity, join

    def _alarm(self, net: Net, depth: int) -> tuple[str, str]:
        """Inside an activity something is thrown that ends it, and something that has more done
        beside it."""
        kind = self.random.choice(["sub", "call"])
        activity, _ = self._inside(net, depth, kind)
        join = self.name("g")
        net.kinds[join] = "xor"
        instead = self._event(net, "b", "instead", activity)
        beside = self._beside(net, "b", "beside", activity)
        where = list(scopes(net.inner[activity]))
        if self.random.random() < 0.3:
            self._thrown(net, [beside, instead], where)  # by one event, the second ends the first
        else:
            self._thrown(net, [instead], where)
            self._thrown(net, [beside], where)
        first, last = self.block(net, depth - 1)
        net.flows += [(activity, join, ""), (instead, first, ""), (last, join, "")]
        return activity, join

    def _thrown(self, net: Net, events: list[str], where: list[Net], kind: str = "") -> None:
        """Somewhere inside, after a person has done something, what the events catch is thrown:
        nothing else moves in that moment, so that all orders of automatic steps agree."""
        pairs = []
        for event in events:
            net.triggers[event] = kind or self.random.choice(["escalation", "signal"])
            net.brings.discard(event)
            net.maps.pop(event, None)
            pairs.append((net.triggers[event], event))
        inner = self.random.choice(where)
        ways = [index for index in range(len(inner.flows)) if _may_be_lengthened(inner, index)]
        index = self.random.choice(ways)
        source, target, guard = inner.flows[index]
        task, _ = self._user(inner, 0)
        up = self.name("u")
        inner.kinds[up], inner.throws[up] = "throw", pairs
        inner.flows[index] = (source, task, guard)
        inner.flows.append((task, up, ""))
        if inner.kinds[target] == "end" and (kind or self.random.random() < 0.5):
            inner.kinds[up] = "throws"
            del inner.kinds[target]
        else:
            inner.flows.append((up, target, ""))

    def _beside(self, net: Net, letter: str, kind: str, activity: str) -> str:
        """Something is done beside an activity."""
        event = self._event(net, letter, kind, activity)
        task, end = self.name("h"), self.name("e")
        net.kinds[task], net.kinds[end] = "each", "end"
        net.flows += [(event, task, ""), (task, end, "")]
        return event

    def _event(self, net: Net, letter: str, kind: str, activity: str) -> str:
        event = self.name(letter)
        net.kinds[event], net.attached[event] = kind, activity
        net.days[event] = self.random.randint(1, 9)
        if letter == "b":
            self._may_bring(net, event)
        return event

    def _seq(self, net: Net, depth: int) -> tuple[str, str]:
        first, middle = self.block(net, depth - 1)
        after, last = self.block(net, depth - 1)
        net.flows.append((middle, after, ""))
        return first, last

    def _split(self, net: Net, depth: int, kind: str, guards: list[str]) -> tuple[str, str]:
        fork, join = self.name("g"), self.name("g")
        net.kinds[fork] = net.kinds[join] = kind
        net.pairs[fork] = join
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
        bodies = list(scopes(inner))
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
            self._may_bring(inner, start)
            if self.random.random() < 0.5:
                self._thrown(inner, [start], bodies)
        return name, name

    # ── mappings, and what is repeated until it is enough ─────────────────────────────────────

    def _mapped(self, net: Net, depth: int) -> tuple[str, str]:
        """What is mapped in stays inside; outputs come in order and see those before them."""
        task, _ = self.random.choice([self._user, self._job])(net, depth)
        result, inside, out = f"v_{task}", f"i_{task}", f"o_{task}"
        inputs = [(inside, (result, 10)), (inside, (inside, 1))]
        outputs = [
            (out, (inside, 2)),
            (result, (result, 0)),
            (out, (out, 1)),
            (f"{out}_2", (out, 1)),
        ]
        maps = net.maps[task] = Maps(inputs[: self.random.randint(1, 2)], [])
        if self.random.random() < 0.7:
            maps.outputs = [each for each in outputs if self.random.random() < 0.7]
            maps.outputs = maps.outputs if (out, (inside, 2)) in maps.outputs else outputs
        return task, task

    def _scoped(self, net: Net, depth: int) -> tuple[str, str]:
        """An activity with mappings, of which a person does something, perhaps interrupted."""
        name, _ = self._inside(net, depth, self.random.choice(["sub", "call"]))
        inner = net.inner[name]
        inside, out = f"i_{name}", f"o_{name}"
        maps = net.maps[name] = Maps([(inside, ("", 4))], [])
        done = [
            node for node, kind in inner.kinds.items() if kind == "user" and node not in inner.maps
        ]
        if self.random.random() < 0.6:
            maps.outputs = [(out, (inside, 1)), (out, (out, 1))]
            maps.outputs += [(f"{out}_2", (f"v_{task}", 1)) for task in done[:1]]
        if self.random.random() < 0.5:
            return name, name
        return self._led_aside(net, depth, name, self._event(net, "b", "instead", name))

    def _led_aside(self, net: Net, depth: int, activity: str, event: str) -> tuple[str, str]:
        """What is done instead of an activity meets again with what follows it."""
        join = self.name("g")
        net.kinds[join] = "xor"
        first, last = self.block(net, depth - 1)
        net.flows += [(activity, join, ""), (event, first, ""), (last, join, "")]
        return activity, join

    def _enough(self, net: Net, depth: int) -> tuple[str, str]:
        """A task for each of several, side by side or in turn, until it is enough."""
        task = self.name("t")
        net.kinds[task] = self.random.choice(["some", "turns"])
        most = net.instances[task] = self.random.randint(2, 3)
        enough = self.random.randint(1, most)
        done = self.random.choice(["numberOfCompletedInstances", "nrOfCompletedInstances"])
        every = self.random.choice(["numberOfInstances", "nrOfInstances"])
        said = [f"={done} >= {enough}", f"={every} - {done} <= {most - enough}"]
        said.append(f"=numberOfTerminatedInstances = 0 and {done} = {enough}")
        if net.kinds[task] == "some":
            active = self.random.choice(["numberOfActiveInstances", "nrOfActiveInstances"])
            said.append(f"={active} <= {most - enough}")
        net.enough[task] = (enough, self.random.choice(said))
        return task, task

    # ── conditions ─────────────────────────────────────────────────────────────────────────

    def _looked_at(self, net: Net, depth: int) -> tuple[str, str, str]:
        """Side by side with what follows the fork, a person does what a condition looks at."""
        fork, join = self.name("g"), self.name("g")
        net.kinds[fork] = net.kinds[join] = "and"
        task, _ = self._user(net, depth)
        net.flows += [(fork, task, ""), (task, join, "")]
        return fork, join, task

    def _noticed(self, net: Net, depth: int) -> tuple[str, str]:
        """A condition interrupts an activity, or has something done beside it."""
        fork, join, task = self._looked_at(net, depth)
        activity, _ = self.random.choice([self._user, self._sub, self._call])(net, depth)
        meet = activity
        if self.random.random() < 0.6:
            event = self._event(net, "w", "instead", activity)
            _, meet = self._led_aside(net, depth, activity, event)
        else:
            event = self._beside(net, "w", "beside", activity)
        net.triggers[event], net.conditions[event] = "condition", f"v_{task}"
        net.flows += [(fork, activity, ""), (meet, join, "")]
        return fork, join

    def _alert(self, net: Net, depth: int) -> tuple[str, str]:
        """A condition starts an event subprocess; what it looks at is done inside or outside."""
        name, _ = self._sub(net, depth)
        inner = net.inner[name]
        body, handler = Net(), self.name("h")
        start, end = self.name("s"), self.name("e")
        body.kinds.update({start: "start", end: "end"})
        each, _ = self._each(body, depth)
        body.flows += [(start, each, ""), (each, end, "")]
        inner.kinds[handler] = self.random.choice(["handler", "aside"])
        inner.inner[handler] = body
        inner.handlers.append(handler)
        inner.triggers[start] = "condition"
        if self.random.random() < 0.5:
            fork, join, task = self._looked_at(net, depth)
            net.flows += [(fork, name, ""), (name, join, "")]
        else:
            fork, join, task = name, name, self._done_inside(inner)
        inner.conditions[start] = f"v_{task}"
        return fork, join

    def _done_inside(self, inner: Net) -> str:
        """First of all a person does something, then another: nothing else moves between."""
        (index,) = inner.out(next(node for node, kind in inner.kinds.items() if kind == "start"))
        source, target, _ = inner.flows[index]
        first, _ = self._user(inner, 0)
        second, _ = self._user(inner, 0)
        inner.flows[index] = (source, first, "")
        inner.flows += [(first, second, ""), (second, target, "")]
        return first

    # ── scopes that end early ──────────────────────────────────────────────────────────────

    def _fragile(self, net: Net, depth: int) -> tuple[str, str]:
        """A scope is interrupted while something is being undone in it, or after it was done; and
        what was done in it and not undone is lost with it, also for who undoes all around it."""
        name = self.name("p")
        inner = Net()
        start, end = self.name("s"), self.name("e")
        inner.kinds[start] = "start"
        kind = self.random.choice([self._undo, self._undoable, self._tx, self._handled])
        first, last = kind(inner, depth - 1)
        more, _ = self._user(inner, 0)
        inner.kinds[end] = "end"
        inner.flows += [(start, first, ""), (last, more, ""), (more, end, "")]
        net.kinds[name], net.inner[name] = "sub", inner
        letter, how = self.random.choice([("b", "instead"), ("d", "overdue")])
        event = self._event(net, letter, how, name)
        if letter == "b" and self.random.random() < 0.5:
            self._thrown(net, [event], [inner])
        _, join = self._led_aside(net, depth, name, event)
        if self.random.random() < 0.5:
            return name, join
        undo = self.name("k")
        net.kinds[undo] = "undo"
        net.flows.append((join, undo, ""))
        return name, undo

    def _failing(self, net: Net, depth: int) -> tuple[str, str]:
        """A scope ends in an error, which leads another way."""
        name, _ = self._inside(net, depth, self.random.choice(["sub", "call"]))
        event = self._event(net, "b", "instead", name)
        inner = net.inner[name]
        end = [node for node, kind in inner.kinds.items() if kind == "end"][-1]
        choice, fact = self.name("g"), self.name("x")
        self.facts[fact] = self.random.randrange(2)
        good = self.name("e")
        inner.kinds[choice], inner.kinds[good] = "xor", "end"
        (index,) = inner.into(end)
        source, _, guard = inner.flows[index]
        inner.flows[index] = (source, choice, guard)
        inner.flows += [(choice, end, f"{fact} = 0"), (choice, good, f"{fact} = 1")]
        inner.kinds[end], inner.throws[end] = "throws", [("error", event)]
        net.triggers[event] = "error"
        net.brings.discard(event)
        net.maps.pop(event, None)
        return self._led_aside(net, depth, name, event)

    def _halted(self, net: Net, depth: int) -> tuple[str, str]:
        """One branch of a scope ends all of it."""
        name, inner = self.name("p"), Net()
        start, fork, stop, end = (self.name(letter) for letter in "sgee")
        inner.kinds.update({start: "start", fork: "and", stop: "stop", end: "end"})
        task, _ = self._user(inner, 0)
        first, last = self.block(inner, depth - 1)
        inner.flows += [(start, fork, ""), (fork, task, ""), (task, stop, "")]
        inner.flows += [(fork, first, ""), (last, end, "")]
        net.kinds[name], net.inner[name] = "sub", inner
        return name, name

    def _inside(self, net: Net, depth: int, kind: str) -> tuple[str, str]:
        name = self.name("p")
        net.kinds[name] = kind
        net.inner[name] = self.net(depth - 1)
        return name, name

    # ── a next version ─────────────────────────────────────────────────────────────────────

    def next_version(self, net: Net) -> Net:
        """The same process with more in it: steps in some flows, events on some tasks. What was
        drawn keeps its name, so that a case may move wherever it stands."""
        newer = copy.deepcopy(net)
        for scope in list(scopes(newer)):
            for index in range(len(scope.flows)):
                may = _may_be_lengthened(scope, index) and not _beside(scope, index)
                if may and self.random.random() < CHANGED:
                    self._lengthen(scope, index)
            for task in [node for node, kind in scope.kinds.items() if kind == "user"]:
                several = any(_beside(scope, index) for index in scope.into(task))
                if self.random.random() < CHANGED and not several:
                    letter, kind = self.random.choice([("b", "beside"), ("d", "remind")])
                    self._beside(scope, letter, kind, task)
        return newer

    def _lengthen(self, net: Net, index: int) -> None:
        source, target, guard = net.flows[index]
        step, _ = self.random.choice([self._each, self._wait, self._ask])(net, 0)
        net.flows[index] = (source, step, guard)
        net.flows.append((step, target, ""))


CHANGED = 0.15  # of the flows and tasks of a version
RESERVED = 0.05  # of the names, as long as there are some


def scopes(net: Net) -> Iterator[Net]:
    """A net and all that are drawn inside it or called."""
    yield net
    for inner in net.inner.values():
        yield from scopes(inner)


def _beside(net: Net, index: int) -> bool:
    """What is done beside an activity may be done twice at the same time."""
    source = net.flows[index][0]
    before = {net.flows[flow][0] for flow in net.into(source)}
    return any(net.kinds.get(node) in ("beside", "remind") for node in {source, *before})


def _may_be_lengthened(net: Net, index: int) -> bool:
    """Behind an event-based gateway must come an event; before a join a token may be waiting; and
    nothing goes on by itself behind a task that a condition looks at."""
    source, target, _ = net.flows[index]
    if f"v_{source}" in net.conditions.values() or not source:
        return False
    joins = net.kinds[target] in ("and", "or") and len(net.into(target)) > 1
    return net.kinds[source] != "race" and not joins
