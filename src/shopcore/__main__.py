"""The command line: a thin way to the review of a shop's export."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shopcore import __version__
from shopcore.errors import ShopcoreError

if TYPE_CHECKING:
    from shopcore.operations import ShopReview


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status of a command: 0 done, 1 refused with its reason, 2 misused.

    The last line printed is the path of the report.
    """
    stated = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], None] = stated.run
        run(stated)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; the folder is written. Python would complain again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ShopcoreError, OSError) as error:
        print(f"shopcore: {error}", file=sys.stderr)  # noqa: T201  # a command speaks to its terminal
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shopcore", description="Reviews an online shop by its own export of orders.")
    parser.add_argument("--version", action="version", version=f"shopcore {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="{demo,review}")
    demo = commands.add_parser("demo", help="make a small shop and review it")
    demo.add_argument("--out", type=Path, default=Path("shopcore-demo"), metavar="DIR", help="default: %(default)s")
    demo.add_argument("--seed", type=int, default=None, help="another number, another shop")
    demo.set_defaults(run=_demo)
    _add_review(commands.add_parser("review", help="review a CSV export of order lines"))
    return parser


def _add_review(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("orders", type=Path, metavar="ORDERS.csv[.gz]", help="CSV, packed or not, or xlsx with the extra of that name")
    add("--currency", required=True, metavar="CODE", help="of every amount, such as CNY")
    add(
        "--preset",
        default="plain",
        metavar="NAME",
        help="layout of a known export: shopify, woocommerce, amazon, taobao, tmall, jd, online-retail",
    )
    add("--column", action="append", default=[], metavar="OURS=THEIRS", help="such as sku=StockCode; may be repeated")
    add("--date-format", metavar="FORMAT", help="such as '%%d/%%m/%%Y %%H:%%M'; ISO 8601 without it")
    add("--zone", metavar="NAME", help="of times without an offset, such as Asia/Shanghai; UTC without it")
    add("--encoding", metavar="NAME", help="such as gb18030; utf-8 or a Chinese heading are found without it")
    add("--delimiter", metavar="CHARACTER", help="found in the heading without it")
    add("--decimal", choices=(".", ","), help="decimal sign of amounts; found in them without it")
    add("--sheet", metavar="NAME", help="of a workbook (xlsx); the first one without it")
    add("--cancelled-prefix", metavar="TEXT", help="order numbers that begin with it are cancellations")
    add("--catalogue", type=Path, metavar="FILE", help="CSV: sku, title, on_hand, incoming, lead_time_days, pack ...")
    add("--costs", type=Path, metavar="FILE", help="CSV: sku, unit_cost")
    add("--traffic", type=Path, metavar="FILE", help="CSV: date, channel, visitors, buyers, orders, revenue, spend ...")
    add("--commission", metavar="RATE", help="what the platform keeps of each sale, such as 5%%")
    add("--lead-time-days", type=float, metavar="DAYS", help="for articles without their own; 14 without it")
    add("--service-level", type=float, metavar="SHARE", help="cycles without a stock-out; 0.95 without it")
    add("--out", type=Path, metavar="DIR", help="the folder of the report; named after the file without it")
    add("--db", type=Path, metavar="FILE", help="the SQLite file of the typed orders; shop.db in the folder without it")
    parser.set_defaults(run=_review)


def _demo(stated: argparse.Namespace) -> None:
    from shopcore.operations import demo

    seed = {} if stated.seed is None else {"seed": stated.seed}
    _tell(demo(stated.out, progress=_progress(), **seed))


def _review(stated: argparse.Namespace) -> None:
    from shopcore.operations import Assumptions, layout, review

    named = ("date_format", "zone", "encoding", "delimiter", "decimal", "sheet", "cancelled_prefix")
    changes = {name: getattr(stated, name) for name in named if getattr(stated, name) is not None}
    assumed = {name: getattr(stated, name) for name in ("lead_time_days", "service_level") if getattr(stated, name)}
    name = stated.orders.name.removesuffix(".gz").removesuffix(".csv").removesuffix(".xlsx")
    answer = review(
        stated.orders,
        currency=stated.currency,
        layout=layout(stated.preset, columns=_columns(stated.column), **changes),
        catalogue=stated.catalogue,
        costs=stated.costs,
        traffic=stated.traffic,
        commission_rate=stated.commission,
        assume=Assumptions(**assumed),
        out=stated.out if stated.out is not None else Path(f"{name}-review"),
        database=stated.db,
        progress=_progress(),
    )
    _tell(answer)


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    from shopcore._checks import fail

    found = {}
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not sign or not ours or not theirs:
            fail("column", pair, "OURS=THEIRS, such as sku=StockCode", reason="format")
        found[ours] = theirs
    return found


def _progress() -> Callable[[int, int], None] | None:
    """Return what shows on a terminal how far the file is read; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return None
    shown = [-1]

    def show(done: int, total: int) -> None:
        share = 100 * done // max(total, 1)
        if share != shown[0]:
            shown[0] = share
            print(f"\rreading {share:3d} %", end="\n" if share >= 100 else "", file=sys.stderr, flush=True)  # noqa: T201

    return show


def _tell(answer: ShopReview) -> None:
    print(answer.explain())  # noqa: T201  # a command speaks to its terminal
    print(answer.report)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
