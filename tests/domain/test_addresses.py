from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses import refusal

PUBLIC = ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "this machine"),
        ("127.255.255.254", "this machine"),
        ("0.0.0.0", "this machine"),
        ("0.1.2.3", "this machine"),
        ("::1", "this machine"),
        ("::", "this machine"),
        ("10.0.0.1", "a private network"),
        ("172.16.0.1", "a private network"),
        ("172.31.255.255", "a private network"),
        ("192.168.1.1", "a private network"),
        ("fc00::1", "a private network"),
        ("fdff::1", "a private network"),
        ("fec0::1", "a private network"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "a cloud's metadata service"),
        ("fd00:ec2::254", "a cloud's metadata service"),
        ("168.63.129.16", "a cloud's metadata service"),
        ("100.100.100.200", "a cloud's metadata service"),
        ("100.64.0.1", "a carrier's inner network"),
        ("100.127.255.255", "a carrier's inner network"),
        ("224.0.1.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("ff0e::1", "multicast"),
        ("192.0.2.1", "set aside for documentation"),
        ("2001:db8::1", "set aside for documentation"),
        ("192.0.0.192", "reserved"),
        ("198.18.0.1", "reserved"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("64:ff9b:1::1", "reserved"),
        ("100::1", "reserved"),
        ("::127.0.0.1", "reserved"),
        ("4000::1", "reserved"),
    ],
)
def test_special_addresses_are_refused_by_their_kind(address: str, reason: str) -> None:
    assert refusal(ip_address(address)) == reason


def stand_ins(address: IPv4Address) -> dict[str, IPv6Address]:
    """The IPv6 addresses that mean this IPv4 one."""
    bits = int(address)
    server = int(IPv4Address("65.54.227.120"))
    return {
        "mapped": IPv6Address((0xFFFF << 32) | bits),
        "6to4": IPv6Address((0x2002 << 112) | (bits << 80) | 1),
        "NAT64": IPv6Address(int(IPv6Address("64:ff9b::")) | bits),
        "Teredo client": IPv6Address((0x20010000 << 96) | (server << 64) | (bits ^ 0xFFFFFFFF)),
        "Teredo server": IPv6Address((0x20010000 << 96) | (bits << 64) | (server ^ 0xFFFFFFFF)),
    }


@pytest.mark.parametrize("way", ["mapped", "6to4", "NAT64", "Teredo client", "Teredo server"])
@given(address=st.ip_addresses(v=4))
def test_an_ipv6_address_that_stands_for_an_ipv4_one_is_judged_as_that_one(way: str, address: IPv4Address) -> None:
    assert refusal(stand_ins(address)[way]) == refusal(address)


@given(st.ip_addresses(v=4))
def test_nothing_that_python_calls_special_may_be_called(address: IPv4Address) -> None:
    is_special = address.is_private or address.is_multicast or address.is_reserved or not address.is_global
    assert not is_special or refusal(address) is not None


def test_a_network_that_the_operator_allows_may_be_called_in_each_of_its_forms() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("::1/128")]
    assert refusal(ip_address("10.1.2.3"), allowed=allowed) is None
    assert refusal(ip_address("::ffff:10.1.2.3"), allowed=allowed) is None
    assert refusal(ip_address("::1"), allowed=allowed) is None
    assert refusal(ip_address("10.2.0.1"), allowed=allowed) == "a private network"
    assert refusal(ip_address("127.0.0.1"), allowed=allowed) == "this machine"
