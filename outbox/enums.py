from django.utils.translation import gettext_lazy as _

from common.states import States, StateSet


class LetterState(States):
    TO_SEND = "to_send", _("to send")
    SENDING = "sending", _("being sent")  # claimed by a worker; found again by the sweep if that worker dies
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("dropped")  # its reason had gone, or it came too late to be of use
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")  # the server may or may not have taken it: a person decides

    unsent = StateSet("TO_SEND SENDING", out="SENT DROPPED FAILED UNCERTAIN")
    # Nothing more happens to it by itself: somebody sends it again, or does not.
    left_to_a_person = StateSet("FAILED UNCERTAIN", out="TO_SEND SENDING SENT DROPPED")
    # It has left, or is not to leave any more: a code or a link in it is kept no longer.
    done_with = StateSet("SENT DROPPED", out="TO_SEND SENDING FAILED UNCERTAIN")

    @property
    def next_states(self) -> frozenset["LetterState"]:
        """Sent again, a letter is another row: nothing leaves the states in which an attempt ends for good."""
        State = LetterState  # noqa: N806 -- the class's own name, shortened to keep the table readable
        return frozenset(
            {
                State.TO_SEND: {State.SENDING, State.DROPPED, State.TO_SEND, State.FAILED, State.UNCERTAIN},  # once more: put off
                State.SENDING: {State.SENT, State.TO_SEND, State.FAILED, State.UNCERTAIN},
                State.SENT: set(),
                State.DROPPED: set(),
                State.FAILED: set(),
                State.UNCERTAIN: set(),
            }[self]
        )
