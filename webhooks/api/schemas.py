"""What the API takes and what it shows; names, texts and identities of people are not among it."""

from marshmallow import fields, validate

from webhooks.api.base import Shown, Strict, choice, mapping, text, whole
from webhooks.api.spec import FindingSchema, MessageSchema

LARGEST_PAGE = 200


class PageQuery(Strict):
    """Which page of a list."""

    limit = whole(1, LARGEST_PAGE, load_default=50)
    cursor = text(500)


class PageSchema(Shown):
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Cursor of the next page."}
    )


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────


class TaskQuery(PageQuery):
    instance_id = text(32)


class TaskSchema(Shown):
    """An open step of a case; its ETag is the revision of the case."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    process = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.Nested(MessageSchema, required=True)
    form = fields.String(required=True)
    assignee = fields.String(required=True, allow_none=True)
    candidate_groups = fields.List(fields.String(), required=True)
    priority = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)


class OneTaskSchema(TaskSchema):
    revision = fields.Integer(required=True)
    variables = mapping(
        allow_none=True,
        metadata={"description": "Process variables; absent where the case is a complaint."},
    )


class TaskPageSchema(PageSchema):
    items = fields.List(fields.Nested(TaskSchema), required=True)


class CompletionBody(Strict):
    """Answers to the task's form; the form decides which fields there are."""

    answers = mapping(load_default=dict)


class HandoverBody(Strict):
    """Who gets the task, and why; the reason is sealed with the case."""

    to = text(80, required=True, metadata={"description": "User name of the new holder."})
    reason = text(2000, required=True)


# ── instances ──────────────────────────────────────────────────────────────────────────────────


class InstanceQuery(PageQuery):
    process = text(200)
    business_key = text(255)
    status = choice("running", "completed", "cancelled")


class InstanceSchema(Shown):
    id = fields.String(required=True)
    definition_id = fields.String(required=True)
    business_key = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    revision = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class StandingSchema(Shown):
    element_id = fields.String(required=True)
    process_key = fields.String(required=True)
    kind = fields.String(required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)


class OneInstanceSchema(InstanceSchema):
    """Where the instance stands; its ETag is its revision."""

    standing = fields.List(fields.Nested(StandingSchema), required=True)
    variables = mapping(
        allow_none=True,
        metadata={"description": "Process variables; absent where the instance is a complaint."},
    )


class InstancePageSchema(PageSchema):
    items = fields.List(fields.Nested(InstanceSchema), required=True)


class StartBody(Strict):
    process = text(200, required=True)
    variables = mapping(load_default=dict)
    business_key = text(255, load_default=None)
    start_event = text(255, load_default=None)


class StartedSchema(Shown):
    instance_id = fields.String(required=True)


class CancelBody(Strict):
    reason = text(1000, required=True)


class EventSchema(Shown):
    seq = fields.Integer(required=True)
    type = fields.String(required=True)
    element_id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True)
    data = mapping(required=True)
    hash = fields.String(required=True)


class HistorySchema(PageSchema):
    items = fields.List(fields.Nested(EventSchema), required=True)


# ── deployed ───────────────────────────────────────────────────────────────────────────────────


class ProcessSchema(Shown):
    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.Nested(MessageSchema, required=True)
    file = fields.String(required=True)
    sha256 = fields.String(required=True)
    deployment_id = fields.String(required=True)
    deployed_at = fields.AwareDateTime(required=True)
    in_force = fields.Boolean(required=True)


class ProcessesSchema(Shown):
    items = fields.List(fields.Nested(ProcessSchema), required=True)


class FileQuery(Strict):
    name = text(200)


class DeploymentSchema(Shown):
    """What was deployed, with the remarks that did not stop it."""

    id = fields.String(required=True)
    processes = fields.List(fields.Nested(ProcessSchema), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


# ── messages, jobs, incidents ──────────────────────────────────────────────────────────────────


class MessageBody(Strict):
    name = text(255, required=True)
    key = text(255, required=True)
    variables = mapping(load_default=dict)


class CorrelatedSchema(Shown):
    instance_id = fields.String(required=True)


class ActivateBody(Strict):
    type = text(100, required=True)
    worker = text(100, required=True)
    limit = whole(1, 100, load_default=1, strict=True)
    lock_seconds = whole(1, 86_400, load_default=60, strict=True)
    fetch_variables = fields.List(
        text(200), load_default=None, allow_none=True, validate=validate.Length(max=100)
    )
    wait_seconds = whole(0, 30, load_default=0, strict=True)


class JobSchema(Shown):
    id = fields.String(required=True)
    type = fields.String(required=True)
    instance_id = fields.String(required=True)
    element_id = fields.String(required=True)
    headers = mapping(required=True)
    variables = mapping(required=True)
    retries = fields.Integer(required=True)
    locked_until = fields.AwareDateTime(required=True, allow_none=True)


class JobsSchema(Shown):
    items = fields.List(fields.Nested(JobSchema), required=True)


class JobCompletionBody(Strict):
    worker = text(100, required=True)
    variables = mapping(load_default=dict)


class JobFailureBody(Strict):
    worker = text(100, required=True)
    message = text(2000, required=True)
    retries = whole(0, 1000, load_default=None, allow_none=True, strict=True)
    retry_in_seconds = whole(0, 2_592_000, load_default=0, strict=True)


class JobErrorBody(Strict):
    worker = text(100, required=True)
    code = text(100, required=True)
    variables = mapping(load_default=dict)


class SettleSchema(Strict):
    variables = mapping(load_default=dict)


class JobExtensionBody(Strict):
    worker = text(100, required=True)
    lock_seconds = whole(1, 86_400, required=True, strict=True)


class IncidentQuery(PageQuery):
    instance_id = text(32)
    resolved = fields.Boolean(load_default=False)


class IncidentSchema(Shown):
    id = fields.String(required=True)
    instance_id = fields.String(required=True, allow_none=True)
    job_id = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True)
    kind = fields.String(required=True)
    message = fields.Nested(MessageSchema, required=True)
    raised_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)


class IncidentPageSchema(PageSchema):
    items = fields.List(fields.Nested(IncidentSchema), required=True)


# ── what was refused ──────────────────────────────────────────────────────────────────────────


class InboundRefusalSchema(Shown):
    source = fields.String(required=True)
    reason = fields.String(required=True)
    day = fields.Date(required=True)
    count = fields.Integer(required=True)
    last_at = fields.AwareDateTime(required=True)


class FailedDeliverySchema(Shown):
    id = fields.String(required=True)
    subscriber = fields.String(required=True)
    event = fields.String(required=True)
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class RefusalReportSchema(Shown):
    """What was refused of what machines sent, and what never reached its subscriber."""

    refusals = fields.List(fields.Nested(InboundRefusalSchema), required=True)
    failed_deliveries = fields.List(fields.Nested(FailedDeliverySchema), required=True)
