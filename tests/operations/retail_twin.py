"""An export with all the trouble of the UCI Online Retail set, in any length: the fast twin of the real file."""

import csv
import random
from datetime import datetime, timedelta

HEAD = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PSEUDO = ("POST", "DOT", "M", "D", "BANK CHARGES", "AMAZONFEE", "S", "gift_0001_20", "C2")


def write_twin(path, *, lines=6_000, seed=3):
    """Write an export and return how many order lines it has."""
    draw = random.Random(seed)
    at = datetime(2010, 12, 1, 8)  # noqa: DTZ001  # as the export has it, without a zone
    sold, rows = [], []
    while len(rows) < lines:
        at += timedelta(minutes=draw.randrange(1, 240))
        customer = str(12_000 + draw.randrange(300)) if draw.random() < 0.75 else ""
        kind = draw.random()
        number = 536_000 + len(rows)
        if kind < 0.04:
            rows.append((f"A{number}", "B", "Adjust bad debt", 1, at, draw.choice(("11062.06", "-11062.06")), "", "UK"))
        elif kind < 0.16 and sold:
            for code, title, quantity, price, who in draw.sample(sold, min(len(sold), draw.randrange(1, 4))):
                part = draw.randrange(1, quantity + 1) if draw.random() < 0.6 else quantity * draw.choice((1, 1, 3))
                rows.append((f"C{number}", code, title, -part, at, price, who, "United Kingdom"))
        elif kind < 0.20:
            count = draw.choice((-40, -3, 12))
            rows.append((str(number), code_of(draw), "damaged", count, at, "0", "", "United Kingdom"))
        else:
            for _ in range(draw.randrange(1, 12)):
                code = draw.choice(PSEUDO) if draw.random() < 0.05 else code_of(draw)
                price = (
                    draw.choice(("0.001", "0.005", "1.255")) if draw.random() < 0.01 else f"{draw.random() * 12:.2f}"
                )
                line = (code, f"ARTICLE {code}", draw.randrange(1, 25), price, customer)
                sold.append(line)
                rows.append((str(number), *line[:3], at, price, customer, "United Kingdom"))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerows(rows)
    return len(rows)


def code_of(draw):
    return f"{22_000 + int(120 * draw.random() ** 2)}{draw.choice(('', '', 'A'))}"
