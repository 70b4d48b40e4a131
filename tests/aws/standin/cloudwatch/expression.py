"""The grammar of metric math (user guide, "Using metric math"): text to a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

FUNCTIONS: dict[str, tuple[int, int]] = {
    "ABS": (1, 1), "AVG": (1, 1), "CEIL": (1, 1), "DATAPOINT_COUNT": (1, 1), "DATE": (1, 1), "DAY": (1, 1), "DIFF": (1, 1),
    "DIFF_TIME": (1, 1), "EPOCH": (1, 1), "FILL": (2, 2), "FIRST": (1, 1), "FLOOR": (1, 1), "HOUR": (1, 1), "IF": (2, 3),
    "LAST": (1, 1), "LOG": (1, 1), "LOG10": (1, 1), "MAX": (1, 1), "METRICS": (0, 1), "METRIC_COUNT": (1, 1), "MIN": (1, 1),
    "MINUTE": (1, 1), "MONTH": (1, 1), "PERIOD": (1, 1), "RATE": (1, 1), "REMOVE_EMPTY": (1, 1), "RUNNING_SUM": (1, 1),
    "SLICE": (2, 3), "SORT": (3, 4), "STDDEV": (1, 1), "SUM": (1, 1), "TIME_SERIES": (1, 1), "YEAR": (1, 1),
}
"""Functions that are evaluated, with the least and the most of their arguments."""
NOT_EVALUATED = ("ANOMALY_DETECTION_BAND", "DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "SEARCH", "SERVICE_QUOTA", "SELECT")
"""Functions of CloudWatch that need what the stand-in doesn't have."""
_WORDS = {"REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MIN", "MAX", "SUM"}
_TOKEN = re.compile(r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<text>"[^"]*"|'[^']*')
    |(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/^<>()\[\],]))""", re.VERBOSE)


class ExpressionError(Exception):
    """An expression that CloudWatch would refuse; the text says why."""


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Word:
    """A keyword as an argument, such as REPEAT."""

    value: str


@dataclass(frozen=True)
class Reference:
    """The Id of another metric or expression."""

    identifier: str


@dataclass(frozen=True)
class Array:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Negation:
    inner: Node


@dataclass(frozen=True)
class Operation:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Invocation:
    function: str
    arguments: tuple[Node, ...]


Node = Union[Number, Text, Word, Reference, Array, Negation, Operation, Invocation]
# From the loosest to the tightest.
_LEVELS: tuple[dict[str, str], ...] = (
    {"OR": "OR", "||": "OR"}, {"AND": "AND", "&&": "AND"}, {sign: sign for sign in ("==", "!=", "<=", ">=", "<", ">")},
    {"+": "+", "-": "-"}, {"*": "*", "/": "/"},
)


def parse(text: str) -> Node:
    """The tree of an expression; ExpressionError when it isn't one."""
    parser = _Parser(_tokens(text))
    node = parser.level(0)
    if parser.peek() is not None:
        raise ExpressionError(f"Invalid syntax near '{parser.peek()}'")
    return node


def references(node: Node) -> set[str]:
    """The Ids that a tree names."""
    if isinstance(node, Reference):
        return {node.identifier}
    if isinstance(node, Array):
        children: tuple[Node, ...] = node.items
    elif isinstance(node, Operation):
        children = (node.left, node.right)
    elif isinstance(node, Invocation):
        children = node.arguments
    else:
        children = (node.inner,) if isinstance(node, Negation) else ()
    return {identifier for child in children for identifier in references(child)}


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"Invalid syntax near '{text[position:position + 10].strip()}'")
        found.append(match.group().strip())
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0

    def peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if token is None or (wanted is not None and token != wanted):
            raise ExpressionError(f"Invalid syntax: expected {wanted or 'a value'} before {token or 'the end'}")
        self._position += 1
        return token

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self._unary()
        node = self.level(number + 1)
        while (token := self.peek()) is not None and token in _LEVELS[number]:
            self._take()
            node = Operation(_LEVELS[number][token], node, self.level(number + 1))
        return node

    def _unary(self) -> Node:
        if self.peek() == "-":
            self._take()
            return Negation(self._unary())
        node = self._primary()
        if self.peek() == "^":
            self._take()
            return Operation("^", node, self._unary())
        return node

    def _primary(self) -> Node:
        token = self._take()
        if token == "(":
            node = self.level(0)
            self._take(")")
            return node
        if token == "[":
            return Array(self._list("]"))
        if token[0] in "\"'":
            return Text(token[1:-1])
        if token[0].isdigit() or token[0] == ".":
            return Number(float(token))
        if not token[0].isalpha() or token in ("AND", "OR"):
            raise ExpressionError(f"Invalid syntax near '{token}'")
        return self._named(token)

    def _named(self, name: str) -> Node:
        if self.peek() != "(":
            if name in _WORDS:
                return Word(name)
            if not name[0].islower():
                raise ExpressionError(f"Invalid syntax near '{name}': an Id starts with a lower case letter")
            return Reference(name)
        if name in NOT_EVALUATED:
            raise ExpressionError(f"The stand-in doesn't evaluate {name}")
        if name not in FUNCTIONS:
            raise ExpressionError(f"Unsupported function '{name}'")
        self._take("(")
        arguments = self._list(")")
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"Wrong number of arguments for {name}: {len(arguments)}")
        return Invocation(name, arguments)

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self.peek() != end:
            if items:
                self._take(",")
            items.append(self.level(0))
        self._take(end)
        return tuple(items)
