"""The rules of composite alarms (API, PutCompositeAlarm.AlarmRule; user guide, "Create a composite alarm")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Union

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_MOST_ELEMENTS = 500
_MOST_CHILDREN = 100
_TOKEN = re.compile(r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign>[(),])|(?P<word>[^\s(),"']+))""", re.VERBOSE)


class RuleError(Exception):
    """A rule that CloudWatch would refuse; the text says why."""


@dataclass(frozen=True)
class Constant:
    value: bool


@dataclass(frozen=True)
class Child:
    """True while an alarm (by name, even where the rule has its ARN) is in a state."""

    state: str
    name: str


@dataclass(frozen=True)
class Not:
    inner: Node


@dataclass(frozen=True)
class Both:
    left: Node
    right: Node


@dataclass(frozen=True)
class Either:
    left: Node
    right: Node


@dataclass(frozen=True)
class AtLeast:
    """`AT_LEAST(m, STATE, (a, b, c))`: a number or a percentage of the alarms is in a state, or not in it."""

    number: int
    is_percentage: bool
    state: str
    negated: bool
    names: tuple[str, ...]


Node = Union[Constant, Child, Not, Both, Either, AtLeast]


@dataclass(frozen=True)
class Rule:
    """A parsed rule."""

    node: Node

    def children(self) -> list[str]:
        """The names of the alarms in the rule, each once, in their order."""
        return list(dict.fromkeys(_names(self.node)))

    def holds(self, state_of: Callable[[str], str]) -> bool:
        """Whether the rule is true, given the state of an alarm by its name."""
        return _holds(self.node, state_of)


def parse_rule(text: str) -> Rule:
    """The rule of a text; RuleError when it isn't one."""
    parser = _Parser(text)
    node = parser.either()
    if parser.peek() is not None:
        raise RuleError(f"AlarmRule expression is not valid near '{parser.peek()}'")
    rule = Rule(node)
    if len(rule.children()) > _MOST_CHILDREN:
        raise RuleError(f"An alarm rule can have at most {_MOST_CHILDREN} children")
    if parser.elements > _MOST_ELEMENTS:
        raise RuleError(f"An alarm rule can have at most {_MOST_ELEMENTS} elements")
    return rule


def _names(node: Node) -> list[str]:
    if isinstance(node, Child):
        return [node.name]
    if isinstance(node, AtLeast):
        return list(node.names)
    if isinstance(node, Not):
        return _names(node.inner)
    return [] if isinstance(node, Constant) else _names(node.left) + _names(node.right)


def _holds(node: Node, state_of: Callable[[str], str]) -> bool:
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Child):
        return state_of(node.name) == node.state
    if isinstance(node, AtLeast):
        matching = sum((state_of(name) == node.state) != node.negated for name in node.names)
        return matching * 100 >= node.number * len(node.names) if node.is_percentage else matching >= node.number
    if isinstance(node, Not):
        return not _holds(node.inner, state_of)
    if isinstance(node, Both):
        return _holds(node.left, state_of) and _holds(node.right, state_of)
    return _holds(node.left, state_of) or _holds(node.right, state_of)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        self._position = 0
        self.elements = 0
        rest = text.rstrip()
        position = 0
        while position < len(rest):
            match = _TOKEN.match(rest, position)
            if match is None:
                raise RuleError(f"AlarmRule expression is not valid near '{rest[position:position + 10]}'")
            self._tokens.append(match.group().strip())
            position = match.end()

    def peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if token is None or (wanted is not None and token != wanted):
            raise RuleError(f"AlarmRule expression is not valid: expected {wanted or 'more'} before '{token or 'its end'}'")
        self._position += 1
        return token

    def either(self) -> Node:
        node = self._both()
        while self.peek() == "OR":
            self._take()
            node = Either(node, self._both())
        return node

    def _both(self) -> Node:
        node = self._single()
        while self.peek() == "AND":
            self._take()
            node = Both(node, self._single())
        return node

    def _single(self) -> Node:
        token = self._take()
        if token == "NOT":
            return Not(self._single())
        self.elements += 1
        if token == "(":
            node = self.either()
            self._take(")")
            return node
        if token.upper() in ("TRUE", "FALSE"):
            return Constant(token.upper() == "TRUE")
        if token == "AT_LEAST":
            return self._at_least()
        if token not in STATES:
            raise RuleError(f"AlarmRule expression is not valid near '{token}'")
        self._take("(")
        name = self._name()
        self._take(")")
        return Child(token, name)

    def _at_least(self) -> Node:
        self._take("(")
        amount = self._take()
        match = re.fullmatch(r"([1-9]\d*)(%?)", amount)
        if match is None:
            raise RuleError(f"AlarmRule expression is not valid near '{amount}'")
        self._take(",")
        state = self._take()
        negated = state == "NOT"
        state = self._take() if negated else state
        if state not in STATES:
            raise RuleError(f"AlarmRule expression is not valid near '{state}'")
        self._take(",")
        self._take("(")
        names = [self._name()]
        while self.peek() == ",":
            self._take()
            names.append(self._name())
        self._take(")")
        self._take(")")
        self.elements += len(names)
        return AtLeast(int(match.group(1)), bool(match.group(2)), state, negated, tuple(names))

    def _name(self) -> str:
        token = self._take()
        if token in ("(", ")", ","):
            raise RuleError(f"AlarmRule expression is not valid near '{token}'")
        name = re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] in "\"'" else token
        if name.startswith("arn:"):
            match = re.fullmatch(r"arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:(.+)", name)
            if match is None:
                raise RuleError(f"Invalid alarm ARN in the rule: {name}")
            name = match.group(1)
        return name
