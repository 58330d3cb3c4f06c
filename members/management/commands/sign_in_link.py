"""The way in where no letter arrives yet, or none any more: for the first administrator."""

from django.core.management import BaseCommand, CommandError, CommandParser

from members import journal
from members.accounts.links import LASTS, Purpose, link_address
from members.enums import JournalEvent
from members.models import User


class Command(BaseCommand):
    help = (
        "Print a link that signs an account in once, within twenty minutes; a second step, where there is one, is still asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args, **options) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError("No account has this address. The first administrator is made by createsuperuser.")
        if not user.is_active:
            raise CommandError("This account is closed.")
        journal.note(JournalEvent.LINK_PRINTED, account=user)
        self.stdout.write(link_address(user, Purpose.SIGN_IN))
        minutes = LASTS[Purpose.SIGN_IN].seconds // 60
        self.stderr.write(f"It signs {user.email} in once, within {minutes} minutes. Whoever has it needs no password.")
