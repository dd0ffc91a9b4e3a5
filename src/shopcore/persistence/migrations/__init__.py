"""The revisions of the schema: one Alembic tree with its own version table."""
