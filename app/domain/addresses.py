"""Which addresses the service may call when somebody else names the URL: only hosts of the public internet.

The lists are IANA's special-purpose registries (RFC 6890 and its updates). They are written out because what
``ipaddress`` calls global differs between Python releases, and takes in multicast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The first network that holds the address says why, so that the narrower ones come before those around them.
_CLOSED: tuple[tuple[str, tuple[Network, ...]], ...] = tuple(
    (reason, tuple(ip_network(each) for each in networks.split()))
    for reason, networks in (
        # Where clouds tell a machine its credentials; 168.63.129.16 is Azure's, in the midst of public addresses.
        ("a cloud's metadata service", "169.254.169.254/32 168.63.129.16/32 100.100.100.200/32 fd00:ec2::/32"),
        ("this machine", "127.0.0.0/8 0.0.0.0/8 ::1/128 ::/128"),
        ("link-local", "169.254.0.0/16 fe80::/10"),
        ("a private network", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        ("a carrier's inner network", "100.64.0.0/10"),
        ("multicast", "224.0.0.0/4 ff00::/8"),
        ("set aside for documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
        ("reserved", "192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 240.0.0.0/4 2001::/23"),
    )
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")  # what IANA gives out; all other IPv6 is for something special
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is meant


def refusal(address: Address, *, allowed: Iterable[Network] = ()) -> str | None:
    """Why the address may not be called, as the end of "... is", or None when it may.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged as that one: all that it stands
    for must be public. An address in one of the ``allowed`` networks may be called whatever it is.
    """
    networks = tuple(allowed)
    for each in _meant(address):
        if not any(each in network for network in networks):
            reason = _closed(each)
            if reason:
                return reason
    return None


def _meant(address: Address) -> Iterator[Address]:
    """The addresses that a packet to this one may reach."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address


def _closed(address: Address) -> str | None:
    for reason, networks in _CLOSED:
        if any(address in network for network in networks):
            return reason
    if isinstance(address, IPv6Address) and address not in _GLOBAL_IPV6:
        return "reserved"
    return None
