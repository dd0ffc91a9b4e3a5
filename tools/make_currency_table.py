"""Write `src/shopcore/models/_currency_table.py` from the ISO 4217 list.

Run ``python tools/make_currency_table.py`` with the packages `iso4217` (codes, numbers, digits) and `babel`
(display digits, from CLDR) installed. Withdrawn codes and their last digits are kept here, from ISO 4217 list three
(historic denominations).
"""

from pathlib import Path

import iso4217
from babel.numbers import get_currency_precision

# code, numeric code, digits while in use, month of withdrawal (ISO 4217 list three)
WITHDRAWN = """
ADP 020 0 2003-07|AFA 004 2 2003-01|ANG 532 2 2025-03|ATS 040 2 2002-03|AZM 031 2 2005-12|BEF 056 0 2002-03
BGL 100 2 2003-11|BGN 975 2 2026-01|BYB 112 0 2001-01|BYR 974 0 2017-01|CSD 891 2 2006-10|CUC 931 2 2021-06
CYP 196 2 2008-01|DEM 276 2 2002-03|EEK 233 2 2011-01|ESP 724 0 2002-03|FIM 246 2 2002-03|FRF 250 2 2002-03
GHC 288 2 2008-01|GRD 300 0 2002-03|GWP 624 2 2000-01|HRK 191 2 2023-01|IEP 372 2 2002-03|ITL 380 0 2002-03
LTL 440 2 2014-12|LUF 442 0 2002-03|LVL 428 2 2014-01|MGF 450 0 2004-12|MRO 478 2 2017-12|MTL 470 2 2008-01
MZM 508 2 2006-06|NLG 528 2 2002-03|PTE 620 0 2002-03|ROL 642 2 2005-06|SDD 736 2 2007-07|SIT 705 2 2007-01
SKK 703 2 2009-01|SLL 694 2 2023-12|SRG 740 2 2003-12|STD 678 2 2017-12|TMM 795 2 2009-01|TRL 792 0 2005-12
VEB 862 2 2008-01|VEF 937 2 2018-08|XEU 954 2 1999-01|YUM 891 2 2003-07|ZMK 894 2 2012-12|ZWD 716 2 2008-08
ZWL 932 2 2024-09|ZWN 942 2 2006-09|ZWR 935 2 2009-06
"""

HEADER = '''"""ISO 4217 codes, made by ``tools/make_currency_table.py``; do not edit by hand.

Columns: code, numeric code, minor digits (ISO; ``-`` where the code has no minor unit), display digits (CLDR),
month of withdrawal (``-`` while in use). Sources: ISO 4217 lists one and three as published by its maintenance
agency ({published}), Unicode CLDR for the display digits.
"""

from typing import Final

ROWS: Final = """
'''


def main() -> None:
    """Write the table."""
    rows = []
    for entry in iso4217.Currency:
        digits = "-" if entry.exponent is None else str(entry.exponent)
        display = "-" if entry.exponent is None else str(get_currency_precision(entry.code))
        rows.append(f"{entry.code} {entry.number:03d} {digits} {display} -")
    current = {row[:3] for row in rows}
    for cell in WITHDRAWN.replace("\n", "|").split("|"):
        if not cell.strip():
            continue
        code, number, digits, month = cell.split()
        if code in current:
            raise SystemExit(f"{code} is listed as withdrawn and as current")
        rows.append(f"{code} {number} {digits} {digits} {month}")
    rows.sort()
    target = Path(__file__).parents[1] / "src" / "shopcore" / "models" / "_currency_table.py"
    published = iso4217.__published__
    target.write_text(HEADER.format(published=str(published)[:10]) + "\n".join(rows) + '\n"""\n', encoding="ascii")


if __name__ == "__main__":
    main()
