from django.db import migrations, models
from django.db.models import F, Q


def take_answers_for_yes(apps, schema_editor):
    """Whoever answered by the link of a letter, or signs in with the address, has shown that it is theirs."""
    Holder = apps.get_model("projects", "Holder")
    answered = Q(files__consent_requests__via="link") | Q(files__follow_ups__via="link")
    known = Holder.objects.filter(answered).values("pk")
    Holder.objects.exclude(email="").filter(pk__in=list(known.values_list("pk", flat=True))).update(confirmed_email=F("email"))
    EmailAddress = apps.get_model("account", "EmailAddress")
    addresses = dict(EmailAddress.objects.filter(verified=True, user__holder__isnull=False).values_list("user__holder", "email"))
    for holder in Holder.objects.filter(pk__in=addresses, confirmed_email=""):
        if holder.email and holder.email.lower() == addresses[holder.pk].lower():
            holder.confirmed_email = holder.email
            holder.save(update_fields=["confirmed_email"])


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0004_what_the_holder_reads"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="holder",
            name="confirmed_email",
            field=models.EmailField(
                blank=True, default="", editable=False, max_length=254, verbose_name="address confirmed by its owner"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(take_answers_for_yes, migrations.RunPython.noop),
    ]
