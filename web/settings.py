"""Settings of the pages."""

from __future__ import annotations

from engine.ground.settings import flag, number, setting
from engine.ground.text import Text
from office.ground.settings import OfficeSettings

MEGABYTE = 1024 * 1024


class WebSettings(OfficeSettings):
    """The office's settings, and how its pages are served."""

    secure_cookies: bool = setting(
        "SAMNUAN_SECURE_COOKIES",
        Text(
            "ส่งคุกกี้ผ่าน HTTPS เท่านั้น ต้องเปิดเมื่อให้บริการจริง",
            "Send cookies over HTTPS only; must be on when serving the public",
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
    def agency(self) -> Text:
        return Text(self.agency_th, self.agency_en)
