"""What a letter looks like in a plain e-mail."""

from office.applications.markdown import plain


def test_marks_of_markdown_do_not_reach_a_reader() -> None:
    letter = (
        "**ที่** ศปท.ล.00001/2569\n\n# เรื่อง แจ้งผล\n\nเรียน ผู้ร้อง\n\n"
        "โปรดตอบ\n\n3. ข้อแรก\n4. ข้อสอง\n\n- *เอกสาร*\n\nดู [ที่นี่](https://example.org/t)\n"
    )

    text = plain(letter)

    assert text == (
        "ที่ ศปท.ล.00001/2569\n\nเรื่อง แจ้งผล\n\nเรียน ผู้ร้อง\n\nโปรดตอบ\n\n"
        "3. ข้อแรก\n4. ข้อสอง\n\n- เอกสาร\n\nดู ที่นี่\n"
    )


def test_a_line_a_person_broke_stays_broken() -> None:
    assert plain("บรรทัดหนึ่ง\nบรรทัดสอง") == "บรรทัดหนึ่ง\nบรรทัดสอง\n"
