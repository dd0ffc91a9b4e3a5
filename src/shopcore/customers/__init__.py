"""Customers: segments, retention, lifetime value, association, reviews; pure functions over columns (客户).

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

__all__ = [
    "ACTIVITY_STATES",
    "RFM_SEGMENTS",
    "VALUE_CLASSES",
    "AcquisitionLimit",
    "Activity",
    "Associations",
    "AxisScore",
    "BgBb",
    "BgNbd",
    "Birthdays",
    "Bundle",
    "CauseShares",
    "CohortTable",
    "CrossSell",
    "Fit",
    "GammaGamma",
    "Holdout",
    "LifetimeValue",
    "MbgNbd",
    "MemberLevel",
    "MemberLevels",
    "ParetoNbd",
    "PointsAccount",
    "PointsEntry",
    "PointsLot",
    "Prediction",
    "PurchaseHistory",
    "Repurchase",
    "ReturnAlarms",
    "ReviewScores",
    "Rfm",
    "RfmCuts",
    "RfmSegment",
    "Sbg",
    "SecondOrder",
    "ValueClasses",
    "WinBack",
    "acquisition_limit",
    "activity",
    "associations",
    "birthdays",
    "cause_shares",
    "cohorts",
    "cross_sell",
    "days_in",
    "discounted_orders",
    "earn_points",
    "expected_orders",
    "expected_orders_of_new",
    "expected_spend",
    "expire_points",
    "fit_bg_bb",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_mbg_nbd",
    "fit_pareto_nbd",
    "fit_sbg",
    "holdout",
    "lifetime_value",
    "log_likelihood",
    "member_levels",
    "probability_alive",
    "probability_no_order",
    "probability_of_orders",
    "purchase_history",
    "quantile_cuts",
    "repurchase",
    "restore_points",
    "retention_rate",
    "return_alarms",
    "review_scores",
    "revoke_points",
    "rfm",
    "rfm_scores",
    "second_order",
    "spend_points",
    "survival",
    "trade_cuts",
    "value_classes",
    "win_back",
    "with_interval",
]

if TYPE_CHECKING:
    from shopcore.customers._association import Associations, Bundle, CrossSell, associations, cross_sell
    from shopcore.customers._bg_bb import BgBb, fit_bg_bb
    from shopcore.customers._bg_nbd import BgNbd, MbgNbd, fit_bg_nbd, fit_mbg_nbd
    from shopcore.customers._cohorts import CohortTable, cohorts
    from shopcore.customers._cuts import RfmCuts, quantile_cuts, trade_cuts
    from shopcore.customers._fitting import Fit
    from shopcore.customers._gamma_gamma import GammaGamma, expected_spend, fit_gamma_gamma
    from shopcore.customers._history import PurchaseHistory, days_in, purchase_history
    from shopcore.customers._holdout import Holdout, holdout
    from shopcore.customers._levels import (
        VALUE_CLASSES,
        MemberLevel,
        MemberLevels,
        ValueClasses,
        member_levels,
        value_classes,
    )
    from shopcore.customers._pareto_nbd import ParetoNbd, fit_pareto_nbd
    from shopcore.customers._points import (
        PointsAccount,
        PointsEntry,
        PointsLot,
        earn_points,
        expire_points,
        restore_points,
        revoke_points,
        spend_points,
    )
    from shopcore.customers._predict import (
        Prediction,
        discounted_orders,
        expected_orders,
        expected_orders_of_new,
        log_likelihood,
        probability_alive,
        probability_no_order,
        probability_of_orders,
        with_interval,
    )
    from shopcore.customers._repurchase import Repurchase, SecondOrder, repurchase, second_order
    from shopcore.customers._reviews import (
        AxisScore,
        CauseShares,
        ReturnAlarms,
        ReviewScores,
        cause_shares,
        return_alarms,
        review_scores,
    )
    from shopcore.customers._rfm import RFM_SEGMENTS, Rfm, RfmSegment, rfm, rfm_scores
    from shopcore.customers._rhythm import ACTIVITY_STATES, Activity, Birthdays, WinBack, activity, birthdays, win_back
    from shopcore.customers._sbg import Sbg, fit_sbg, retention_rate, survival
    from shopcore.customers._value import AcquisitionLimit, LifetimeValue, acquisition_limit, lifetime_value
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_association": (
            "Associations",
            "Bundle",
            "CrossSell",
            "associations",
            "cross_sell",
        ),
        "_bg_bb": (
            "BgBb",
            "fit_bg_bb",
        ),
        "_bg_nbd": (
            "BgNbd",
            "MbgNbd",
            "fit_bg_nbd",
            "fit_mbg_nbd",
        ),
        "_cohorts": (
            "CohortTable",
            "cohorts",
        ),
        "_cuts": (
            "RfmCuts",
            "quantile_cuts",
            "trade_cuts",
        ),
        "_fitting": ("Fit",),
        "_gamma_gamma": (
            "GammaGamma",
            "expected_spend",
            "fit_gamma_gamma",
        ),
        "_history": (
            "PurchaseHistory",
            "days_in",
            "purchase_history",
        ),
        "_holdout": (
            "Holdout",
            "holdout",
        ),
        "_levels": (
            "VALUE_CLASSES",
            "MemberLevel",
            "MemberLevels",
            "ValueClasses",
            "member_levels",
            "value_classes",
        ),
        "_pareto_nbd": (
            "ParetoNbd",
            "fit_pareto_nbd",
        ),
        "_points": (
            "PointsAccount",
            "PointsEntry",
            "PointsLot",
            "earn_points",
            "expire_points",
            "restore_points",
            "revoke_points",
            "spend_points",
        ),
        "_predict": (
            "Prediction",
            "discounted_orders",
            "expected_orders",
            "expected_orders_of_new",
            "log_likelihood",
            "probability_alive",
            "probability_no_order",
            "probability_of_orders",
            "with_interval",
        ),
        "_repurchase": (
            "Repurchase",
            "SecondOrder",
            "repurchase",
            "second_order",
        ),
        "_reviews": (
            "AxisScore",
            "CauseShares",
            "ReturnAlarms",
            "ReviewScores",
            "cause_shares",
            "return_alarms",
            "review_scores",
        ),
        "_rfm": (
            "RFM_SEGMENTS",
            "Rfm",
            "RfmSegment",
            "rfm",
            "rfm_scores",
        ),
        "_rhythm": (
            "ACTIVITY_STATES",
            "Activity",
            "Birthdays",
            "WinBack",
            "activity",
            "birthdays",
            "win_back",
        ),
        "_sbg": (
            "Sbg",
            "fit_sbg",
            "retention_rate",
            "survival",
        ),
        "_value": (
            "AcquisitionLimit",
            "LifetimeValue",
            "acquisition_limit",
            "lifetime_value",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
