"""BPMN's token game, written from the text of the standard (BPMN 2.0.2, chapter 13) for the tests
alone: it knows flows and tokens and nothing of the engine it checks.

Variables and mappings are those of Camunda 8: what is mapped in stays inside, and of what has
outputs nothing else comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Sum = tuple[str, int]  # a variable, "" for none, and what is added to it


@dataclass
class Maps:
    """What is mapped into a node and out of it, in order."""

    inputs: list[tuple[str, Sum]] = field(default_factory=list)
    outputs: list[tuple[str, Sum]] = field(default_factory=list)


@dataclass
class Net:
    """Nodes with their kinds, and flows with what must hold for a token to take them."""

    kinds: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str, str]] = field(default_factory=list)  # source, target, guard
    inner: dict[str, Net] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)  # boundary event -> its activity
    undone_by: dict[str, str] = field(default_factory=dict)  # activity -> the one that undoes it
    handlers: list[str] = field(default_factory=list)  # event subprocesses
    days: dict[str, int] = field(default_factory=dict)  # timer -> how long it waits
    triggers: dict[str, str] = field(default_factory=dict)  # event -> what it waits for
    throws: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # kinds, and who catches
    conditions: dict[str, str] = field(default_factory=dict)  # event -> the variable it looks at
    maps: dict[str, Maps] = field(default_factory=dict)
    brings: set[str] = field(default_factory=set)  # events whose message brings something
    instances: dict[str, int] = field(default_factory=dict)  # of what repeats until it is enough
    enough: dict[str, tuple[int, str]] = field(default_factory=dict)  # after how many, and as said
    pairs: dict[str, str] = field(default_factory=dict)  # gateway that splits -> its join
    ids: dict[int, str] = field(default_factory=dict)  # flows with an id of their own

    def id_of(self, index: int) -> str:
        return self.ids.get(index, f"f_{self.flows[index][0]}_{index}")

    def nested(self) -> Iterator[Net]:
        """This net and all that are drawn inside it or called."""
        yield self
        for inner in self.inner.values():
            yield from inner.nested()

    def into(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[1] == node]

    def out(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[0] == node]


INSTANCES = 2  # of a multi-instance task
ROUNDS = 2  # of a standard loop
PARTS = 2  # triggers of a multiple event
BROUGHT = 7  # what a message says
ASIDE = ("instead", "beside", "overdue", "remind")  # events that watch an activity
CAUGHT = ("catch", "wait")  # events that a token stands on until a message or a moment comes


class Facts:
    """The variables as one scope sees them: its own first. What it writes goes to whom it belongs,
    and stays inside where the scope has outputs."""

    def __init__(
        self, own: dict[str, int], outer: Facts | None = None, *, isolated: bool = False
    ) -> None:
        self.own, self.outer, self.isolated = own, outer, isolated

    def __getitem__(self, name: str) -> int:
        return self.own[name] if self.outer is None or name in self.own else self.outer[name]

    def __setitem__(self, name: str, value: int) -> None:
        if self.outer is None or self.isolated or name in self.own:
            self.own[name] = value
        else:
            self.outer[name] = value

    def with_maps(self, lines: list[tuple[str, Sum]], seen: dict[str, int]) -> dict[str, int]:
        """What mappings give, each seeing those before it."""
        found: dict[str, int] = {}
        for target, (name, more) in lines:
            of = 0 if not name else {**seen, **found}[name] if name in seen | found else self[name]
            found[target] = of + more
        return found


class Game:
    """Plays a net: `open` are the tasks that wait for a person, `awaited` the events that wait
    for a message, `visits` counts every entry, `facts` are the variables."""

    def __init__(
        self,
        net: Net,
        facts: dict[str, int] | Facts,
        around: Game | None = None,
        outer: Game | None = None,
    ) -> None:
        self.net = net
        self.facts = facts if isinstance(facts, Facts) else Facts(facts)
        self.inside: dict[str, dict[str, int]] = {}  # what was mapped into the activities here
        self.held: dict[str, str] = {}  # event that looks at a variable -> its activity
        self.around = around  # the scope whose event subprocess this one is
        self.outer = outer  # the scope in which this one stands, or which called it
        self.interrupted = False
        self.listening: dict[str, str] = {}  # event that only something thrown inside brings about
        self.done: list[Done] = []  # what was completed here and can be undone, in that order
        self.undoing: dict[str, list[tuple[str, str]]] = {}  # who asks -> what is left to undo
        self.rounds: Counter[str] = Counter()
        self.watching: list[str] = []  # events that wait for a condition
        self.tokens: Counter[int] = Counter()
        self.open: Counter[str] = Counter()
        self.awaited: dict[str, str] = {}  # event -> the gateway or activity it depends on, or ""
        self.visits: Counter[str] = Counter()
        self.running: list[tuple[str, Game]] = []
        if outer is None:
            self._enter()

    def _enter(self) -> None:
        """The scope is begun; what it throws at once may end it."""
        (start,) = [node for node, kind in self.net.kinds.items() if kind == "start"]
        for handler in self.net.handlers:
            self._listen(trigger(self.net, handler), "")
        if self._look():
            self.visits[start] += 1  # its token is there when the condition is looked at
        else:
            self._run(start)
        self.settle()

    # ── what can happen from outside ───────────────────────────────────────────────────────

    def finish(self, task: str) -> None:
        """A person completes a task."""
        if self.open[task]:
            self.open[task] -= 1
            self._finished(task)
        else:
            next(g for _, g in self.running if task in g.all_open()).finish(task)
        self.settle()

    def fail(self, job: str) -> None:
        """A job ends in a business error, which the event on it catches."""
        if not self.open[job]:
            next(g for _, g in self.running if job in g.all_open()).fail(job)
        else:
            self._interrupt(job)
            self.visits[f"{job}x"] += 1
            self._leave(f"{job}x")
        self.settle()

    def results_of(self, task: str) -> dict[str, int]:
        """What the next one to complete a task says."""
        game = self._game_with(task)
        name = f"v_{task}"
        return {name: game.facts[name] + 1} if game.net.kinds.get(task) in ("user", "job") else {}

    def payload_of(self, event: str) -> dict[str, int]:
        """What the message says that an event waits for."""
        brings = any(event in net.brings for net in self.net.nested())
        return {f"p_{event}": BROUGHT} if brings else {}

    def may_fail(self, job: str) -> bool:
        return f"{job}x" in self._game_with(job).net.kinds

    def all_games(self) -> list[Game]:
        return [self, *(inner for _, game in self.running for inner in game.all_games())]

    def _game_with(self, task: str) -> Game:
        return next(game for game in self.all_games() if game.open[task])

    def adopt(self, net: Net) -> None:
        """The case goes on in a next version: its activities are watched by what is new there, and
        by nothing that is gone."""
        self._adopt(net)
        self.settle()

    def _adopt(self, net: Net) -> None:
        standing = {name for name, _ in self.running}
        old, new = set(self.net.attached.items()), set(net.attached.items())
        for event, _ in old - new:
            for kept in (self.awaited, self.listening, self.held):
                kept.pop(event, None)
        for event, _ in sorted(new - old):
            if self.open[net.attached[event]] or net.attached[event] in standing:
                self.awaited[event] = net.attached[event]
        self.net = net
        for name, game in self.running:
            game._adopt(net.inner[name])

    def _finished(self, task: str) -> None:
        asking = [who for who, left in self.undoing.items() if left and left[0][1] == task]
        if asking:
            self.undoing[asking[0]].pop(0)
            self._undo_next(asking[0])
            return
        kind = self.net.kinds[task]
        if kind in ("some", "turns"):
            self._one_more(task)
            return
        if kind == "again" and self.rounds[task] + 1 < ROUNDS:
            self.rounds[task] += 1
            self.open[task] += 1
            self.visits[task] += 1
            return
        self.rounds[task] = 0
        # Two tokens may be in it at once; the instances of the first one are finished first.
        if kind in ("user", "job"):
            self._bring(task, {f"v_{task}": self.facts[f"v_{task}"] + 1})
        if kind != "each" or self.open[task] % INSTANCES == 0:
            self._completed(task)

    def _one_more(self, task: str) -> None:
        """One instance more is done: is it enough, as the completion condition says?"""
        self.rounds[task] += 1
        most, (enough, _) = self.net.instances[task], self.net.enough[task]
        if self.rounds[task] >= min(most, enough):
            self.open[task] = self.rounds[task] = 0
            self._completed(task)
        elif self.net.kinds[task] == "turns":
            self.open[task] += 1
            self.visits[task] += 1

    def _bring(self, node: str, result: Mapping[str, int]) -> None:
        """What a node has found out, or what its outputs make of it."""
        maps = self.net.maps.get(node)
        if maps is not None and maps.outputs:
            seen = {**self.inside.pop(node, {}), **result}
            result = self.facts.with_maps(maps.outputs, seen)
        for name, value in result.items():
            self.facts[name] = value

    def _came(self, event: str) -> dict[str, int]:
        return {f"p_{event}": BROUGHT} if event in self.net.brings else {}

    def _completed(self, activity: str, inside: list[Done] | None = None) -> None:
        """An activity is completed: from now on it can be undone."""
        if activity in self.net.undone_by:
            self.done.append((activity, None))
        elif inside:
            self.done.append((activity, inside))
        self._release(activity)
        self._leave(activity)

    def message(self, event: str) -> None:
        """The message that an event waits for comes, or its time."""
        whole = event.rpartition("_")[0]
        if event not in self.awaited:
            next(g for _, g in self.running if event in g.all_awaited()).message(event)
        elif event in (trigger(self.net, handler) for handler in self.net.handlers):
            self._catch(event)
        elif self.net.kinds.get(whole) in ("any", "all"):
            del self.awaited[event]
            others = [e for e in self.awaited if e.rpartition("_")[0] == whole]
            if self.net.kinds[whole] == "any":
                for other in others:
                    del self.awaited[other]
            if self.net.kinds[whole] == "any" or not others:
                self._leave(whole)
        elif self.net.kinds[event] in ASIDE:
            if self.net.kinds[event] == "remind":
                del self.awaited[event]
            self._catch(event)
        else:
            gateway = self.awaited.pop(event)
            for other in [e for e, g in self.awaited.items() if gateway and g == gateway]:
                del self.awaited[other]
            self._bring(event, self._came(event))
            self._leave(event)
        self.settle()

    def _listen(self, event: str, on: str) -> None:
        """An escalation comes from inside alone, all else may come from outside."""
        trigger = self.net.triggers.get(event)
        if trigger == "condition":
            self.held[event] = on
            return
        inside = trigger in ("escalation", "error")
        (self.listening if inside else self.awaited)[event] = on

    def _catch(self, event: str) -> bool:
        """An event on an activity, or of an event subprocess, happens: does it interrupt?"""
        for handler in self.net.handlers:
            if trigger(self.net, handler) == event:
                interrupts = self.net.kinds[handler] == "handler"
                if interrupts:
                    self._stop_all()
                self._bring(event, self._came(event))
                self._run(handler)
                return interrupts
        interrupts = self.net.kinds[event] in ("instead", "overdue")
        if interrupts:
            self._interrupt(self.net.attached[event])
        self.visits[event] += 1
        self._bring(event, self._came(event))
        self._leave(event)
        return interrupts

    def _throw(self, who: str) -> None:
        """What is thrown is caught further out; who is interrupted by it goes no further."""
        for _, event in self.net.throws[who]:
            game: Game | None = self
            while game is not None and event not in {**game.listening, **game.awaited}:
                game = game.outer
            if game is not None and game._catch(event):
                return
        self._leave(who)

    def _look(self) -> bool:
        """Events that look at a variable see that it is there; what is interrupted by it?"""
        for event in list(self.held):
            if event in self.held and self.facts[self.net.conditions[event]] > 0:
                del self.held[event]
                if self._catch(event):
                    return True
        return False

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
        heard = [trigger(self.net, handler) for handler in self.net.handlers]
        catching = [e for e in self.awaited if self.net.kinds.get(e) not in ASIDE]
        own = [name for name, _ in self.running if name not in self.net.handlers]
        busy = own or set(catching) - set(heard) or self.undoing or self.watching
        return not (+self.tokens or +self.open or busy)

    # ── what follows by itself ─────────────────────────────────────────────────────────────

    def settle(self) -> None:
        while not self.interrupted and (
            self._step() or self._inclusive() or self._close() or self._notice()
        ):
            pass
        if self._idle:  # the scope is completing: no other event subprocess is begun (13.3.2)
            for handler in self.net.handlers:
                for kept in (self.awaited, self.listening, self.held):
                    kept.pop(trigger(self.net, handler), None)

    def _notice(self) -> bool:
        """An event that waits for a condition sees that it holds."""
        for event in list(self.held):
            self._look()
            if event not in self.held:
                return True
        for event in self.watching:
            if self.holds(f"{self.net.attached[event]} > 0"):
                self.watching.remove(event)
                self._leave(event)
                return True
        before = sum(game.looking for game in self.all_games())
        for _, game in list(self.running):
            game.settle()
        return sum(game.looking for game in self.all_games()) != before

    @property
    def looking(self) -> int:
        return len(self.watching) + len(self.held)

    def _stop_all(self) -> None:
        """An interrupting event subprocess, or a cancellation, ends what its scope is doing."""
        for _, game in self.running:
            self.visits += game.whole_visits()
            game.end()
        self.tokens, self.open, self.awaited, self.listening = Counter(), Counter(), {}, {}
        self.held, self.inside, self.rounds = {}, {}, Counter()
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
        self.open[activity] = self.rounds[activity] = 0
        self.inside.pop(activity, None)
        for pair in [pair for pair in self.running if pair[0] == activity]:
            self.running.remove(pair)
            self.visits += pair[1].whole_visits()
            pair[1].end()
        self._release(activity)

    def end(self) -> None:
        """The scope is interrupted, with all that runs inside."""
        self.interrupted = True
        for _, game in self.running:
            game.end()

    def whole_visits(self) -> Counter[str]:
        return sum((game.whole_visits() for _, game in self.running), Counter(self.visits))

    def _release(self, activity: str) -> None:
        """The events that watched over an activity watch no more."""
        for event, watched in self.net.attached.items():
            if watched == activity:
                for kept in (self.awaited, self.listening, self.held):
                    kept.pop(event, None)

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
        caught = [event for event in self.awaited if self.net.kinds.get(event) in CAUGHT]
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
                if self.net.maps.get(name, Maps()).outputs:
                    self.inside[name] = game.facts.own
                    self._bring(name, {})
                self._completed(name, game.done)
                return True
        return False

    def _run(self, node: str, gateway: str = "") -> None:
        kind = self.net.kinds[node]
        self.visits[node] += INSTANCES if kind == "each" else 1
        for event, activity in self.net.attached.items():
            if activity == node:
                self._listen(event, node)
        if self._interrupted_at_once(node):
            return
        maps = self.net.maps.get(node)
        mapped = {} if maps is None else self.facts.with_maps(maps.inputs, {})
        if kind in ("user", "each", "again", "plain", "job", "turns", "some"):
            self.inside[node] = mapped
            self.open[node] += {"each": INSTANCES}.get(kind, 1)
            if kind == "some":
                self.open[node] += self.net.instances[node] - 1
                self.visits[node] += self.net.instances[node] - 1
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
        elif kind in CAUGHT:
            self.awaited[node] = gateway
        elif kind in ("sub", "call", "tx", "handler", "aside"):
            around = self if kind in ("handler", "aside") else None
            facts = self.facts
            if maps is not None:
                facts = Facts(mapped, self.facts, isolated=bool(maps.outputs))
            self._begin(node, facts, around)
        elif kind in ("throw", "throws"):
            self._throw(node)
        elif kind == "stop":
            self._stop_all()
        elif kind == "race":
            for i in self.net.out(node):
                self._run(self.net.flows[i][1], node)
        else:
            if kind == "count":
                self.facts[f"n_{node}"] += 1
            if kind == "end":
                self._bring(node, {})
            self._leave(node)

    def _begin(self, node: str, facts: Facts, around: Game | None) -> None:
        game = Game(self.net.inner[node], facts, around, self)
        self.running.append((node, game))
        game._enter()

    def _interrupted_at_once(self, node: str) -> bool:
        """Whether what an event on an activity looks at was there when it was entered."""
        watching = [event for event, on in self.held.items() if on == node]
        if not (watching and self._look()):
            return False
        inner = self.net.inner.get(node)
        if inner is not None and not inner.handlers:  # the token is at its beginning by then
            self.visits[next(name for name, kind in inner.kinds.items() if kind == "start")] += 1
        return True

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


def trigger(net: Net, handler: str) -> str:
    """The start event of an event subprocess, for whose message it listens."""
    return next(node for node, kind in net.inner[handler].kinds.items() if kind == "start")
