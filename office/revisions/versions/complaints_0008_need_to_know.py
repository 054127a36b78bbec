"""Who may see a case before screening has said who is accused, and whose track protects them.

In older releases both followed from track C, and screening was form F2.
"""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0008"
down_revision = "complaints_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("guarded", "held"):
        op.add_column(
            "complaint_case",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column(
        "attachment",
        sa.Column("purpose", sa.String(length=16), nullable=False, server_default="content"),
    )
    case = sa.table(
        "complaint_case",
        sa.column("instance_id", sa.String()),
        sa.column("track", sa.String()),
        sa.column("guarded", sa.Boolean()),
        sa.column("held", sa.Boolean()),
    )
    task = sa.table(
        "user_task",
        sa.column("instance_id", sa.String()),
        sa.column("form", sa.String()),
        sa.column("status", sa.String()),
    )
    is_screened = sa.exists().where(
        task.c.instance_id == case.c.instance_id,
        task.c.form == "f2_screening",
        task.c.status == "completed",
    )
    of_corruption = case.update().where(case.c.track == "C")
    op.execute(of_corruption.values(guarded=sa.true()))
    op.execute(of_corruption.where(~is_screened).values(held=sa.true()))
