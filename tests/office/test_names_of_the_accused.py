"""However an accused officer's name is spelled, they are kept out of the case."""

from __future__ import annotations

import pytest

from office.applications.person_names import forms_of, titles_of
from office.ground.errors import CaseNotFound
from office.guideline import files
from office.people import people
from office.people.people import User
from tests.office.conftest import corruption
from tests.support.verbs import Office

NAME = "น้ำเพชร อำนวยสุข"
SPELLINGS = [
    "น้ำเพชร อำนวยสุข",
    "นายน้ำเพชร อำนวยสุข",
    "นาย น้ำเพชร  อำนวยสุข",
    "น.ส. น้ำเพชร อำนวยสุข",
    "คุณน้ำเพชร อำนวยสุข",
    "ท่านน้ำเพชร อำนวยสุข",
    "ผอ.น้ำเพชร อำนวยสุข",
    "ท่าน ผอ. น้ำเพชร อำนวยสุข",
    "ผู้อำนวยการน้ำเพชร อำนวยสุข",
    "ดร.น้ำเพชร อำนวยสุข",
    "รศ.ดร.น้ำเพชร อำนวยสุข",
    "รศ. ดร. น้ำเพชร อำนวยสุข",
    "พล.ต.อ.น้ำเพชร อำนวยสุข",
    "พล.ต.อ. ดร. น้ำเพชร อำนวยสุข",
    "ว่าที่ ร.ต. น้ำเพชร อำนวยสุข",
    "นายแพทย์น้ำเพชร อำนวยสุข",
    "น้ำเพชร\u200b อำนวย\u200bสุข",
    "น้ำเพชร อำนวยสุข และพวก",
    "นายน้ำเพชร อำนวยสุข (ผู้บริหารสูงสุดของสำนักงาน) กับพวก",
    "น้ำเพชร อำนวยสุข.",
    "น\u0e4d\u0e49\u0e32เพชร อ\u0e4d\u0e32นวยสุข",
]
OTHERS = ["น้ำเพชร อำนวยชัย", "เพชร อำนวยสุข", "น้ำทิพย์ อำนวยสุข", "ผู้อำนวยการ", ""]
TITLES = titles_of(files.guideline_files())


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_means_the_same_person(spelling: str) -> None:
    assert forms_of(spelling, TITLES) & forms_of(NAME, TITLES)


@pytest.mark.parametrize("other", OTHERS)
def test_another_name_means_another_person(other: str) -> None:
    assert not forms_of(other, TITLES) & forms_of(NAME, TITLES)


def test_a_first_name_that_begins_like_a_title_is_still_that_name() -> None:
    assert forms_of("ดรุณี ใจดี", TITLES) & forms_of("นางสาวดรุณี ใจดี", TITLES)


def test_the_guideline_may_bring_titles_of_its_own() -> None:
    own = titles_of({"titles.csv": "words,place\nเจ้าสัว,before\n".encode()})

    assert forms_of("เจ้าสัวน้ำเพชร อำนวยสุข", own) & forms_of(NAME, own)
    assert not forms_of("นายน้ำเพชร อำนวยสุข", own) & forms_of(NAME, own)


def test_an_accused_head_is_kept_out_in_every_spelling(
    office: Office, staff: dict[str, User]
) -> None:
    with office.engine.begin() as work:
        head = people.add_user(work, "accused", NAME, None, groups=["screening_head"])

    for spelling in SPELLINGS:
        accused = [{"name": spelling, "position": "หัวหน้า", "status": "ดำรงตำแหน่ง"}]
        filed = office.file_complaint(corruption(accused=accused))
        with pytest.raises(CaseNotFound):
            office.case(filed.case_id, head)
        assert office.case(filed.case_id, staff["head"])
    assert office.cases(head) == []
