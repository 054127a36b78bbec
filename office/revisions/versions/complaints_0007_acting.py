"""Who acts for the centre is told by the column `access`; an older table of roles says none."""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0007"
down_revision = "complaints_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = sa.table("role", sa.column("key", sa.String()), sa.column("access", sa.String()))
    acts = (role.c.key == "alternate_handler") & (role.c.access == "none")
    op.execute(role.update().where(acts).values(access="acting"))
