"""Words of roles.csv for agencies whose roles were read before there were such words.

The heads' page for handing tasks over, and that the deputy stands in for a unit.
"""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0010"
down_revision = "complaints_0009"
branch_labels = None
depends_on = None

HEADS = (
    "screening_head",
    "alternate_handler",
    "unit_director",
    "deputy_director",
    "director",
    "board_chair",
)


def upgrade() -> None:
    columns = (sa.column(name, sa.String()) for name in ("key", "pages", "access"))
    role = sa.table("role", *columns)
    # A role without pages is read from its table at the next start.
    known = role.update().where(role.c.key.in_(HEADS), role.c.pages.is_not(None))
    op.execute(known.values(pages=role.c.pages + " handover"))
    deputy = role.update().where(role.c.key == "deputy_director", role.c.access == "none")
    op.execute(deputy.values(access="unit"))
