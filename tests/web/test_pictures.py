"""The drawn picture of a process, and the breaking of Thai labels."""

from __future__ import annotations

import itertools

import regex
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from office.applications.shipped import ROOT
from web.pictures import line_break, picture

DIAGRAM = (ROOT / "processes" / "complaint" / "complaint.bpmn").read_bytes()
SVG = "{http://www.w3.org/2000/svg}"
THAI = st.text(alphabet="กขคงจชดตทนบปผพมยรลวสหอเแโใไะาำัิีึืุู็่้๊๋์ๆฯ /-\u200b", max_size=60)


def test_every_shape_of_the_file_is_in_the_picture() -> None:
    shapes = etree.fromstring(DIAGRAM).iter("{*}BPMNShape")
    wanted = {shape.get("bpmnElement") for shape in shapes}

    drawn = {each.get("data-element") for each in etree.fromstring(picture.draw(DIAGRAM)).iter()}

    assert wanted <= drawn


def test_a_step_says_its_name_and_its_sentence_to_those_who_cannot_see() -> None:
    svg = etree.fromstring(picture.draw(DIAGRAM))

    (screen,) = svg.findall(f".//{SVG}g[@data-element='screen']/{SVG}title")

    assert str(screen.text).startswith("กลั่นกรองเรื่อง — ")
    assert "Screen" in str(picture.draw(DIAGRAM, language="en"))


def test_the_way_and_the_place_of_a_case_are_marked() -> None:
    svg = etree.fromstring(picture.draw(DIAGRAM, visited=["screen"], standing=["assign"]))

    def looks(id: str) -> str:
        return str(svg.find(f".//{SVG}g[@data-element='{id}']/{SVG}rect").get("class"))

    assert "pic-visited" in looks("screen")
    assert "pic-standing" in looks("assign")
    assert "pic-visited" not in looks("decide")


def test_a_name_in_a_diagram_can_carry_no_markup_into_a_page() -> None:
    poisoned = DIAGRAM.replace("กลั่นกรองเรื่อง".encode(), b"&lt;script&gt;alert(1)&lt;/script&gt;")

    assert "<script" not in picture.draw(poisoned)


def test_pieces_for_paper_show_the_whole_and_name_the_lanes_on_each() -> None:
    pieces = [etree.fromstring(piece) for piece in picture.strips(DIAGRAM)]

    assert len(pieces) > 1
    places = [[float(n) for n in piece.get("viewBox").split()] for piece in pieces]
    whole = [float(n) for n in etree.fromstring(picture.draw(DIAGRAM)).get("viewBox").split()]
    assert places[0][0] == whole[0]
    assert places[-1][0] + places[-1][2] == whole[0] + whole[2]
    for left, right in itertools.pairwise(places):
        assert right[0] < left[0] + left[2], "no gap between two pieces"
    names = ["".join(piece.itertext()) for piece in pieces]
    assert all("ผู้ร้องเรียน" in name for name in names)


def test_labels_break_between_words() -> None:
    assert line_break.wrap("แจ้งผลการพิจารณาให้ผู้ร้องเรียนทราบ", 95, 13) == [
        "แจ้ง",
        "ผลการพิจารณา",
        "ให้ผู้ร้องเรียน",
        "ทราบ",
    ]
    assert line_break.wrap("ฝ่ายชี้แจงข้อเท็จจริงภายในกำหนด", 95, 13) == [
        "ฝ่ายชี้แจง",
        "ข้อเท็จจริง",
        "ภายในกำหนด",
    ]


@given(THAI)
def test_no_line_break_cuts_a_grapheme_or_loses_a_letter(text: str) -> None:
    pieces = line_break.pieces(text)

    assert "".join(pieces) == text
    for before, after in itertools.pairwise(pieces):
        if before[-1] in " /-\u200b":
            continue  # the author's own place to break
        assert not regex.match(r"\p{M}|[ะาำๆฯ]", after)
        assert before[-1] not in "เแโใไ"
