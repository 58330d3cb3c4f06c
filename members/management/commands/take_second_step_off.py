"""The way back in for an administrator whom no other administrator can help."""

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from members.accounts import second_step
from members.models import User


class Command(BaseCommand):
    help = "Take the second step off an account, as an administrator does in the admin; its owner then sets it up anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address the account signs in with")

    def handle(self, *args, **options) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError("No account has this address.")
        if second_step.take_second_step_off(user=user, at=timezone.now()):
            self.stdout.write("The second step is off. Sign in with the password or a mailed code, then set it up anew.")
        else:
            self.stdout.write("This account has no second step: nothing was changed.")
