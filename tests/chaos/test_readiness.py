"""`/readyz` with the portal's own minute: two minutes after the start of web, worker and clock on an empty database, it is well."""

import pytest
from django.utils import timezone

from outbox.models import Pulse
from tests.outbox.machinery import Machinery, wait_until
from tests.outbox.smtp_server import SmtpServer
from tests.outbox.valkey_server import ValkeyServer
from tests.test_readiness import ask

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

TWO_MINUTES_AND_THE_STARTS = 180  # seconds


def test_the_real_minute_makes_an_empty_portal_ready(tmp_path):
    with SmtpServer() as smtp, ValkeyServer() as valkey, Machinery(smtp, tmp_path, quick=False, valkey=valkey) as machinery:
        address, started = machinery.start_web(), timezone.now()
        machinery.start_worker()
        machinery.start_clock()
        wait_until(lambda: ask(address)[0] == 200, TWO_MINUTES_AND_THE_STARTS, machinery)
        assert Pulse.objects.filter(at__gt=started).exists()
