"""`/processes` and `/deployments`: what is deployed, and putting a new one into force."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from flask import Response, request

from engine.ground.errors import DefinitionNotFound
from engine.ground.text import Text
from engine.store.tables import ProcessDefinition
from engine.store.work import Work
from engine.verbs import deployment, queries
from webhooks import listing
from webhooks.api.authentication import client
from webhooks.api.blueprint import BYTES, ApiBlueprint
from webhooks.api.schemas import DeploymentSchema, FileQuery, ProcessesSchema
from webhooks.context import api_context
from webhooks.errors import FieldsRefused

processes = ApiBlueprint("processes", "What is deployed, and putting a new one into force.")

MOST_FILES = 200
LONGEST_NAME = 200


@processes.reads("/processes", scope="processes:read", answer=ProcessesSchema)
def list_processes(work: Work) -> dict[str, Any]:
    """List the version of every process that is in force.

    รายการกระบวนงานรุ่นที่ใช้บังคับอยู่
    """
    return {"items": [shown for shown in _versions(work) if shown["in_force"]]}


@processes.reads(
    "/processes/<key>/versions",
    scope="processes:read",
    answer=ProcessesSchema,
    refusals=(404,),
)
def list_versions(work: Work, key: str) -> dict[str, Any]:
    """List every version of a process, the newest first.

    รายการทุกรุ่นของกระบวนงาน เรียงจากใหม่ไปเก่า
    """
    found = _versions(work, key)
    if not found:
        raise DefinitionNotFound(key=key)
    return {"items": found}


@processes.reads(
    "/processes/<key>/versions/<int:version>/file",
    scope="processes:read",
    answer=BYTES,
    query=FileQuery,
    refusals=(404,),
)
def download_file(work: Work, query: Mapping[str, Any], key: str, version: int) -> Response:
    """Download a file as it was deployed, byte for byte: the diagram, or the one named.

    ดาวน์โหลดแฟ้มตามที่ติดตั้งไว้ทุกไบต์ คือแผนภาพ หรือแฟ้มที่ระบุชื่อ
    """
    if version >= 2**31:
        raise DefinitionNotFound(key=key)
    row = queries.definition(work, key, version)
    content = queries.definition_file(work, row.id, query.get("name"))
    answer = Response(content, mimetype="application/octet-stream")
    name = query.get("name") or row.file
    answer.headers.set("Content-Disposition", "attachment", filename=PurePosixPath(name).name)
    answer.set_etag(row.sha256 if query.get("name") is None else f"{row.deployment_id}")
    return answer


def require_deployable_files() -> None:
    """Refuse bad files before the unit of work begins, so that nobody waits for the verdict."""
    deployment.require_deployable(api_context().engine.machine, _files(), upload=True)


@processes.writes(
    "/deployments",
    scope="deployments:write",
    answer=DeploymentSchema,
    status=201,
    upload=True,
    before=require_deployable_files,
)
def deploy(work: Work) -> dict[str, Any]:
    """Deploy diagrams, decisions and forms together; a refusal carries every finding.

    ติดตั้งแผนภาพ ตารางตัดสินใจ และแบบฟอร์มพร้อมกัน ถ้าไม่ผ่าน จะแจ้งข้อค้นพบทุกข้อ
    """
    deployed = deployment.deploy(work, _files(), client().actor)
    ids = set(deployed.definitions)
    shown = [each for each in _versions(work) if each["id"] in ids]
    findings = [finding.to_json() for finding in deployed.findings]
    return {"id": deployed.id, "processes": shown, "findings": findings}


def _files() -> dict[str, bytes]:
    """The uploaded files by name; a name may have folders, as `letters/L1.md`."""
    files: dict[str, bytes] = {}
    for part in request.files.getlist("files"):
        name = (part.filename or "").replace("\\", "/")
        if name in files or not _is_plain(name):
            text = (
                "ชื่อแฟ้มว่าง ยาวเกิน ซ้ำ หรือชี้ออกนอกโฟลเดอร์",
                "The name is empty, long, repeated or leads outside.",
            )
            raise FieldsRefused([_place(name[:50] or "files", *text)])
        files[name] = part.stream.read()
        part.stream.seek(0)  # they are read again to be checked, deployed and recognized
    if not 0 < len(files) <= MOST_FILES:
        raise FieldsRefused([_place("files", "ต้องมี 1–200 แฟ้ม", "1 to 200 files are needed.")])
    return files


def _is_plain(name: str) -> bool:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return False
    return not any(step in ("", ".", "..") for step in name.split("/"))


def _place(field: str, th: str, en: str) -> dict[str, str]:
    return {"in": "file", "field": field, "th": th, "en": en}


def _versions(work: Work, key: str | None = None) -> list[dict[str, Any]]:
    standing = queries.ids_in_force(work)
    found = listing.versions(work, key)
    return [{**_shown(row, at), "in_force": row.id in standing} for row, at in found]


def _shown(row: ProcessDefinition, deployed_at: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "version": row.version,
        "name": Text(row.name_th, row.name_en),
        "file": row.file,
        "sha256": row.sha256,
        "deployment_id": row.deployment_id,
        "deployed_at": deployed_at,
    }
