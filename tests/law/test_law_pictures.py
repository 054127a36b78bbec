"""The diagrams are printed and hung on a wall: nothing crosses, nothing hides, everything fits."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.law.pictures import BPMN, Picture

GUIDELINE = Path(__file__).resolve().parents[2] / "processes" / "complaint"
DIAGRAMS = sorted(path.name for path in GUIDELINE.glob("*.bpmn"))


@pytest.fixture(params=DIAGRAMS)
def picture(request: pytest.FixtureRequest) -> Picture:
    return Picture(GUIDELINE / str(request.param))


def test_everything_is_drawn(picture: Picture) -> None:
    flows = {id for id in picture.elements if picture.tag(id) == "sequenceFlow"}
    kinds = ("Event", "Task", "Gateway", "callActivity", "subProcess", "lane", "participant")
    meant = {id for id, e in picture.elements.items() if str(e.tag).startswith(BPMN)}
    nodes = {id for id in meant if picture.tag(id).endswith(kinds)}

    assert flows == set(picture.lines)
    assert nodes == set(picture.shapes)


def test_no_two_lines_cross_or_run_together(picture: Picture) -> None:
    assert list(picture.crossings()) == []


def test_no_line_runs_through_a_step(picture: Picture) -> None:
    assert list(picture.lines_through_shapes()) == []


def test_lines_are_level_or_upright_and_touch_what_they_join(picture: Picture) -> None:
    assert list(picture.crooked_lines()) == []
    assert list(picture.loose_ends()) == []


def test_every_label_can_be_read(picture: Picture) -> None:
    assert list(picture.hidden_labels()) == []
    assert list(picture.small_labels()) == []


def test_no_name_is_broken_in_the_middle_of_a_thai_word(picture: Picture) -> None:
    """diagram-js breaks Thai anywhere when a line is too long: names bring their own breaks."""
    assert list(picture.full_tasks()) == []


def test_every_step_stands_in_the_lane_of_those_who_do_it(picture: Picture) -> None:
    members = [id for lane in picture.lanes().values() for id in lane]
    outer = [id for id in picture.nodes() if not _is_in_subprocess(picture, id)]

    assert list(picture.outside_lane()) == []
    assert sorted(members) == sorted(outer)


def test_lanes_fill_their_pool(picture: Picture) -> None:
    pool = next(box for id, box in picture.shapes.items() if picture.tag(id) == "participant")
    lanes = [picture.shapes[lane] for lane in picture.lanes()]

    assert lanes[0].y == pool.y
    assert lanes[-1].bottom == pool.bottom
    assert all(a.bottom == b.y for a, b in itertools.pairwise(lanes))


def test_tasks_are_large_enough_for_thai(picture: Picture) -> None:
    for id in picture.nodes():
        if picture.tag(id).endswith("Task") or picture.tag(id) == "callActivity":
            assert picture.shapes[id].width >= 100, id
            assert picture.shapes[id].height >= 80, id


def _is_in_subprocess(picture: Picture, id: str) -> bool:
    return any(
        str(parent.tag).endswith("}subProcess") for parent in picture.elements[id].iterancestors()
    )
