"""GetCostAndUsage over a seeded bill: who sees what, exact sums, late days, filters, periods, pages."""

from __future__ import annotations

import datetime
import urllib.error
from decimal import Decimal

from costs_under_test import HOME, TODAY, PayerTestCase
from harness import client, control, new_account


def figure(account: str, date: str, usd: object, service: str = "AWS Lambda", **more: object) -> dict[str, object]:
    return {"account": account, "date": date, "usd": usd, "service": service, **more}


class Bills(PayerTestCase):
    def test_a_payer_sees_all_and_a_member_itself(self) -> None:
        self.seed_members()
        payer = self.amounts(self.usage("2026-11-13", "2026-11-15", "LINKED_ACCOUNT"))
        self.assertEqual(set(payer), {(self.web,), (self.dev,)})
        member = self.amounts(self.usage("2026-11-13", "2026-11-15", "LINKED_ACCOUNT", of=client("ce", self.dev, HOME)))
        self.assertEqual(member, {(self.dev,): payer[(self.dev,)]})
        self.refused("DataUnavailableException", self.usage, 400, start="2026-11-13", end="2026-11-15", of=client("ce", new_account(), HOME))
        names = self.usage("2026-11-13", "2026-11-14", "LINKED_ACCOUNT")["DimensionValueAttributes"]
        self.assertEqual(names, [{"Value": self.web, "Attributes": {"description": "web"}}, {"Value": self.dev, "Attributes": {"description": "dev"}}])

    def test_access(self) -> None:
        self.seed_members(member_access=False)
        self.refused("AccessDeniedException", self.usage, 400, start="2026-11-13", end="2026-11-15", of=client("ce", self.dev, HOME))
        self.usage("2026-11-13", "2026-11-15")
        self.seed(cost_explorer="disabled")
        text = self.refused("AccessDeniedException", self.usage, 400, start="2026-11-13", end="2026-11-15")
        self.assertEqual(text, "User not enabled for cost explorer access")

    def test_exact_figures(self) -> None:
        self.seed(today=TODAY, figures=[
            figure(self.account, "2026-11-01", "0.1"), figure(self.account, "2026-11-01", "0.2"), figure(self.account, "2026-11-03", "1e-10"),
            figure(self.account, "2026-11-03", 12, "Amazon Simple Storage Service", quantity="2.5", tags={"team": "shop"})])
        answer = self.usage("2026-11-01", "2026-11-04", "SERVICE")
        self.assertEqual(self.amounts(answer), {("AWS Lambda",): ["0.3", "-", "0.0000000001"], ("Amazon Simple Storage Service",): ["-", "-", "12"]})
        self.assertEqual(answer["ResultsByTime"][1], {"TimePeriod": {"Start": "2026-11-02", "End": "2026-11-03"}, "Total": {}, "Groups": [],
                                                     "Estimated": True})
        self.assertEqual(self.totals(self.usage("2026-11-01", "2026-11-04")), ["0.3", "0", "12.0000000001"])
        self.assertEqual(self.totals(self.usage("2026-11-02", "2026-12-01", granularity="MONTHLY")), ["12.0000000001"])
        usage = self.usage("2026-11-03", "2026-11-04", "tag:team", Metrics=["UsageQuantity"])["ResultsByTime"][0]["Groups"]
        self.assertEqual([(group["Keys"], group["Metrics"]["UsageQuantity"]["Amount"]) for group in usage], [(["team$"], "1"), (["team$shop"], "2.5")])

    def test_a_level_with_growth_and_weekends(self) -> None:
        accounts = [{"id": self.account, "name": "one", "monthly_usd": 3000, "growth": 0.1, "weekend": 0.5, "noise": 0.02}]
        self.seed(today=TODAY, late="none", accounts=accounts)
        month = [Decimal(text) for text in self.totals(self.usage("2026-08-01", "2026-11-01", granularity="MONTHLY"))]
        self.assertTrue(Decimal("1.05") < month[2] / month[1] < Decimal("1.15"), month)
        days = {datetime.date(2026, 10, day): Decimal(text) for day, text in enumerate(self.totals(self.usage("2026-10-01", "2026-11-01")), start=1)}
        weekend = [cost for day, cost in days.items() if day.weekday() >= 5]
        week = [cost for day, cost in days.items() if day.weekday() < 5]
        self.assertTrue(Decimal("0.4") < (sum(weekend) / len(weekend)) / (sum(week) / len(week)) < Decimal("0.6"))
        self.assertTrue(Decimal(2600) < sum(days.values()) < Decimal(3100), sum(days.values()))

    def test_the_seed_decides(self) -> None:
        self.seed_members()
        first = self.usage("2026-09-01", "2026-09-08", "SERVICE", "LINKED_ACCOUNT")["ResultsByTime"]
        self.seed(seed=8)
        self.assertNotEqual(self.usage("2026-09-01", "2026-09-08", "SERVICE", "LINKED_ACCOUNT")["ResultsByTime"], first)
        self.seed(seed=7)
        self.assertEqual(self.usage("2026-09-01", "2026-09-08", "SERVICE", "LINKED_ACCOUNT")["ResultsByTime"], first)

    def test_late_days_are_revised(self) -> None:
        self.seed_members(late={"ages": [0, 0.5, 0.9], "missing": [{"account": self.dev, "days": 3}]})
        days = ("2026-11-11", "2026-11-16")
        early = self.amounts(self.usage(*days, "LINKED_ACCOUNT"))
        self.assertEqual([text == "-" for text in early[(self.dev,)]], [False, False, True, True, True])
        self.assertEqual(early[(self.web,)][4], "-")
        self.seed(today="2026-11-20")
        final = self.amounts(self.usage(*days, "LINKED_ACCOUNT"))
        shares = [Decimal(seen) / Decimal(end) for seen, end in zip(early[(self.web,)][:4], final[(self.web,)][:4], strict=True)]
        self.assertEqual([round(float(share), 6) for share in shares], [1, 1, 0.9, 0.5])
        self.assertNotIn("-", final[(self.dev,)])

    def test_estimated(self) -> None:
        self.seed_members()
        answer = self.usage("2026-09-01", "2026-12-01", granularity="MONTHLY")["ResultsByTime"]
        self.assertEqual([result["Estimated"] for result in answer], [False, False, True])
        self.seed(today="2026-11-02", late={"ages": [], "final_on": 5})
        answer = self.usage("2026-09-01", "2026-12-01", granularity="MONTHLY")["ResultsByTime"]
        self.assertEqual([result["Estimated"] for result in answer], [False, True, True])

    def test_what_a_bill_holds(self) -> None:
        self.seed_members(
            tax_percent=10, spikes=[{"account": self.dev, "start": "2026-11-10", "end": "2026-11-11", "service": "Amazon Bedrock", "usd": 250}],
            events=[{"name": "sale", "accounts": [self.web], "start": "2026-11-12", "end": "2026-11-13", "factor": 3, "tags": {}}],
            credits=[{"account": self.web, "date": "2026-11-05", "usd": 40}],
            charges=[{"account": self.dev, "service": "AWS Support (Developer)", "usd": 30, "amortize": True}])
        services = self.amounts(self.usage("2026-11-09", "2026-11-13", "SERVICE", Filter={"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [self.dev]}}))
        self.assertEqual(services[("Amazon Bedrock",)], ["-", "250", "250", "-"])
        web = [Decimal(text) for text in self.totals(self.usage("2026-11-10", "2026-11-13", Filter={"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [self.web]}}))]
        self.assertTrue(Decimal("2.5") < web[2] / web[1] < Decimal("3.5"), web)
        kinds = self.amounts(self.usage("2026-11-01", "2026-12-01", "RECORD_TYPE", granularity="MONTHLY"))
        self.assertEqual(set(kinds), {("Usage",), ("Credit",), ("Tax",), ("Recurring",)})
        self.assertEqual(kinds[("Credit",)], ["-40"])
        taxed = Decimal(kinds[("Usage",)][0]) + Decimal(kinds[("Recurring",)][0])
        self.assertAlmostEqual(Decimal(kinds[("Tax",)][0]), taxed / 10, places=6)
        only = {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Recurring"]}}
        support = self.usage("2026-11-01", "2026-11-03", Filter=only, Metrics=["UnblendedCost", "AmortizedCost"])
        self.assertEqual((self.totals(support), self.totals(support, "AmortizedCost")), (["30", "0"], ["1", "1"]))

    def test_a_closed_account_ends(self) -> None:
        accounts = [{"id": self.account, "name": "payer"}, {"id": self.web, "name": "gone", "monthly_usd": 90, "closed_on": "2026-11-10"}]
        self.seed(today=TODAY, accounts=accounts)
        self.assertEqual([text == "-" for text in self.amounts(self.usage("2026-11-08", "2026-11-12", "LINKED_ACCOUNT"))[(self.web,)]],
                         [False, False, True, True])
        state = self.client("organizations").describe_account(AccountId=self.web)["Account"]
        self.assertEqual((state["State"], state["Status"]), ("CLOSED", "SUSPENDED"))

    def test_metrics(self) -> None:
        self.seed_members(discount_percent=25)
        names = ["AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "NormalizedUsageAmount", "UnblendedCost", "UsageQuantity"]
        total = self.usage("2026-11-12", "2026-11-13", Metrics=names)["ResultsByTime"][0]["Total"]
        self.assertEqual(set(total), set(names))
        self.assertAlmostEqual(Decimal(total["NetUnblendedCost"]["Amount"]) / Decimal(total["UnblendedCost"]["Amount"]), Decimal("0.75"), places=6)
        self.assertEqual((total["UnblendedCost"]["Unit"], total["UsageQuantity"]["Unit"]), ("USD", "N/A"))
        hours = {"Dimensions": {"Key": "USAGE_TYPE", "Values": ["APN1-BoxUsage:m7g.large"]}}
        self.assertEqual(self.usage("2026-11-12", "2026-11-13", Metrics=names, Filter=hours)["ResultsByTime"][0]["Total"]["UsageQuantity"]["Unit"], "Hrs")


class Queries(PayerTestCase):
    def setUp(self) -> None:
        super().setUp()
        categories = [{"name": "purpose", "values": [{"value": "production", "accounts": [self.web]}], "default": "other"}]
        self.seed_members(cost_categories=categories, allocation_tags={"cost-center": "Inactive"})

    def test_filters(self) -> None:
        web = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [self.web]}}
        lambdas = {"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda"]}}
        shop = {"Tags": {"Key": "team", "Values": ["shop"]}}
        untagged = {"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}
        production = {"CostCategories": {"Key": "purpose", "Values": ["production"]}}
        cases = ((web, {self.web}, 7), (lambdas, {self.web, self.dev}, 1), ({"And": [web, lambdas]}, {self.web}, 1), ({"Or": [web, lambdas]}, {self.web, self.dev}, 7),
                 ({"Not": web}, {self.dev}, 7), (shop, {self.web}, 7), (untagged, {self.dev}, 7), (production, {self.web}, 7),
                 ({"And": [{"Not": {"Or": [lambdas, production]}}, untagged]}, {self.dev}, 6))
        for expression, accounts, services in cases:
            with self.subTest(expression=expression):
                found = self.amounts(self.usage("2026-11-10", "2026-11-13", "LINKED_ACCOUNT", "SERVICE", Filter=expression))
                self.assertEqual({keys[0] for keys in found}, accounts)
                self.assertLessEqual(len({keys[1] for keys in found}), services)

    def test_filters_refused(self) -> None:
        leaf = {"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}
        cases = ({**leaf, "Not": leaf}, {}, {"And": [leaf]}, {"Not": {}}, {"Dimensions": {"Key": "SERVICE"}}, {"Dimensions": {"Key": "SERVICE", "Values": []}},
                 {"Dimensions": {"Key": "LINKED_ACCOUNT_NAME", "Values": ["x"]}}, {"Dimensions": {**leaf["Dimensions"], "MatchOptions": ["STARTS_WITH"]}},
                 {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": ["1"]}}, {"Tags": {"Values": ["x"]}},
                 {"Dimensions": {"Key": "COLOUR", "Values": ["x"]}})
        for expression in cases[:1] + cases[2:]:
            with self.subTest(expression=expression):
                self.refused("ValidationException", self.usage, 400, start="2026-11-10", end="2026-11-13", Filter=expression)
        text = self.refused("ValidationException", self.usage, 400, start="2026-11-10", end="2026-11-13", Filter=cases[0])
        self.assertIn("Expression has more than one roots", text)

    def test_groups(self) -> None:
        found = self.amounts(self.usage("2026-11-10", "2026-11-11", "category:purpose", "tag:team"))
        self.assertEqual(set(found), {("purpose$production", "team$shop"), ("purpose$other", "team$")})
        self.assertEqual(set(self.amounts(self.usage("2026-11-10", "2026-11-11", "REGION"))), {("ap-northeast-1",), ("us-east-1",)})
        for groups in (("SERVICE", "REGION", "OPERATION"), ("RESERVATION_ID",), ("LINKED_ACCOUNT_NAME",)):
            with self.subTest(groups=groups):
                definitions = [{"Type": "DIMENSION", "Key": key} for key in groups]
                self.refused("ValidationException", self.usage, 400, start="2026-11-10", end="2026-11-13", GroupBy=definitions)
        self.refused("ValidationException", self.usage, 400, start="2026-11-10", end="2026-11-13", Metrics=["Cost"])
        self.refused("ValidationException", self.usage, 400, start="2026-11-10", end="2026-11-13", Metrics=[])

    def test_periods(self) -> None:
        cases = (
            ("2026-11-13", "2026-11-13", "DAILY", "Start date (and hour) should be before end date (and hour)"),
            ("2026-11-16", "2026-11-20", "DAILY", "Start date should not be after today"),
            ("2026-11-01", "2026-12-02", "DAILY", "end date past the beginning of next month"),
            ("2025-09-14", "2026-11-01", "DAILY", "You haven't enabled historical data beyond 14 months."),
            ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "DAILY", "Hourly timePeriod is not supported for this request"),
            ("2026-11-01", "2026-11-02", "HOURLY", "Time period is invalid. Valid format is yyyy-MM-ddThh:mm:ssZ."),
            ("2026-02-30", "2026-11-02", "DAILY", "Time period is invalid. Valid format is yyyy-MM-dd."),
        )
        for start, end, granularity, words in cases:
            with self.subTest(start=start, end=end):
                self.assertEqual(self.refused("ValidationException", self.usage, 400, start=start, end=end, granularity=granularity), words)
        self.usage("2025-09-15", "2025-09-16")
        last = self.usage("2026-11-14", "2026-12-01")["ResultsByTime"]
        self.assertEqual((len(last), last[-1]["Total"]["UnblendedCost"]["Amount"]), (17, "0"))
        self.seed(multi_year=True)
        text = self.refused("ValidationException", self.usage, 400, start="2025-06-02", end="2026-11-01", granularity="MONTHLY")
        self.assertIn("your start date needs to be the first day of the month", text)
        self.assertEqual(len(self.usage("2025-06-01", "2026-11-01", granularity="MONTHLY")["ResultsByTime"]), 17)

    def test_hours(self) -> None:
        period = ("2026-11-13T00:00:00Z", "2026-11-14T00:00:00Z")
        self.refused("AccessDeniedException", self.usage, 400, start=period[0], end=period[1], granularity="HOURLY")
        self.seed(hourly=True)
        hours = self.usage(*period, granularity="HOURLY")
        self.assertEqual([hours["ResultsByTime"][23]["TimePeriod"][name] for name in ("Start", "End")], ["2026-11-13T23:00:00Z", "2026-11-14T00:00:00Z"])
        self.assertEqual(sum(Decimal(text) for text in self.totals(hours)), Decimal(self.totals(self.usage("2026-11-13", "2026-11-14"))[0]))

    def test_pages_are_billed(self) -> None:
        self.seed(page_size=10)
        request = {"TimePeriod": {"Start": "2026-11-10", "End": "2026-11-13"}, "Granularity": "DAILY", "Metrics": ["UnblendedCost"],
                   "GroupBy": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Type": "DIMENSION", "Key": "SERVICE"}]}
        pages = [self.ce.get_cost_and_usage(**request)]
        while "NextPageToken" in pages[-1]:
            pages.append(self.ce.get_cost_and_usage(**request, NextPageToken=pages[-1]["NextPageToken"]))
        rows = [(result["TimePeriod"]["Start"], *group["Keys"]) for answer in pages for result in answer["ResultsByTime"] for group in result["Groups"]]
        self.assertEqual((len(rows), len(set(rows)), len(pages)), (len(set(rows)), len(rows), -(-len(rows) // 10)))
        self.assertEqual(pages[0]["ResultsByTime"][0]["TimePeriod"], pages[1]["ResultsByTime"][0]["TimePeriod"])
        billed = control("GET", f"/_costs?account={self.account}")["billed"][self.account]
        self.assertEqual(billed, {"requests": len(pages), "by_operation": {"GetCostAndUsage": len(pages)}, "usd": f"{len(pages) / 100:.2f}"})
        changed = {**request, "Metrics": ["BlendedCost"], "NextPageToken": pages[0]["NextPageToken"]}
        self.refused("RequestChangedException", self.ce.get_cost_and_usage, 400, **changed)
        self.refused("InvalidNextTokenException", self.ce.get_cost_and_usage, 400, **request, NextPageToken="nonsense")
        self.assertEqual(control("GET", f"/_costs?account={self.account}")["billed"][self.account]["requests"], len(pages))

    def test_values(self) -> None:
        period = {"Start": "2026-11-10", "End": "2026-11-13"}
        accounts = self.ce.get_dimension_values(TimePeriod=period, Dimension="LINKED_ACCOUNT")
        self.assertEqual({item["Value"]: item["Attributes"]["description"] for item in accounts["DimensionValues"]}, {self.web: "web", self.dev: "dev"})
        found = self.ce.get_dimension_values(TimePeriod=period, Dimension="SERVICE", SearchString="lambda")
        self.assertEqual(([item["Value"] for item in found["DimensionValues"]], found["ReturnSize"], found["TotalSize"]), (["AWS Lambda"], 1, 1))
        top = self.ce.get_dimension_values(TimePeriod=period, Dimension="SERVICE", SortBy=[{"Key": "UnblendedCost", "SortOrder": "DESCENDING"}], MaxResults=1)
        self.assertEqual(top["DimensionValues"][0]["Value"], "Amazon Elastic Compute Cloud - Compute")
        for params in ({"MaxResults": 5}, {"SortBy": [{"Key": "UnblendedCost"}], "SearchString": "x"}):
            self.refused("ValidationException", self.ce.get_dimension_values, 400, TimePeriod=period, Dimension="SERVICE", **params)
        self.assertEqual(self.ce.get_tags(TimePeriod=period)["Tags"], ["team"])
        self.assertEqual(self.ce.get_tags(TimePeriod=period, TagKey="team")["Tags"], ["", "shop"])
        self.assertEqual(self.ce.get_cost_categories(TimePeriod=period)["CostCategoryNames"], ["purpose"])
        self.assertEqual(self.ce.get_cost_categories(TimePeriod=period, CostCategoryName="purpose")["CostCategoryValues"], ["other", "production"])
        states = {item["TagKey"]: item["Status"] for item in self.ce.list_cost_allocation_tags()["CostAllocationTags"]}
        self.assertEqual(states, {"team": "Active", "cost-center": "Inactive"})
        self.assertEqual(self.ce.list_cost_category_definitions()["CostCategoryReferences"][0]["Values"], ["production"])
        member = client("ce", self.dev, HOME)
        self.assertIn("Linked account doesn't have access", self.refused("AccessDeniedException", member.list_cost_allocation_tags, 400))
        self.refused("AccessDeniedException", member.list_cost_category_definitions, 400)


class Forecasts(PayerTestCase):
    def forecast(self, start: str, end: str, granularity: str = "DAILY", **params):
        return self.ce.get_cost_forecast(TimePeriod={"Start": start, "End": end}, Metric=params.pop("Metric", "UNBLENDED_COST"), Granularity=granularity, **params)

    def test_forecast(self) -> None:
        self.seed_members()
        days = self.forecast("2026-11-15", "2026-11-22", PredictionIntervalLevel=80)
        self.assertEqual(len(days["ForecastResultsByTime"]), 7)
        seen = [Decimal(text) for text in self.totals(self.usage("2026-11-02", "2026-11-09"))]
        self.assertTrue(Decimal("0.9") < Decimal(days["Total"]["Amount"]) / sum(seen) < Decimal("1.1"))
        first = days["ForecastResultsByTime"][0]
        self.assertTrue(Decimal(first["PredictionIntervalLowerBound"]) < Decimal(first["MeanValue"]) < Decimal(first["PredictionIntervalUpperBound"]))
        month = self.forecast("2026-11-15", "2027-01-01", "MONTHLY")
        self.assertEqual([result["TimePeriod"]["Start"] for result in month["ForecastResultsByTime"]], ["2026-11-15", "2026-12-01"])
        self.assertNotIn("PredictionIntervalLowerBound", month["ForecastResultsByTime"][0])

    def test_refusals(self) -> None:
        self.seed_members()
        cases = (("2026-11-20", "2026-11-15", {}, "Requested Start: 2026-11-20 must be before requested End: 2026-11-15"),
                 ("2026-11-13", "2026-11-20", {}, "Earliest supported Start is 2026-11-14"), ("2026-11-15", "2027-02-16", {}, "Latest supported End is 2027-02-15"),
                 ("2026-11-15", "2026-11-20", {"Metric": "USAGE_QUANTITY"}, "not valid for GetCostForecast"), ("2026-11-15", "2026-11-20", {"granularity": "HOURLY"}, "DAILY and MONTHLY"),
                 ("2026-11-15", "2026-11-20", {"PredictionIntervalLevel": 50}, "greater than or equal to 51"))
        for start, end, params, words in cases:
            with self.subTest(words=words):
                self.assertIn(words, self.refused("ValidationException", self.forecast, 400, start=start, end=end, **params))

    def test_a_young_account_has_none(self) -> None:
        self.seed(today=TODAY, accounts=[{"id": self.account, "name": "young", "monthly_usd": 100, "opened_on": "2026-10-02"}])
        self.assertEqual(self.refused("DataUnavailableException", self.forecast, 400, start="2026-11-15", end="2026-11-20"), "Insufficient amount of historical data.")
        self.seed(today="2026-12-01")
        self.forecast("2026-12-01", "2026-12-10")


class Control(PayerTestCase):
    def test_a_wrong_plan_is_refused(self) -> None:
        for body in ({"account": "x", "colour": 1}, {}, {"account": self.account, "accounts": [{"id": "1"}]}, {"account": self.account, "figures": [{"usd": 1}]},
                     {"account": self.account, "spikes": [{"account": self.account, "usd": 1}]}, {"account": self.account, "late": {"agess": []}},
                     {"account": self.account, "credits": [{"usd": 1}]}, {"account": self.account, "today": "yesterday"}):
            with self.subTest(body=body), self.assertRaises(urllib.error.HTTPError) as raised:
                control("POST", "/_costs", body)
            with raised.exception as error:
                self.assertEqual(error.code, 400)

    def test_a_clock_that_runs(self) -> None:
        self.seed(accounts=[{"id": self.account, "name": "one", "monthly_usd": 10}])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.settings(clock_offset_seconds=86400 * 3)
        today = control("GET", f"/_costs?account={self.account}")["payers"][self.account]["today"]
        self.assertIn(today, {(now + datetime.timedelta(days=days)).date().isoformat() for days in (3, 4)})
        control("POST", f"/_reset?account={self.account}")
        self.assertEqual(control("GET", f"/_costs?account={self.account}"), {"payers": {}, "billed": {}})
