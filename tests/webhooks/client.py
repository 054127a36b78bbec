"""A program that speaks the REST API, for tests."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient


class Api:
    def __init__(self, http: FlaskClient, headers: dict[str, str]) -> None:
        self.http, self.headers = http, headers

    def get(self, address: str, **headers: str) -> Any:
        return self.http.get(f"/api/v1{address}", headers=self.headers | _dashed(headers))

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.http.post(
            f"/api/v1{address}", headers=self.headers | _dashed(headers), json=body or {}
        )

    def start(self, process: str, **variables) -> str:
        answer = self.post("/instances", {"process": process, "variables": variables})
        assert answer.status_code == 201, answer.json
        return answer.json["instance_id"]

    def only_task(self) -> dict:
        [task] = self.get("/tasks").json["items"]
        return task


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def upload(api: Api, files: dict[str, bytes], **headers: str) -> Any:
    """Deploy files as a browser or curl would send them."""
    parts = [(io.BytesIO(content), name) for name, content in files.items()]
    return api.http.post(
        "/api/v1/deployments",
        headers=api.headers | _dashed(headers),
        data={"files": parts},
        content_type="multipart/form-data",
    )
