"""Why something was not done. The message is written for the person at the screen and may be shown as it stands."""


class Refused(Exception):
    """Nothing was changed. The message says why; `field` names the argument it is about, if it is about one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StageRefused(Refused):
    """The file stays at its stage."""


class AssignmentRefused(Refused):
    """The file keeps its adviser."""


class EventRefused(Refused):
    """Nothing was noted."""


class TaskRefused(Refused):
    """The task stays as it was."""


class IntroductionRefused(Refused):
    """The introduction stays as it was."""


class DocumentRefused(Refused):
    """No paper was kept."""


class FollowUpRefused(Refused):
    """Nothing was written down."""


class FundingRefused(Refused):
    """The funding line stays as it was."""
