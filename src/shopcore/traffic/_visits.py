"""What visits were like: bounce, depth, dwell, new and returning (访问指标)."""

from __future__ import annotations

from typing import Final

from shopcore.traffic._definition import Words, average, examples, share
from shopcore.traffic._ratio import Meaning
from shopcore.traffic._signatures import (
    BounceRate,
    DwellTime,
    NewVisitorShare,
    PageDepth,
    ReturningVisitorShare,
    UnengagedRate,
)

bounce_rate: Final[BounceRate] = share(
    "bounce_rate",
    Meaning("single_page_visits", "visits", "visit", "no_visits"),
    Words(
        says="the bounce rate (跳失率): visits of one page over all visits of that entrance.",
        use="Which entrances disappoint. GA4 counts something else under the same name, see `unengaged_rate`.",
        part="Visits that saw one page and left",
        whole="All visits of the entrance",
        notes="Visits, not visitors: one person may come twice. Source: Sycm, definition of the bounce rate.",
        example=""">>> bounce_rate(3977, 8123).explain()
'0.489597 = 3977 / 8123, 95% interval 0.478734 to 0.500471 (wilson)'""",
    ),
)


unengaged_rate: Final[UnengagedRate] = share(
    "unengaged_rate",
    Meaning("unengaged_sessions", "sessions", "session", "no_sessions"),
    Words(
        says="the bounce rate as GA4 counts it: sessions without engagement over all sessions.",
        use="""An engaged session lasted longer than ten seconds, saw two pages or more, or had a key event; the others
bounced. Never compare it with `bounce_rate`: the same traffic gives two different figures.""",
        part="Sessions that were not engaged (sessions minus engaged sessions)",
        whole="All sessions",
        notes="One minus the engagement rate. Source: Google Analytics help, engagement rate and bounce rate.",
        example=""">>> unengaged_rate(2800, 8000).value
0.35""",
    ),
)


page_depth: Final[PageDepth] = average(
    "page_depth",
    Meaning("page_views", "visits", "visit", "no_visits"),
    Words(
        says="the pages per visit (访问深度).",
        use="How far people read on.",
        part="Pages opened, refreshes included",
        whole="Visits",
        notes="Totals alone carry no interval; `ratio_of_sums` over days gives one. Source: Sycm, average page views.",
        example=""">>> page_depth(30600, 8500).value
3.6""",
        unit="Pages per visit",
    ),
)


dwell_time: Final[DwellTime] = average(
    "dwell_time",
    Meaning("seconds", "visits", "visit", "no_visits"),
    Words(
        says="the mean length of a visit (平均停留时长).",
        use="""How long people stay. The last page of a visit has no measured time in most systems, so visits of one
page count as zero and the figure is a lower bound.""",
        part="Measured seconds over all visits",
        whole="Visits",
        notes="Source: Sycm, average stay.",
        example=""">>> dwell_time(409_500, 8500).explain()
'48.1765 = 409500 / 8500'""",
        unit="Seconds per visit",
    ),
)


new_visitor_share: Final[NewVisitorShare] = share(
    "new_visitor_share",
    Meaning("new_visitors", "visitors", "person", "no_visitors"),
    Words(
        says="the share of new visitors (新访客占比).",
        use="How much of the traffic is people who were never here before the window; the rest is returning.",
        part="People whose first visit lies in the window",
        whole="Distinct people of the window",
        notes="Depends on how far back visits are remembered: state it beside the figure.",
        example=""">>> new_visitor_share(9300, 12500).value
0.744""",
    ),
)


returning_visitor_share: Final[ReturningVisitorShare] = share(
    "returning_visitor_share",
    Meaning("returning_visitors", "visitors", "person", "no_visitors"),
    Words(
        says="the share of returning visitors (回访客占比).",
        use="How much of the traffic knows the shop already.",
        part="People with a visit before the window",
        whole="Distinct people of the window",
        notes="New and returning shares of the same window sum to one.",
        example=""">>> returning_visitor_share(3200, 12500).value
0.256""",
    ),
)


__test__ = examples(bounce_rate, unengaged_rate, page_depth, dwell_time, new_visitor_share, returning_visitor_share)
