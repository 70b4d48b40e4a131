"""Blueprints that must pass: one of everything that the JSON schema knows. The wrong ones are in test_canaries."""

from __future__ import annotations

import copy
import json
import unittest

from standin.synthetics.blueprint import problems

_HTTP = {"stepName": "http", "checkerType": "HTTP", "url": "https://example.com/", "httpMethod": "POST"}
GOOD = {
    "globalSettings": {"stepTimeout": 1000},
    "variables": {"base": "https://example.com"},
    "steps": {
        "1": {
            **_HTTP, "url": "${base}/health", "timeout": 300000, "waitTime": 60, "headers": {"X-Version": "1"}, "body": "{}",
            "authentication": {"type": "BASIC", "username": "u", "password": "${AWS_SECRET:login:password}"},
            "assertions": [
                {"type": "STATUS_CODE", "operator": "EQUALS", "value": 200, "description": "fine"},
                {"type": "STATUS_CODE", "operator": "IN_RANGE", "rangeMin": 200, "rangeMax": 299},
                {"type": "RESPONSE_TIME", "operator": "LESS_THAN", "value": 500.5, "unit": "MILLISECONDS"},
                {"type": "HEADER", "headerName": "X", "operator": "EXIST", "value": True},
                {"type": "HEADER", "headerName": "X", "operator": "REGEX_MATCH", "value": "a.*"},
                {"type": "BODY", "path": "$.a", "operator": "EQUALS", "value": "x"},
                {"type": "BODY", "target": "TEXT", "operator": "CONTAINS", "value": "x"},
            ],
            "extractors": [{"name": "token", "type": "BODY", "path": "$.token", "regex": "(.*)", "regexGroup": 1}],
        },
        "2": {**_HTTP, "stepName": "key", "authentication": {"type": "API_KEY", "apiKey": "k", "headerName": "X-Key"}},
        "3": {**_HTTP, "stepName": "signed", "authentication": {"type": "SIGV4", "service": "s3", "region": "r", "roleArn": "a"}},
        "4": {**_HTTP, "stepName": "oauth", "authentication": {
            "type": "OAUTH_CLIENT_CREDENTIALS", "tokenUrl": "https://example.com/token", "clientId": "i", "clientSecret": "s",
            "scope": "x", "tokenApiAuth": ["REQUEST_BODY"]}},
        "5": {"stepName": "dns", "checkerType": "DNS", "domain": "example.com", "recordType": "MX", "nameserver": "8.8.8.8",
              "port": 53, "protocol": "TCP", "assertions": [
                  {"type": "RECORD_VALUE", "operator": "CONTAINS", "value": "mail"}, {"type": "AUTHORITATIVE", "value": True},
                  {"type": "RECORD_COUNT", "operator": "GREATER_THAN", "value": 0}, {"type": "TTL", "operator": "LESS_THAN", "value": 9}]},
        "6": {"stepName": "tls", "checkerType": "SSL", "hostname": "example.com", "port": 443, "sni": True, "assertions": [
            {"type": "CERTIFICATE_EXPIRY", "operator": "GREATER_THAN", "value": 30, "unit": "DAYS"},
            {"type": "CERTIFICATE_SUBJECT", "field": "CN", "operator": "EQUALS", "value": "example.com"},
            {"type": "CERTIFICATE_ISSUER", "field": "O", "operator": "CONTAINS", "value": "x"},
            {"type": "CIPHER_SUITE", "operator": "NOT_CONTAINS", "value": "RC4"}]},
        "7": {"stepName": "tcp", "checkerType": "TCP", "hostname": "${host}", "port": 5432, "sendData": "x", "encoding": "HEX",
              "assertions": [{"type": "CONNECTION_SUCCESSFUL", "value": True},
                             {"type": "RESPONSE_DATA", "operator": "STARTS_WITH", "value": "x"}]},
    },
}


class Grammar(unittest.TestCase):
    def test_everything_passes(self) -> None:
        self.assertEqual(problems(json.dumps(GOOD).encode()), [])

    def test_each_required_member_is_missed(self) -> None:
        for number, step in GOOD["steps"].items():
            for name in ("stepName", "checkerType", "url", "httpMethod", "domain", "hostname"):
                if name in step:
                    with self.subTest(step=number, member=name):
                        config = copy.deepcopy(GOOD)
                        del config["steps"][number][name]
                        self.assertTrue(problems(json.dumps(config).encode()))

    def test_nothing_makes_it_fail_itself(self) -> None:
        for value in (None, [], {}, "x", {"steps": None}, {"steps": {"1": None}}, {"steps": {"1": {"checkerType": {}}}},
                      {"steps": {"1": {**_HTTP, "assertions": [{"type": []}]}}}, {"steps": {"1": {**_HTTP, "headers": 1}}}):
            with self.subTest(value=value):
                self.assertTrue(problems(json.dumps(value).encode()))


if __name__ == "__main__":
    unittest.main()
