"""Edits of random processes such as a process owner makes, without thinking of running cases."""

from __future__ import annotations

import copy
import random

from tests.support.netgenerator import Generator, scopes
from tests.support.tokengame import ASIDE, Net

GONE = ("", "", "")  # a flow that was there: the others keep their numbers, and so their ids
PLAIN = ("user", "each", "ask", "wait", "catch")
WAITING = ("user", "each", "wait", "catch")


class Editor:
    """Makes one edit in some scope of a process; `done` names it."""

    EDITS = (
        "add_steps remove_step one_branch_more one_branch_less exchange_flows other_join "
        "move_event drop_event other_trigger repeat put_inside race_more"
    ).split()

    def __init__(self, generator: Generator, seed: int) -> None:
        self.generator, self.random = generator, random.Random(seed)
        self.done = ""

    def edit(self, net: Net) -> Net:
        """The next version; the same if there is no place for the edit that was chosen."""
        newer = copy.deepcopy(net)
        self.done = self.random.choice(self.EDITS)
        if self.done == "add_steps":
            return self.generator.next_version(newer)
        places = list(scopes(newer))
        self.random.shuffle(places)
        changed = any(getattr(self, f"_{self.done}")(scope) for scope in places)
        self.done = self.done if changed else ""
        return newer

    def _some(self, nodes: list[str]) -> list[str]:
        return self.random.sample(nodes, len(nodes))

    def _remove_step(self, net: Net) -> bool:
        for node in self._some([n for n, kind in net.kinds.items() if kind in PLAIN]):
            entries, exits = net.into(node), net.out(node)
            around = {net.kinds[net.flows[i][0]] for i in entries}
            named = {*net.attached.values(), *net.undone_by}
            looked_at = f"v_{node}" in {*net.conditions.values(), *net.attached.values()}
            if len(entries) == len(exits) == 1 and not around & {"race"} and not looked_at:
                if node in named or node in net.maps:
                    continue
                (into,), (out,) = entries, exits
                source, _, guard = net.flows[into]
                beside = {net.kinds[source], net.kinds[net.flows[out][1]]}
                if not beside & set(WAITING) or f"v_{source}" in net.conditions.values():
                    continue  # more would move in the same moment, in an order that nobody says
                net.flows[into], net.flows[out] = (source, net.flows[out][1], guard), GONE
                del net.kinds[node]
                return True
        return False

    def _one_branch_more(self, net: Net) -> bool:
        for fork, join in net.pairs.items():
            if net.kinds.get(fork) == "and":
                task, _ = self.generator._each(net, 0)
                net.flows += [(fork, task, ""), (task, join, "")]
                return True
        return False

    def _one_branch_less(self, net: Net) -> bool:
        for fork, join in net.pairs.items():
            ways = net.out(fork)
            for way in ways if net.kinds.get(fork) == "and" and len(ways) > 2 else ():
                task = net.flows[way][1]
                ends = [i for i in net.out(task) if net.flows[i][1] == join]
                free = task not in net.attached.values() and len(net.into(task)) == 1
                if net.kinds[task] in PLAIN and ends and free:
                    net.flows[way] = net.flows[ends[0]] = GONE
                    del net.kinds[task]
                    net.maps.pop(task, None)
                    return True
        return False

    def _exchange_flows(self, net: Net) -> bool:
        for join in self._some([join for join in net.pairs.values() if join in net.kinds]):
            entries = net.into(join)
            if len(entries) > 1:
                one, other = self.random.sample(entries, 2)
                ids = net.id_of(one), net.id_of(other)
                net.ids[one], net.ids[other] = ids[1], ids[0]
                return True
        return False

    def _other_join(self, net: Net) -> bool:
        """An inclusive block becomes a parallel one, or the other way round."""
        for fork, join in net.pairs.items():
            if net.kinds.get(fork) in ("and", "or"):
                kind = "and" if net.kinds[fork] == "or" else "or"
                net.kinds[fork] = net.kinds[join] = kind
                if kind == "or":
                    return True
                for index in net.out(fork):
                    net.flows[index] = (*net.flows[index][:2], "")
                return True
        return False

    def _move_event(self, net: Net) -> bool:
        tasks = [node for node, kind in net.kinds.items() if kind == "user"]
        for event in self._watching(net):
            others = [task for task in tasks if task != net.attached[event]]
            if net.kinds[event] in ("instead", "overdue") and _leads_to_a_loop(net, event):
                continue  # two tokens in a loop each count for themselves
            if others and net.triggers.get(event) is None:
                net.attached[event] = self.random.choice(others)
                return True
        return False

    def _drop_event(self, net: Net) -> bool:
        for event in self._watching(net):
            if net.kinds[event] in ("beside", "remind") and not net.triggers.get(event):
                (out,) = net.out(event)
                task = net.flows[out][1]
                ends = net.out(task)
                if net.kinds[task] != "each" or net.kinds[net.flows[ends[0]][1]] != "end":
                    continue
                for node in (event, task, net.flows[ends[0]][1]):
                    del net.kinds[node]
                del net.attached[event]
                net.maps.pop(event, None)
                net.flows[out] = net.flows[ends[0]] = GONE
                return True
        return False

    def _other_trigger(self, net: Net) -> bool:
        others = {
            "instead": "overdue",
            "overdue": "instead",
            "beside": "remind",
            "remind": "beside",
        }
        for event in self._watching(net):
            if not net.triggers.get(event) and event not in net.brings:
                net.kinds[event] = others[net.kinds[event]]
                return True
        return False

    def _watching(self, net: Net) -> list[str]:
        return self._some([event for event, kind in net.kinds.items() if kind in ASIDE])

    def _repeat(self, net: Net) -> bool:
        """A task is done by several now, or by one."""
        for task in self._some([n for n, kind in net.kinds.items() if kind in ("each", "plain")]):
            if task not in net.undone_by and task not in net.undone_by.values():
                net.kinds[task] = "plain" if net.kinds[task] == "each" else "each"
                return True
        return False

    def _put_inside(self, net: Net) -> bool:
        """A task stands in a subprocess now."""
        for task in self._some([n for n, kind in net.kinds.items() if kind == "each"]):
            if task in net.attached.values() or len(net.into(task)) != 1:
                continue
            inner, name = Net(), self.generator.name("p")
            start, end = self.generator.name("s"), self.generator.name("e")
            inner.kinds.update({start: "start", task: "each", end: "end"})
            inner.flows += [(start, task, ""), (task, end, "")]
            del net.kinds[task]
            net.kinds[name], net.inner[name] = "sub", inner
            for index in (*net.into(task), *net.out(task)):
                source, target, guard = net.flows[index]
                swapped = [name if node == task else node for node in (source, target)]
                net.ids[index] = net.id_of(index)
                net.flows[index] = (swapped[0], swapped[1], guard)
            return True
        return False

    def _race_more(self, net: Net) -> bool:
        for gateway in [node for node, kind in net.kinds.items() if kind == "race"]:
            first = net.flows[net.out(gateway)[0]][1]
            event = self.generator.name("m")
            net.kinds[event] = "catch"
            target = net.flows[net.out(first)[0]][1]
            join = self._meets(net, target)
            if join:
                net.flows += [(gateway, event, ""), (event, join, "")]
                return True
            del net.kinds[event]
        return False

    def _meets(self, net: Net, node: str) -> str:
        """Where the ways behind an event-based gateway meet, if it is near."""
        for _ in range(3):
            if net.kinds[node] == "xor" and len(net.into(node)) > 1:
                return node
            ways = net.out(node)
            if len(ways) != 1:
                return ""
            node = net.flows[ways[0]][1]
        return ""


def _leads_to_a_loop(net: Net, node: str) -> bool:
    found: set[str] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending += [net.flows[index][1] for index in net.out(current)]
            pending += [event for event, activity in net.attached.items() if activity == current]
    nested = [scope for name in found & net.inner.keys() for scope in scopes(net.inner[name])]
    kinds = [net.kinds[name] for name in found] + [k for n in nested for k in n.kinds.values()]
    return "count" in kinds
