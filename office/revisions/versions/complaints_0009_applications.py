"""A case and a status belong to a process application; a variant may have a longer key.

What is there belongs to the application that its process is of: before there were applications,
the process that a case was started with had its name.
"""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0009"
down_revision = "complaints_0008"
branch_labels = None
depends_on = None

FILL = """
    UPDATE complaint_case SET application = COALESCE((
        SELECT process_definition.key FROM process_instance
        JOIN process_definition ON process_definition.id = process_instance.definition_id
        WHERE process_instance.id = complaint_case.instance_id
    ), '')
"""


def upgrade() -> None:
    op.add_column("complaint_case", _application())
    with op.batch_alter_table("complaint_case") as table:
        table.alter_column("track", existing_type=sa.String(length=4), type_=sa.String(length=40))
    op.create_index(op.f("ix_complaint_case_application"), "complaint_case", ["application"])
    op.execute(FILL)
    op.add_column("status", _application())
    with op.batch_alter_table("status") as table:
        table.drop_constraint("pk_status", type_="primary")
        table.create_primary_key("pk_status", ["application", "key"])


def _application() -> sa.Column[str]:
    return sa.Column("application", sa.String(length=64), nullable=False, server_default="")
