"""What a server of an older release does on tables that a newer one has brought up to date.

It is run by itself, with nothing but the older release's own code on the path.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from complaints import people
from complaints.office import Office
from complaints.settings import OfficeSettings
from engine.clock import TravellingClock


def main() -> None:
    wish = json.loads(sys.argv[1])
    settings = OfficeSettings(database_url=wish["url"], data_dir=Path(wish["data_dir"]))
    clock = TravellingClock(datetime.fromisoformat(wish["now"]))
    office = Office.open(settings, clock=clock)
    with office.engine.read() as work:
        head = people.user_by_name(work, "head")
    (task,) = [
        item.task_id for item in office.work_list(head).items if item.case_id == wish["case"]
    ]
    office.complete(task, wish["screened"], user=head)
    filed = office.file_complaint(wish["complaint"])
    office.run_due()
    status = office.track(wish["code"]).status.th
    told = {"case": filed.case_id, "code": filed.tracking_code, "status": status}
    office.close()
    json.dump({**told, "engine": sys.modules["engine"].__file__}, sys.stdout)


main()
