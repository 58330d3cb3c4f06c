"""How often anybody may do the same thing, counted in the cache, over fixed stretches of time."""

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

A_DAY = 86_400  # seconds
LETTERS_A_DAY = 5  # to one address that its owner has not confirmed here, whoever typed it in whichever form


def too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more time that `who` (an address of any kind, kept as a hash) does `what`; True beyond `most`."""
    stretch = int(time.time() // seconds)
    name = f"often:{what}:{hashlib.sha256(who.encode()).hexdigest()}:{stretch}"
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name) > most
    except ValueError:  # it expired in between: a new stretch has begun
        return False


def may_be_written_to(address: str, *, most: int = LETTERS_A_DAY) -> bool:
    """Count one more letter to this address today; False beyond `most`. Asked of addresses that their owner has not confirmed.

    One budget for all forms: whoever types somebody's address in each of them fills no mailbox.
    """
    return not too_often("letters-to", mailbox_of(address), most=most, seconds=A_DAY)


def mailbox_of(address: str) -> str:
    """Capitals and what follows a + lead to the same mailbox."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def visitor_network(request: HttpRequest) -> str:
    """The visitor's network address; of IPv6 the network, since a household has billions of addresses there."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
