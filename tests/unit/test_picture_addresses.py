from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.openai.fetching import is_public

#: https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
NOT_THE_WORLDS = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
#: https://www.iana.org/assignments/iana-ipv6-special-registry, and multicast.
NOT_THE_WORLDS_V6 = [
    "::1/128", "::/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32",
    "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip

private = st.sampled_from(NOT_THE_WORLDS).flatmap(lambda network: st.ip_addresses(network=network))
private_v6 = st.sampled_from(NOT_THE_WORLDS_V6).flatmap(lambda network: st.ip_addresses(network=network))


@pytest.mark.parametrize("network", NOT_THE_WORLDS)
def test_the_ends_of_every_network_that_is_not_the_worlds_are_known(network: str):
    whole = IPv4Network(network)

    assert not is_public(str(whole[0]))
    assert not is_public(str(whole[-1]))


@pytest.mark.parametrize("network", NOT_THE_WORLDS_V6)
def test_those_of_ipv6_are_known_as_well(network: str):
    whole = IPv6Network(network)

    assert not is_public(str(whole[0]))
    assert not is_public(str(whole[-1]))


@given(private | private_v6)
def test_no_address_between_is_the_worlds(address: IPv4Address | IPv6Address):
    assert not is_public(str(address))


@given(private.map(int))
def test_an_address_of_ipv4_within_one_of_ipv6_is_no_way_around(inner: int):
    for outer in (
        IPv6Address(0xFFFF << 32 | inner),
        IPv6Address((0x64FF9B << 96) | inner),
        IPv6Address((0x2002 << 112) | (inner << 80)),
        IPv6Address(inner),
    ):
        assert not is_public(str(outer))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:80b::200e"])
def test_addresses_of_the_world_are(address: str):
    assert is_public(address)


def test_an_address_of_a_link_is_not_the_worlds():
    assert not is_public("fe80::1%eth0")
