"""Settings of the pages."""

from __future__ import annotations

from engine.ground.settings import Unfit, flag, number, setting
from engine.ground.text import Text
from office.ground.settings import OfficeSettings

MEGABYTE = 1024 * 1024


def contact(raw: str) -> str:
    if not raw.startswith(("mailto:", "https://", "tel:")) or not raw.isprintable():
        raise Unfit(
            "ต้องขึ้นต้นด้วย mailto: หรือ https:// หรือ tel:",
            "it must start with mailto:, https:// or tel:",
        )
    return raw


class WebSettings(OfficeSettings):
    """The office's settings, and how its pages are served."""

    secure_cookies: bool = setting(
        "SAMNUAN_SECURE_COOKIES",
        Text(
            "ส่งคุกกี้ผ่าน HTTPS เท่านั้น แม้ SAMNUAN_PUBLIC_URL ไม่ใช่ https (ที่เป็น https ส่งอย่างนั้นเสมอ)",
            "Send cookies over HTTPS only even where SAMNUAN_PUBLIC_URL is not https; where it is, "
            "they always are",
        ),
        parse=flag,
        default=False,
    )
    trusted_proxies: int = setting(
        "SAMNUAN_TRUSTED_PROXIES",
        Text(
            "จำนวนพร็อกซีด้านหน้าที่เชื่อถือหัวเรื่อง X-Forwarded ได้",
            "How many proxies in front may be believed about X-Forwarded headers",
        ),
        parse=number(0, 5),
        default=0,
    )
    filings_per_hour: int = setting(
        "SAMNUAN_FILINGS_PER_HOUR",
        Text("ยื่นเรื่องได้กี่ครั้งต่อชั่วโมงจากที่เดียวกัน", "Filings per hour from one place"),
        parse=number(1, 10_000),
        default=30,
    )
    attempts_per_quarter_hour: int = setting(
        "SAMNUAN_ATTEMPTS_PER_QUARTER_HOUR",
        Text(
            "กรอกรหัสติดตามหรือรหัสผ่านได้กี่ครั้งต่อ 15 นาทีจากที่เดียวกัน",
            "Tracking codes or passwords that one place may try in 15 minutes",
        ),
        parse=number(1, 10_000),
        default=20,
    )
    sign_in_failures_per_network: int = setting(
        "SAMNUAN_SIGN_IN_FAILURES_PER_NETWORK",
        Text(
            "ลงชื่อเข้าใช้ผิดได้กี่ครั้งต่อ 5 นาทีจากเครือข่ายเดียวกัน (ลงชื่อถูกไม่นับ)",
            "Failed sign-ins from one network in 5 minutes; right ones do not count",
        ),
        parse=number(1, 10_000),
        default=60,
    )
    security_contact: str = setting(
        "SAMNUAN_SECURITY_CONTACT",
        Text(
            "ที่ติดต่อเมื่อพบช่องโหว่ mailto:… หรือ https://… แสดงที่ /.well-known/security.txt",
            "Whom to tell of a hole in security, mailto:… or https://…, for "
            "/.well-known/security.txt",
        ),
        parse=contact,
        default="",
    )
    oidc_issuer: str = setting(
        "SAMNUAN_OIDC_ISSUER",
        Text(
            "ผู้ให้บริการยืนยันตัวตน (OpenID Connect) ของหน่วยงาน เช่น https://login.example.go.th",
            "The agency's OpenID Connect provider, such as https://login.example.go.th",
        ),
        default="",
    )
    oidc_client_id: str = setting(
        "SAMNUAN_OIDC_CLIENT_ID", Text("รหัสไคลเอนต์ที่ผู้ให้บริการออกให้", "Client id there"), default=""
    )
    oidc_client_secret: str = setting(
        "SAMNUAN_OIDC_CLIENT_SECRET",
        Text("รหัสลับของไคลเอนต์", "Client secret there"),
        default="",
        secret=True,
    )
    oidc_name: str = setting(
        "SAMNUAN_OIDC_NAME",
        Text("ชื่อที่แสดงบนปุ่มลงชื่อเข้าใช้", "What the button to sign in calls it"),
        default="บัญชีของหน่วยงาน",
    )
    oidc_scope: str = setting(
        "SAMNUAN_OIDC_SCOPE",
        Text("ขอบเขตข้อมูลที่ขอ", "Scope that is asked for"),
        default="openid profile email",
    )
    oidc_groups_claim: str = setting(
        "SAMNUAN_OIDC_GROUPS_CLAIM",
        Text(
            "ชื่อข้อมูลที่บอกกลุ่ม ใช้คู่กับตาราง sign-in-groups.csv; - คือไม่ใช้กลุ่ม",
            "Claim with the groups, for the table sign-in-groups.csv; - for none",
        ),
        default="groups",
    )
    thaid_client_id: str = setting(
        "SAMNUAN_THAID_CLIENT_ID",
        Text("รหัสไคลเอนต์ ThaID ที่กรมการปกครองออกให้", "Client id for ThaID"),
        default="",
    )
    thaid_client_secret: str = setting(
        "SAMNUAN_THAID_CLIENT_SECRET",
        Text("รหัสลับของไคลเอนต์ ThaID", "Client secret for ThaID"),
        default="",
        secret=True,
    )
    thaid_issuer: str = setting(
        "SAMNUAN_THAID_ISSUER",
        Text("ที่อยู่ผู้ออกของ ThaID", "Issuer of ThaID"),
        default="https://imauth.bora.dopa.go.th",
    )
    thaid_scope: str = setting(
        "SAMNUAN_THAID_SCOPE",
        Text("ขอบเขตข้อมูลที่ขอจาก ThaID", "Scope for ThaID"),
        default="openid pid",
    )
    metrics_token: str = setting(
        "SAMNUAN_METRICS_TOKEN",
        Text(
            "โทเคนสำหรับอ่าน /metrics ถ้าว่างไว้ อ่านได้จากเครื่องเดียวกันเท่านั้น",
            "Token that opens /metrics; when empty, only this machine itself may read it",
        ),
        default="",
        secret=True,
    )
    agency_th: str = setting(
        "SAMNUAN_AGENCY_TH",
        Text("ชื่อหน่วยงานภาษาไทย", "The agency's name in Thai"),
        default="สำนักงานส่งเสริมวิสาหกิจขนาดกลางและขนาดย่อม (สสว.)",
    )
    agency_en: str = setting(
        "SAMNUAN_AGENCY_EN",
        Text("ชื่อหน่วยงานภาษาอังกฤษ", "The agency's name in English"),
        default="Office of Small and Medium Enterprises Promotion (OSMEP)",
    )

    @property
    def has_https(self) -> bool:
        """Whether the public comes by HTTPS, as the public address says."""
        return self.public_url.startswith("https://")

    @property
    def sends_secure_cookies(self) -> bool:
        return self.has_https or self.secure_cookies

    @property
    def agency(self) -> Text:
        return Text(self.agency_th, self.agency_en)
