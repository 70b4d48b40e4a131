"""The Price List API: the products that Hinomi prices, in the shape in which AWS lists them.

Prices are the public list prices (aws.amazon.com/cloudwatch, /lambda, /s3 and /eventbridge pricing pages). SKUs and rate codes are
made up: no client may rely on them. The usage types are those in price lists and bills that others have published.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Callable

from .exchange import Call, Refusal
from .paging import page

_HOME = "us-east-1"
_PAGE = 100
_TERM, _DIMENSION = "JRTCKXETXF", "6YS6EN2CT7"
_DATE = "2026-11-01T00:00:00Z"
# Region code to the prefix of its usage types, that in the services that came late, and its name in the price list.
_REGIONS = {
    "us-east-1": ("", "USE1-", "US East (N. Virginia)"),
    "eu-west-1": ("EU-", "EUW1-", "EU (Ireland)"),
    "ap-northeast-1": ("APN1-", "APN1-", "Asia Pacific (Tokyo)"),
}
_LATE = ("AWSEvents",)


@dataclass(frozen=True)
class _Product:
    service: str
    usage: str
    family: str
    unit: str
    # Region to tiers: begin, end, price.
    prices: dict[str, list[tuple[str, str, str]]]
    extra: tuple[tuple[str, str], ...] = ()


def _everywhere(price: str) -> dict[str, list[tuple[str, str, str]]]:
    return {region: [("0", "Inf", price)] for region in _REGIONS}


def _by_region(virginia: str, ireland: str, tokyo: str) -> dict[str, list[tuple[str, str, str]]]:
    return {region: [("0", "Inf", price)] for region, price in zip(_REGIONS, (virginia, ireland, tokyo), strict=True)}


def _gigabyte_seconds(first: str, second: str, third: str, steps: tuple[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    return {region: [("0", steps[0], first), (steps[0], steps[1], second), (steps[1], "Inf", third)] for region in _REGIONS}


_PRODUCTS = (
    _Product("AmazonCloudWatch", "CW:Canary-runs", "Canaries", "Runs", _by_region("0.0012000000", "0.0016000000", "0.0019000000")),
    _Product("AmazonCloudWatch", "CW:AlarmMonitorUsage", "Alarm", "Alarms", _everywhere("0.1000000000"), (("alarmType", "Standard"),)),
    _Product("AmazonCloudWatch", "CW:HighResAlarmMonitorUsage", "Alarm", "Alarms", _everywhere("0.3000000000"), (("alarmType", "High Resolution"),)),
    _Product("AmazonCloudWatch", "CW:CompositeAlarmMonitorUsage", "Alarm", "Alarms", _everywhere("0.5000000000"), (("alarmType", "Composite"),)),
    _Product("AmazonCloudWatch", "CW:MetricMonitorUsage", "Metric", "Metrics",
             {region: [("0", "10000", "0.3000000000"), ("10000", "250000", "0.1000000000"), ("250000", "1000000", "0.0500000000"),
                       ("1000000", "Inf", "0.0200000000")] for region in _REGIONS}, (("group", "Metric"),)),
    _Product("AmazonCloudWatch", "CW:Requests", "API Request", "Requests", _everywhere("0.0000100000"), (("group", "CW-Requests"),)),
    _Product("AmazonCloudWatch", "DataProcessing-Bytes", "Data Payload", "GB", _by_region("0.5000000000", "0.5700000000", "0.7600000000"),
             (("group", "Ingested Logs"), ("operation", "PutLogEvents"))),
    _Product("AWSLambda", "Request", "Serverless", "Requests", _everywhere("0.0000002000"),
             (("group", "AWS-Lambda-Requests"), ("groupDescription", "Invocation call for a Lambda function"))),
    _Product("AWSLambda", "Request-ARM", "Serverless", "Requests", _everywhere("0.0000002000"),
             (("group", "AWS-Lambda-Requests-ARM"), ("groupDescription", "Invocation call for an ARM Lambda function"))),
    _Product("AWSLambda", "Lambda-GB-Second", "Serverless", "Lambda-GB-Second",
             _gigabyte_seconds("0.0000166667", "0.0000150000", "0.0000133334", ("6000000000", "15000000000")),
             (("group", "AWS-Lambda-Duration"),)),
    _Product("AWSLambda", "Lambda-GB-Second-ARM", "Serverless", "Lambda-GB-Second",
             _gigabyte_seconds("0.0000133334", "0.0000120001", "0.0000106667", ("7500000000", "18750000000")),
             (("group", "AWS-Lambda-Duration-ARM"),)),
    _Product("AmazonS3", "TimedStorage-ByteHrs", "Storage", "GB-Mo",
             {"us-east-1": [("0", "51200", "0.0230000000"), ("51200", "512000", "0.0220000000"), ("512000", "Inf", "0.0210000000")],
              "eu-west-1": [("0", "51200", "0.0230000000"), ("51200", "512000", "0.0220000000"), ("512000", "Inf", "0.0210000000")],
              "ap-northeast-1": [("0", "51200", "0.0250000000"), ("51200", "512000", "0.0240000000"), ("512000", "Inf", "0.0230000000")]},
             (("volumeType", "Standard"),)),
    _Product("AmazonS3", "Requests-Tier1", "API Request", "Requests", _by_region("0.0000050000", "0.0000050000", "0.0000047000"),
             (("group", "S3-API-Tier1"),)),
    # The free tier stands in the list as a tier of its own.
    _Product("AWSEvents", "ScheduledInvocation", "EventBridge", "Invocations",
             {region: [("0", "14000000", "0.0000000000"), ("14000000", "Inf", "0.0000010000")] for region in _REGIONS},
             (("operation", "Invocation"),)),
)
_NAMES = {"AmazonCloudWatch": "AmazonCloudWatch", "AWSLambda": "AWS Lambda", "AWSEvents": "CloudWatch Events", "AmazonS3": "Amazon Simple Storage Service"}


class Pricing:
    """Serves GetProducts."""

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return {"GetProducts": self.products}

    def products(self, call: Call) -> dict[str, Any]:
        """GetProducts. All filters must match; a field that a product lacks matches nothing."""
        if call.signed_region != _HOME:
            raise Refusal("UnknownOperationException", f"The Price List API has no endpoint in {call.signed_region}; the stand-in has it in {_HOME}.")
        params = call.params
        if params["ServiceCode"] not in _NAMES:
            raise Refusal("InvalidParameterException", f"The service code {params['ServiceCode']} is not valid.")
        if params.get("FormatVersion", "aws_v1") != "aws_v1":
            raise Refusal("InvalidParameterException", "The format version is not valid.")
        found = [listed for product in _PRODUCTS if product.service == params["ServiceCode"] for listed in _listed(product)
                 if all(_matches(listed["product"], wanted) for wanted in params.get("Filters", []))]
        shown, token = page(found, params.get("NextToken"), params.get("MaxResults", _PAGE), "InvalidNextTokenException")
        return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(listed) for listed in shown], "NextToken": token}


def _matches(product: dict[str, Any], wanted: dict[str, str]) -> bool:
    field = wanted["Field"]
    value = product["productFamily"] if field == "productFamily" else product["sku"] if field == "sku" else product["attributes"].get(field)
    if value is None:
        return False
    kind, value, expected = wanted["Type"], value.lower(), wanted["Value"].lower()
    if kind == "CONTAINS":
        return expected in value
    if kind in ("ANY_OF", "NONE_OF"):
        return (value in [item.strip() for item in expected.split(",")]) == (kind == "ANY_OF")
    return bool(value == expected)


def _listed(product: _Product) -> list[dict[str, Any]]:
    entries = []
    for region, tiers in product.prices.items():
        early, late, location = _REGIONS[region]
        prefix = late if product.service in _LATE else early
        usage = f"{prefix}{product.usage}"
        sku = hashlib.sha256(f"{product.service}{usage}".encode()).hexdigest()[:16].upper()
        attributes = {"servicecode": product.service, "location": location, "locationType": "AWS Region", "usagetype": usage, "operation": "",
                      "regionCode": region, "servicename": _NAMES[product.service], **dict(product.extra)}
        entries.append({
            "product": {"productFamily": product.family, "attributes": attributes, "sku": sku},
            "serviceCode": product.service,
            "terms": {"OnDemand": {f"{sku}.{_TERM}": {
                "priceDimensions": dict(_dimension(sku, number, product, tier) for number, tier in enumerate(tiers)),
                "sku": sku, "effectiveDate": _DATE, "offerTermCode": _TERM, "termAttributes": {}}}},
            "version": "20261101000000", "publicationDate": _DATE,
        })
    return entries


def _dimension(sku: str, number: int, product: _Product, tier: tuple[str, str, str]) -> tuple[str, dict[str, Any]]:
    begin, end, price = tier
    code = _DIMENSION if number == 0 else hashlib.sha256(f"{sku}{number}".encode()).hexdigest()[:10].upper()
    rate = f"{sku}.{_TERM}.{code}"
    return rate, {"unit": product.unit, "endRange": end, "description": f"${float(price):.10f} per {product.unit}", "appliesTo": [], "rateCode": rate,
                  "beginRange": begin, "pricePerUnit": {"USD": price}}
