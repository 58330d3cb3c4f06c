"""What a rule's keys begin with, where letters are looked for by a part of their fact."""

import datetime as dt

import pytest

from outbox.keys import LetterRule


@pytest.fixture
def rule(monkeypatch):
    monkeypatch.setattr("outbox.keys.RULES", {})
    return LetterRule("tests.seat", separator=":", seat=int, at=dt.datetime)


def test_the_keys_of_one_fact_begin_alike_and_no_others_do(rule):
    at = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    assert rule.key(seat=1, at=at).startswith(rule.beginning(seat=1))
    assert not rule.key(seat=12, at=at).startswith(rule.beginning(seat=1))
    assert rule.key(seat=12, at=at).startswith(rule.beginning())


def test_only_first_parts_are_what_keys_begin_with(rule):
    with pytest.raises(ValueError, match="its keys begin with seat, at"):
        rule.beginning(at=dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC))
