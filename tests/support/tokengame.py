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

    def into(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[1] == node]

    def out(self, node: str) -> list[int]:
        return [i for i, flow in enumerate(self.flows) if flow[0] == node]


class Game:
    """Plays a net: `open` are the tasks that wait for a person, `visits` counts every entry."""

    def __init__(self, net: Net, facts: dict[str, int]) -> None:
        self.net, self.facts = net, facts
        self.tokens: Counter[int] = Counter()
        self.open: Counter[str] = Counter()
        self.visits: Counter[str] = Counter()
        self.running: list[tuple[str, Game]] = []
        (start,) = [node for node, kind in net.kinds.items() if kind == "start"]
        self._run(start)
        self.settle()

    def holds(self, guard: str) -> bool:
        if not guard:
            return True
        name, sign, value = guard.split()
        return self.facts[name] < int(value) if sign == "<" else self.facts[name] == int(value)

    def finish(self, task: str) -> None:
        if self.open[task]:
            self.open[task] -= 1
            self._leave(task)
        else:
            for _, game in self.running:
                if task in game.all_open():
                    game.finish(task)
                    break
        self.settle()

    def all_open(self) -> list[str]:
        mine = list(self.open.elements())
        return sorted(mine + [task for _, game in self.running for task in game.all_open()])

    def all_visits(self) -> Counter[str]:
        return self.visits

    @property
    def over(self) -> bool:
        return not (+self.tokens or +self.open or self.running)

    def settle(self) -> None:
        while self._step() or self._inclusive() or self._close():
            pass

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
        """The nodes that tokens stand before or in."""
        before = [self.net.flows[i][1] for i in +self.tokens]
        return before + list(+self.open) + [name for name, _ in self.running]

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
        return found

    def _close(self) -> bool:
        for pair in self.running:
            if pair[1].over:
                self.running.remove(pair)
                self.visits += pair[1].visits
                self._leave(pair[0])
                return True
        return False

    def _run(self, node: str) -> None:
        self.visits[node] += 1
        kind = self.net.kinds[node]
        if kind == "user":
            self.open[node] += 1
        elif kind == "sub":
            self.running.append((node, Game(self.net.inner[node], self.facts)))
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


class Generator:
    """Draws random well-formed processes: sequences, choices, parallel and inclusive blocks, loops
    and subprocesses inside each other."""

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
        kinds = (
            ["user"] if depth == 0 else ["seq", "seq", "xor", "and", "or", "loop", "sub", "user"]
        )
        return getattr(self, "_" + self.random.choice(kinds))(net, depth)  # type: ignore[no-any-return]

    def _user(self, net: Net, depth: int) -> tuple[str, str]:
        task = self.name("t")
        net.kinds[task] = "user"
        return task, task

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
        name = self.name("p")
        net.kinds[name] = "sub"
        net.inner[name] = self.net(depth - 1)
        return name, name


TAGS = {"xor": "exclusive", "and": "parallel", "or": "inclusive"}


def draw(net: Net) -> list[str]:
    """The net as parts of a BPMN file."""
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
    return parts + [flow for name, flow in flows.items() if not name.startswith("default")]


def _shape(net: Net, node: str, kind: str, default: str) -> str:
    if kind == "start":
        return drawing.start(node)
    if kind == "end":
        return drawing.end(node)
    if kind == "user":
        return drawing.user(node)
    if kind == "count":
        return drawing.script(node, f"=n_{node} + 1", f"n_{node}")
    if kind == "sub":
        return drawing.sub(node, *draw(net.inner[node]))
    return drawing.gateway(TAGS[kind], node, default)
