"""Figures of tests that several processes share are added up and printed at the end."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures: Counter[str] = Counter()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if getattr(report, "when", "") == "call":
            figures.update(dict(report.user_properties).get("figures", {}))
    for name, count in sorted(figures.items()):
        terminalreporter.write_line(f"{name}: {count:,}")
