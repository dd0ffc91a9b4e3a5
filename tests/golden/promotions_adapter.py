"""Golden cases of promotions, read into values of the library and answered by it.

The cases speak a short dialect of their own. `Reader` maps every word of it onto one feature of the engine and refuses
a word that it does not know; `answers` gives what the library says about everything a case expects.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from shopcore.models import Budget, Buyer, Cart, CartLine, Money, Period, Promotion, Rate, RoundingPolicy, Stacking
from shopcore.promotions import Purchase, ReturnPolicy, Selector, StackingPolicy, StagePolicy, Usage, quote_refund
from shopcore.promotions import conditions as c
from shopcore.promotions import rules as r


class Reader:
    """One case, read into values."""

    def __init__(self, case):
        self.case = case
        self.currency = case["currency"]

    def money(self, text):
        return None if text is None else Money.parse(str(text), self.currency)

    def percent(self, text):
        return None if text is None else Rate(str(text)) / 100

    def selector(self, on):
        fields = dict(on or {})
        fields.pop("all", None)
        renamed = {}
        for name, value in fields.items():
            wanted = {
                "sku": "skus", "tag": "tags", "category": "categories", "brand": "brands", "shop": "shops",
                "not_sku": "not_skus", "not_tag": "not_tags", "not_category": "not_categories",
                "not_shop": "not_shops", "exclude_skus": "not_skus", "exclude_tags": "not_tags",
                "exclude_categories": "not_categories", "except_skus": "not_skus", "except_tags": "not_tags",
                "except_categories": "not_categories",
            }.get(name, name)  # fmt: skip
            if wanted in ("min_unit_price", "max_unit_price"):
                renamed[wanted] = self.money(value)
            elif name in ("exclude", "not", "except") and isinstance(value, dict):
                renamed |= {f"not_{key}": tuple(part) for key, part in value.items()}
            else:
                renamed[wanted] = (value,) if isinstance(value, str) else tuple(value)
        return Selector(**renamed)

    def cart(self):
        data = self.case["cart"]
        lines = [self.line(line) for line in data["lines"]]
        customer = dict(data.get("customer") or {})
        buyer = Buyer(
            orders=customer.get("orders"),
            level=customer.get("level"),
            segments=tuple(customer.get("segments", ())),
            points=customer.get("points", 0),
        )
        return Cart(
            currency=self.currency,
            lines=lines,
            shipping=self.money(data.get("shipping")),
            codes=tuple(data.get("coupons", data.get("codes", ()))),
            buyer=buyer,
            channel=data.get("channel"),
            region=data.get("region"),
            prices_include_tax=data.get("prices_include_tax", True),
        )

    def line(self, line):
        categories = line.get("categories", line.get("category", ()))
        return CartLine(
            line_id=line["id"],
            sku=line["sku"],
            quantity=line["qty"],
            unit_price=self.money(line["unit_price"]),
            price_floor=self.money(line.get("min_price")),
            tags=tuple(line.get("tags", ())),
            categories=(categories,) if isinstance(categories, str) else tuple(categories),
            brand=line.get("brand"),
            shop=line.get("shop"),
            tax_rate=self.percent(line.get("tax_percent", "0")),
        )

    def at(self):
        now = self.case["cart"].get("now")
        return None if now is None else datetime.fromisoformat(now.replace("Z", "+00:00"))

    def promotions(self):
        return [self.promotion(data) for data in self.case["promotions"]]

    def promotion(self, data):
        when = dict(data.get("when") or {})
        effect = self.effect(dict(data["effect"]), when)
        limits, usage = data.get("budget"), data.get("usage") or {}
        return Promotion(
            promotion_id=data["id"],
            effect=effect,
            when=self.condition(when),
            code=data.get("code"),
            stage=data.get("stage", 0),
            priority=data.get("priority", 0),
            window=self.window(data.get("window")),
            stacking=self.stacking(data.get("stacking") or {}),
            limit=usage.get("limit", usage.get("total")),
            per_customer=usage.get("per_customer"),
            budget=limits and Budget(limit=self.money(limits["limit"]), on_exceed=limits.get("on_exceed", "cap")),
        )

    def stacking(self, data):
        groups = data.get("groups", data.get("group", ()))
        consents = "tags" in data or "allows" in data
        return Stacking(
            exclusive=data.get("exclusive", False),
            excludes=tuple(data.get("excludes", ())),
            groups=(groups,) if isinstance(groups, str) else tuple(groups),
            tags=tuple(data.get("tags", ())),
            allows=tuple(data.get("allows", ())) if consents else None,
        )

    def window(self, data):
        if data is None:
            return None
        ends = [data.get("start") or "1970-01-01T00:00:00", data.get("end") or "9000-01-01T00:00:00"]
        instants = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in ends]
        if all(instant.tzinfo is None for instant in instants):
            return Period.local(*ends, data.get("tz", "UTC"))
        zone = data.get("tz", "UTC")
        return Period(*(one if one.tzinfo else one.replace(tzinfo=ZoneInfo(zone)) for one in instants), zone)

    def condition(self, when):
        found = []
        on = when.get("on")
        chosen = None if on is None else self.selector(on)
        if when.get("first_order"):
            found.append(c.FirstOrder())
        if "contains" in when:
            found.append(c.Contains(on=self.selector(when["contains"])))
        if "min_qty" in when:
            found.append(c.QuantityAtLeast(quantity=when["min_qty"], on=chosen))
        if "min_spend" in when:
            found.append(c.SpendAtLeast(amount=self.money(when["min_spend"]), on=chosen, basis=when.get("basis")))
        if "level" in when or "levels" in when:
            levels = when.get("levels", when.get("level"))
            found.append(c.MemberLevel(levels=(levels,) if isinstance(levels, str) else tuple(levels)))
        known = {"first_order", "contains", "min_qty", "min_spend", "on", "basis", "level", "levels"}
        assert not set(when) - known, when
        return None if not found else found[0] if len(found) == 1 else c.AllOf(of=found)

    def effect(self, data, when):
        kind = data.pop("kind")
        on = self.selector(data.pop("on", None))
        return getattr(self, f"_{kind}")(data, on, when)

    def _percent_line(self, data, on, _):
        return r.PercentOff(percent=self.percent(data["percent"]), on=on, max_units=data.get("max_units"))

    def _percent_order(self, data, on, _):
        return r.SpendThresholdPercent(
            percent=self.percent(data["percent"]), on=on, cap=self.money(data.get("cap")), basis=data.get("basis")
        )

    def _amount_unit(self, data, on, _):
        return r.AmountOff(amount=self.money(data["amount"]), on=on, max_units=data.get("max_units"))

    def _price_unit(self, data, on, _):
        return r.FixedPrice(price=self.money(data["price"]), on=on, max_units=data.get("max_units"))

    def _amount_order(self, data, on, when):
        threshold = None
        if "min_spend" in when and "on" not in when and "min_qty" not in when and "every" not in data:
            # Measured on the goods of the rule itself: its own threshold.
            threshold = self.money(when.pop("min_spend"))
            data.setdefault("basis", when.pop("basis", None))
        return r.SpendThreshold(
            amount=self.money(data["amount"]),
            on=on,
            threshold=threshold,
            every=self.money(data.get("every")),
            max_times=data.get("max_times"),
            basis=data.get("basis"),
        )

    def _tier_order(self, data, on, _):
        tiers = [
            r.SpendTier(
                min_spend=self.money(tier.get("min_spend")),
                min_quantity=tier.get("min_qty"),
                amount=self.money(tier.get("amount")),
                percent=self.percent(tier.get("percent")),
            )
            for tier in data["tiers"]
        ]
        return r.SpendTiers(tiers=tiers, on=on, cap=self.money(data.get("cap")), basis=data.get("basis"))

    def _nth_percent(self, data, on, _):
        grouping = {"cheapest_overall": "cheapest_overall"}.get(data.get("grouping"), "from_dearest")
        return r.NthUnit(
            group=data["group"],
            discounted=data.get("discounted", 1),
            percent=self.percent(data["percent"]),
            on=on,
            max_groups=data.get("max_groups"),
            grouping=grouping,
        )

    def _group_amount(self, data, on, _):
        amount = self.money(data["amount_per_unit"])
        return r.GroupAmount(group=data["group"], amount_per_unit=amount, on=on, max_groups=data.get("max_groups"))

    def _buy_get(self, data, _on, _):
        buy, get = data["buy"], data["get"]
        return r.BuyXGetY(
            buy=buy["qty"],
            on=self.selector(buy["on"]),
            get=get["qty"],
            get_on=self.selector(get["on"]),
            percent=self.percent(get.get("percent")),
            amount=self.money(get.get("amount")),
            max_times=data.get("max_times"),
        )

    def _set(self, data, on):
        fields = {
            "price": self.money(data.get("price")),
            "amount": self.money(data.get("amount")),
            "percent": self.percent(data.get("percent")),
            "max_times": data.get("max_times"),
        }
        if "parts" in data:
            parts = [r.BundlePart(on=self.selector(part["on"]), quantity=part.get("qty", 1)) for part in data["parts"]]
            return r.Bundle(parts=parts, **fields)
        return r.AnyN(n=data["n"] if "n" in data else data["group"], on=on, **fields)

    def _bundle_price(self, data, on, _):
        return self._set(data, on)

    def _any_n_price(self, data, on, _):
        return self._set(data, on)

    def _save_set(self, data, on, _):
        return self._set(data, on)

    def _percent_group(self, data, on, _):
        return self._set(data, on)

    def _gift(self, data, on, _):
        return r.Gift(sku=data["sku"], quantity=data.get("qty", 1), on=on)

    def _shipping_percent(self, data, on, _):
        return r.FreeShipping(percent=self.percent(data["percent"]), on=on)

    def _presale_deposit(self, data, on, _):
        return r.Presale(deposit=self.money(data["deposit"]), worth=self.money(data["worth"]), on=on)

    def _points(self, data, on, _):
        return r.Points(
            points=data["points"],
            value_per_point=self.money(data["value_per_point"]),
            cap_percent=self.percent(data.get("cap_percent")),
            on=on,
        )

    def policy(self, **changes):
        data = dict(self.case.get("policy") or {}) | changes
        fields = {
            name: data.pop(name)
            for name in (
                "selection", "units", "threshold_basis", "percent_basis", "max_codes", "multibuy_allocation",
                "max_promotions", "may_decline", "order", "tie_break",
            )
            if name in data
        }  # fmt: skip
        if "max_discount_percent" in data:
            fields["max_discount"] = self.percent(data.pop("max_discount_percent"))
        if "stages" in data:
            fields["stages"] = tuple(StagePolicy(**stage) for stage in data.pop("stages"))
        if "group_limits" in data:
            fields["group_limits"] = data.pop("group_limits")
        if "multibuy" in data:
            fields["multibuy_allocation"] = data.pop("multibuy")
        rounding = data.pop("rounding", None)
        mode, scope = data.pop("rounding_mode", None), data.pop("rounding_scope", None)
        if isinstance(rounding, str):
            mode = rounding
        elif rounding:
            mode, scope = rounding.get("mode", mode), rounding.get("scope", rounding.get("per", scope))
        fields["rounding"] = RoundingPolicy(scope or "line", mode or "half_up")
        assert not data, data
        return StackingPolicy(**fields)

    def usage(self):
        found = {}
        for data in self.case["promotions"]:
            usage, budget = data.get("usage") or {}, data.get("budget") or {}
            found[data["id"]] = Usage(
                used=usage.get("used", 0),
                used_by_customer=usage.get("used_by_customer", 0),
                spent=self.money(budget.get("used")),
            )
        return found

    def purchase(self, **changes):
        return Purchase(self.cart(), self.promotions(), self.policy(**changes), self.at(), self.usage())

    def refund(self):
        data = self.case["return"]
        gift = {"kept": "charge", "charge": "charge"}.get(data.get("gift"), "return")
        policy = ReturnPolicy(data.get("policy", "pro_rata"), data.get("shipping", "keep"), gift)
        price = self.money(data.get("gift_price"))
        gifts = {part["effect"]["sku"]: price for part in self.case["promotions"] if "sku" in part["effect"]}
        return quote_refund(self.purchase(), data["lines"], policy, gift_prices={} if price is None else gifts)


def reason(entry):
    return entry.code if entry.shortfall is None else f"{entry.code}:{entry.shortfall.text}"


def answer(reader, name):
    """Return what the library says about one expectation of a case."""
    priced = reader.purchase().priced()
    if name == "greedy_total":
        return reader.purchase(selection="priority").priced().total.text
    if name in ("refund", "kept_value", "shortfall"):
        return getattr(reader.refund(), name).text
    return {
        "total": lambda: priced.total.text,
        "total_with_tax": lambda: priced.total_with_tax.text,
        "shipping": lambda: priced.shipping.text,
        "pay_now": lambda: priced.pay_now.text,
        "pay_later": lambda: priced.pay_later.text,
        "points_used": lambda: priced.points,
        "gifts": lambda: dict(priced.gifts),
        "applied": lambda: list(priced.applied),
        "line_discounts": lambda: {line.line_id: line.discount.text for line in priced.lines},
        "line_totals": lambda: {line.line_id: line.amount.text for line in priced.lines},
        "tax": lambda: {line.line_id: line.tax.text for line in priced.lines},
        "not_applied": lambda: {entry.promotion_id: reason(entry) for entry in priced.trace if not entry.applied},
    }[name]()


def answers(case):
    """Return what the library says about all that a case expects; of mappings, the keys expected."""
    reader, found = Reader(case), {}
    for name, expected in case["expect"].items():
        got = answer(reader, name)
        found[name] = {key: got.get(key) for key in expected} if isinstance(expected, dict) else got
    return found
