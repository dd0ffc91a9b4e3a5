"""The schema's own revisions: made, checked and upgraded by name, apart from the host's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from shopcore.errors import StorageError
from shopcore.persistence._tables import Tables

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["HEAD", "check", "config_for", "create", "include_object", "upgrade"]

HEAD: Final = "0001"
COMMAND: Final = "shopcore.persistence.upgrade(connection, tables)"
SCRIPTS: Final = Path(__file__).parent / "migrations"


def _version_table(tables: Tables) -> Table:
    # The same table that Alembic makes for itself, so that either may have made it.
    return Table(
        tables.version_table, MetaData(), Column("version_num", String(32), primary_key=True), schema=tables.schema
    )


def revision(connection: Connection, tables: Tables) -> str | None:
    """Return the revision of the schema in the database; None where there is none."""
    if not inspect(connection).has_table(tables.version_table, schema=tables.schema):
        return None
    return connection.scalar(select(_version_table(tables).c.version_num))


def check(connection: Connection, tables: Tables) -> None:
    """Return nothing where the database holds this version's schema; raise otherwise (检查表结构版本).

    Raises
    ------
    StorageError
        If there is no schema or another revision; the message names the command. Nothing is upgraded silently.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     check(connection, shop.tables)
    """
    found = revision(connection, tables)
    if found == HEAD:
        return
    state = f"is at revision {found}" if found else "is not there"
    raise StorageError(f"the schema of {tables.prefix!r} {state}, this version needs {HEAD}; run {COMMAND}")


def create(connection: Connection, tables: Tables) -> None:
    """Make the schema at the newest revision in a database that has none, and stamp it; check it otherwise.

    Needs no Alembic: the tables that `build_tables` describes are what the revisions lead to, which a test proves.
    """
    if revision(connection, tables) is not None:
        check(connection, tables)
        return
    tables.orders.metadata.create_all(connection, tables=list(tables.all))
    version = _version_table(tables)
    version.create(connection)
    connection.execute(version.insert(), {"version_num": HEAD})


def config_for(connection: Connection, tables: Tables) -> Config:
    """Return the Alembic configuration of this package's own revisions."""
    try:
        from alembic.config import Config
    except ImportError:
        raise StorageError("upgrading needs Alembic: pip install 'shopcore[migrations]'") from None
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["tables"] = tables
    return config


def upgrade(connection: Connection, tables: Tables, to: str = "head") -> None:
    """Bring the schema to the newest revision, in the host's transaction (升级表结构).

    Needs the extra ``migrations``. Nothing is committed; data are kept.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        The host's.
    tables : Tables
        From `build_tables`, with the prefix and schema to upgrade.
    to : str
        A revision, or ``"head"``.

    Raises
    ------
    StorageError
        If Alembic is not installed.

    Examples
    --------
    >>> from sqlalchemy import MetaData, create_engine, inspect
    >>> from shopcore.persistence import build_tables
    >>> engine = create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     upgrade(connection, build_tables(MetaData(), prefix="shop_"))
    ...     inspect(connection).has_table("shop_orders")
    True
    >>> engine.dispose()
    """
    config = config_for(connection, tables)
    from alembic import command

    command.upgrade(config, to)


def include_object(prefix: str = "shopcore_") -> Any:
    """Return a filter for the host's Alembic, so that its autogenerate leaves these tables alone.

    Without it, ``alembic revision --autogenerate`` in the host proposes to drop them all.

    Parameters
    ----------
    prefix : str
        As given to `build_tables`.

    Examples
    --------
    >>> keep = include_object("shop_")      # in the host's env.py: context.configure(include_object=keep)
    >>> keep(None, "shop_orders", "table", True, None), keep(None, "invoices", "table", True, None)
    (False, True)
    """

    def keep(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        owner = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
        return not (owner or "").startswith(prefix)

    return keep
