"""No story is merged into itself: whoever followed one to its heir would never arrive."""

from __future__ import annotations

from alembic import op

revision = "merges"
down_revision = "webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Two merges at once could leave such a story; its articles are its own, so that it stands for itself again.
    op.execute("UPDATE story SET merged_into = NULL WHERE merged_into = id")
    op.create_check_constraint(op.f("ck_story_heir"), "story", "merged_into <> id")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_story_heir"), "story", type_="check")
