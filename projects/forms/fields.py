"""Fields that several forms share."""

from django import forms


class DayInput(forms.DateInput):
    """The browser's own calendar, which needs no script of ours."""

    input_type = "date"

    def __init__(self, **options) -> None:
        super().__init__(format="%Y-%m-%d", **options)
