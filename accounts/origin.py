"""Where a request came from, as its events say: the address, an opaque mark of the session, the request's number."""

from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from audit.log import Origin
from sen.errors import number_of


def origin_of(request: HttpRequest) -> Origin:
    return Origin(address_of(request), session_mark(request.session.session_key), number_of(request))


def session_mark(key: str | None) -> str:
    """Tells sessions apart without being a key to one."""
    return sha256(key.encode()).hexdigest()[:16] if key else ""


def address_of(request: HttpRequest) -> str:
    """The peer's address, or the proxy's word for it when the peer is a proxy of ours.

    Each proxy adds the address it saw at the right end, so the rightmost that is not ours is the last one
    that anybody we trust has seen; everything left of it may be made up.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    claimed = request.headers.get("X-Forwarded-For", "").split(",")
    address = peer
    while is_proxy(address) and claimed:
        said = claimed.pop().strip()
        if not _is_address(said):
            break
        address = said
    return address


def is_proxy(address: str) -> bool:
    """Whether the address is one of TRUSTED_PROXIES (addresses or networks)."""
    if not _is_address(address):
        return False
    ours = [ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES]
    return any(ip_address(address) in network for network in ours)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
