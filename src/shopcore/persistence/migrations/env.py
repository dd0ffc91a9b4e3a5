"""Runs the revisions on the connection that was handed in; there is no offline mode and no configuration file."""

from alembic import context


def run() -> None:
    """Run what the caller asked for, on its connection and in its transaction."""
    tables = context.config.attributes["tables"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=tables.orders.metadata,
        version_table=tables.version_table,
        version_table_schema=tables.schema,
        compare_type=True,
        transactional_ddl=False,
    )
    context.run_migrations()


# There is a configuration only while Alembic runs this file, not where a tool imports it to look at it.
if hasattr(context, "config"):
    run()
