"""How an older release ran a case whose escalation interrupts the subprocess that throws it.

It is run by itself, with nothing but the older release's own code on the path.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock


def main() -> None:
    wish = json.loads(sys.argv[1])
    clock = TravellingClock(datetime.fromisoformat(wish["now"]))
    engine = Engine.open(wish["url"], clock=clock)
    files = {name: content.encode() for name, content in wish["files"].items()}
    engine.deploy(files, Actor.of("owner"))
    case = engine.start("p", {"case_id": "1"})
    for task in engine.tasks(case):
        if task.element_id == "r":
            engine.complete(task.id, {}, Actor.of("officer-1", "officer"))
    told = {"case": case, "open": [task.element_id for task in engine.tasks(case)]}
    engine.close()
    json.dump({**told, "engine": sys.modules["engine"].__file__}, sys.stdout)


main()
