"""The report's drawings, as SVG. The table beside each says the same: a drawing is for the eye alone."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects.figures.parts import Cohort, Count, Quarter

WIDTH, HEIGHT, FLOOR, LEFT = 720, 228, 220, 40


def quarters_drawn(quarters: Sequence[Quarter]) -> SafeString:
    """A bar for each quarter; the one under way is dashed."""
    if not quarters:
        return SafeString("")
    most = max(1, *(quarter.people for quarter in quarters))
    step = (WIDTH - LEFT) / len(quarters)
    bars = format_html_join(
        "",
        '<rect class="figure__bar{}" x="{}" y="{}" width="{}" height="{}"/><text class="figure__n" x="{}" y="{}">{}</text>',
        (
            (
                " figure__bar--running" if quarter.is_running else "",
                round(LEFT + number * step + step * 0.15),
                round(FLOOR - 180 * quarter.people / most),
                round(step * 0.7),
                round(180 * quarter.people / most),
                round(LEFT + number * step + step / 2),
                round(FLOOR - 180 * quarter.people / most - 8),
                quarter.people,
            )
            for number, quarter in enumerate(quarters)
        ),
    )
    return drawing(format_html('{}<line class="figure__axis" x1="{}" y1="{}" x2="{}" y2="{}"/>', bars, LEFT, FLOOR, WIDTH, FLOOR))


def survival_drawn(cohorts: Sequence[Cohort]) -> SafeString:
    """Who is surely at work, and above it the band of those of whom nothing is known."""
    known = [cohort for cohort in cohorts if cohort.followed]
    if not known:
        return SafeString("")

    def point(months: float, share: float) -> str:
        return f"{LEFT + (WIDTH - LEFT - 10) * months / 36:.0f},{FLOOR - 190 * share:.0f}"

    sure = [point(0, 1), *(point(cohort.months, cohort.surely) for cohort in known)]
    perhaps = [point(0, 1), *(point(cohort.months, cohort.perhaps) for cohort in known)]
    heights = [(part, round(FLOOR - 190 * part / 100)) for part in (0, 25, 50, 75, 100)]
    lines = format_html_join(
        "",
        '<line class="figure__grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="figure__axis-n" x="{}" y="{}">{}</text>',
        ((LEFT, height, WIDTH, height, 2, height + 4, part) for part, height in heights),
    )
    return drawing(
        format_html(
            '{}<polygon class="figure__band" points="{}"/><polyline class="figure__line" points="{}"/>',
            lines,
            " ".join([*perhaps, *reversed(sure)]),
            " ".join(sure),
        )
    )


def answers_drawn(answers: Sequence[Count]) -> SafeString:
    """A lying bar for each answer."""
    most = max(1, *(answer.number for answer in answers))
    step = (HEIGHT - 8) / max(1, len(answers))
    bars = format_html_join(
        "",
        '<rect class="figure__bar" x="0" y="{}" width="{}" height="{}"/>'
        '<text class="figure__n figure__n--side" x="{}" y="{}">{}</text>',
        (
            (
                round(place * step) + 8,
                round(560 * answer.number / most),
                round(step * 0.64),
                round(560 * answer.number / most) + 10,
                round(place * step) + 26,
                answer.number,
            )
            for place, answer in enumerate(answers)
        ),
    )
    return drawing(bars)


def drawing(content: SafeString) -> SafeString:
    return format_html('<svg class="figure" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>', WIDTH, HEIGHT, content)
