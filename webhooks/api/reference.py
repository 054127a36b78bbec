"""The API's reference page, rendered here from its document without any script."""

from typing import Any

from flask import Blueprint, Response, render_template

from engine.ground import canonical
from webhooks.api.notes import NOTES
from webhooks.api.spec import SamnuanApi

_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def reference(api: SamnuanApi) -> Blueprint:
    """Serves the document and its page, to anyone: it describes the API and opens nothing."""
    pages = Blueprint(
        "api-reference",
        __name__,
        url_prefix="/api/v1",
        template_folder="../templates",
        static_folder="../static",
        static_url_path="/static",
    )

    @pages.get("/openapi.json")
    def document() -> Response:
        return Response(canonical.dumps(api.document()), mimetype="application/json")

    @pages.get("/")
    def page() -> Response:
        document = api.document()
        html = render_template(
            "webhooks/reference.html", document=document, groups=_by_tag(document), notes=NOTES
        )
        return Response(html, headers={"Content-Security-Policy": _POLICY})

    return pages


def _by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations under their noun, in the order of the document, with their path and method."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method == "parameters":
                continue
            entry = {"path": path, "method": method.upper(), **operation}
            answers = operation["responses"].items()
            entry["refusals"] = sorted(code for code, _ in answers if code >= "4")
            entry["responses"] = {code: each for code, each in answers if code < "4"}
            entry["parameters"] = [
                resolve(document, parameter)
                for parameter in (*shared, *operation.get("parameters", []))
            ]
            groups.setdefault(operation["tags"][0], []).append(entry)
    return groups


def resolve(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` of the document points at."""
    while "$ref" in part:
        target: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
