"""The pages of accounts, one's own and the administrator's: free of barriers at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.person import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
Somebody = Callable[..., Person]
PAGES = (
    "/admin/people",
    "/admin/people/new",
    "/admin/people/roles",
    "/admin/units",
    "/admin/orders",
    "/account",
)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_the_pages_of_accounts(person: Somebody, phone: bool) -> None:
    administrator = person(phone=phone)
    administrator.visit("/welcome")
    administrator.sign_in("administrator")

    for path in PAGES:
        administrator.visit(path)
        wide = administrator.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= administrator.width, path
    administrator.visit("/admin/people")
    administrator.page.locator("td a").first.click()
    administrator.look()
    administrator.visit("/account")
    administrator.press("เพิ่มแอปยืนยันตัวตน")
    assert administrator.page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
