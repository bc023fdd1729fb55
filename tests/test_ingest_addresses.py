"""Addresses as text: which are refused, which are public, which are the same article, which are shown."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.addresses import canonical_url, display, is_public, outlet_of, read_address
from rag.errors import FetchRefused

NOT_PUBLIC = {
    "this_host": "0.0.0.0",
    "this_network": "0.1.2.3",
    "loopback": "127.0.0.1",
    "loopback_elsewhere": "127.255.1.1",
    "private_a": "10.1.2.3",
    "private_b": "172.16.0.1",
    "private_b_last": "172.31.255.255",
    "private_c": "192.168.1.1",
    "link_local_and_cloud_secrets": "169.254.169.254",
    "shared_by_carriers": "100.64.0.1",
    "shared_by_carriers_last": "100.127.255.254",
    "protocol_assignments": "192.0.0.170",
    "6to4_relay": "192.88.99.1",
    "documentation": "203.0.113.7",
    "benchmarking": "198.18.0.1",
    "multicast": "224.0.0.1",
    "multicast_that_python_calls_global": "232.1.1.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "ipv6_unspecified": "::",
    "ipv6_loopback": "::1",
    "ipv6_link_local": "fe80::1",
    "ipv6_with_zone": "fe80::1%eth0",
    "ipv6_public_with_zone": "2606:4700::1%1",
    "ipv6_site_local": "fec0::1",
    "ipv6_unique_local": "fd00::1",
    "ipv6_multicast": "ff02::1",
    "ipv6_multicast_global": "ff0e::1",
    "ipv6_documentation": "2001:db8::1",
    "ipv6_documentation_new": "3fff::1",
    "ipv6_discard": "100::1",
    "ipv6_segment_routing": "5f00::1",
    "mapped_loopback": "::ffff:127.0.0.1",
    "mapped_private": "::ffff:a00:1",
    "compatible_loopback": "::127.0.0.1",
    "compatible_public": "::8.8.8.8",
    "translated_siit": "::ffff:0:127.0.0.1",
    "nat64_loopback": "64:ff9b::7f00:1",
    "nat64_cloud_secrets": "64:ff9b::a9fe:a9fe",
    "nat64_local_use": "64:ff9b:1::808:808",
    "6to4_loopback": "2002:7f00:1::",
    "6to4_public": "2002:808:808::1",
    "teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "isatap_private": "fe80::5efe:10.0.0.1",
    "not_an_address": "localhost",
    "empty": "",
    "short_form": "127.1",
    "decimal": "2130706433",
}


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC.keys())
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1",
        "64:ff9b::808:808",  # how IPv6-only networks reach IPv4 sites
        "::ffff:8.8.8.8",  # how some resolvers write IPv4
    ],
)
def test_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_ipv4_hidden_in_ipv6_is_judged_by_what_is_inside(address: ipaddress.IPv4Address) -> None:
    for hidden in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(hidden) == is_public(str(address))
    assert not is_public(f"::{address}")


@given(st.ip_addresses())
def test_what_is_public_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not is_public(str(address)) or address.is_global


REFUSED = {
    "empty": "",
    "no_scheme": "example.com/a",
    "file": "file:///etc/passwd",
    "ftp": "ftp://example.com/",
    "gopher": "gopher://example.com/",
    "script": "javascript:alert(1)",
    "data": "data:text/html,hello",
    "no_host": "http:///path",
    "one_slash": "http:/example.com",
    "user": "http://user@example.com/",
    "user_and_password": "http://user:secret@example.com/",
    "public_name_as_user": "http://example.com@127.0.0.1/",
    "backslash_user": "http://example.com\\@127.0.0.1/",
    "backslash_host": "http://127.0.0.1\\.example.com/",
    "empty_user": "http://@127.0.0.1/",
    "decimal": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal_parts": "http://0x7f.0.0.1/",
    "hexadecimal_last_part": "http://127.0.0.0x1/",
    "octal": "http://0177.0.0.1/",
    "octal_whole": "http://017700000001/",
    "short_two": "http://127.1/",
    "short_three": "http://10.0.1/",
    "zero": "http://0/",
    "too_large": "http://256.256.256.256/",
    "five_parts": "http://1.2.3.4.5/",
    "full_width_decimal": "http://２１３０７０６４３３/",
    "full_width_short": "http://１２７.1/",
    "circled_digits_short": "http://①②⑦.①/",
    "ideographic_dots": "http://127。1/",
    "escaped_digits": "http://%31%32%37.0.0.1/",
    "escaped_dot": "http://127%2e0.0.1/",
    "zone": "http://[fe80::1%25eth0]/",
    "future_ip": "http://[v1.fe80]/",
    "open_bracket": "http://[::1/",
    "not_ipv6": "http://[example.com]/",
    "two_dots": "http://example..com/",
    "two_trailing_dots": "http://127.0.0.1../",
    "only_a_dot": "http://./",
    "hyphen_first": "http://-example.com/",
    "long_label": f"http://{'a' * 64}.com/",
    "long_name": f"http://{'a.' * 127}com/",
    "full_width_slash": "http://example.com／@127.0.0.1/",
    "tab_in_host": "http://127.0\t.0.1/",
    "line_end": "http://example.com/\r\nHost: localhost",
    "nul": "http://example.com/\0",
    "space_in_host": "http://exa mple.com/",
    "port_too_large": "http://example.com:65536/",
    "port_zero": "http://example.com:0/",
    "port_of_letters": "http://example.com:http/",
    "half_a_surrogate_pair": "http://example.com/\ud800",
    "too_long": "http://example.com/" + "a" * 8_000,
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_refused(url: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        read_address(url)
    message = str(caught.value)
    assert message == display(message[:200]) + message[200:]
    assert message.endswith(".")
    assert canonical_url(url) is None
    assert outlet_of(url) is None


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("  http://example.com/a  ", "http://example.com/a"),
        ("https://example.com:443/a#part", "https://example.com/a"),
        ("https://example.com:8443/a?b=c&d", "https://example.com:8443/a?b=c&d"),
        ("http://example.com:/", "http://example.com/"),
        ("http://example.com./", "http://example.com/"),
        ("http://bücher.example/straße?q=ü", "http://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("http://example.com/a b\\c", "http://example.com/a%20b%5Cc"),
        ("http://example.com/a%20b%2f", "http://example.com/a%20b%2f"),
        ("http://my_host.example/", "http://my_host.example/"),
        ("http://[2606:4700:0:0::1]:81/", "http://[2606:4700::1]:81/"),
        # plainly written, so readable: whether it is public is checked later
        ("http://127.0.0.1./", "http://127.0.0.1/"),
        ("http://１２７.０.０.１/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://ＬＯＣＡＬＨＯＳＴ/", "http://localhost/"),
    ],
)
def test_read(url: str, read: str) -> None:
    assert read_address(url).url == read


@given(st.text(max_size=80).map(lambda tail: f"http://{tail}"))
@example("http://example.com:８０/")
@example("http://xn--a/")
def test_reading_gives_plain_ascii_or_refuses(url: str) -> None:
    try:
        address = read_address(url)
    except FetchRefused:
        return
    assert address.url.isascii()
    assert read_address(address.url) == address


SAME = {
    "http": "http://example.com/news/a-story",
    "www": "https://www.example.com/news/a-story",
    "capitals": "HTTPS://EXAMPLE.com/news/a-story",
    "default_port": "http://example.com:80/news/a-story",
    "trailing_dot": "https://example.com./news/a-story",
    "trailing_slash": "https://example.com/news/a-story/",
    "fragment": "https://example.com/news/a-story#comments",
    "empty_query": "https://example.com/news/a-story?",
    "campaign": "https://example.com/news/a-story?utm_source=x&utm_medium=y&UTM_Campaign=z",
    "click": "https://example.com/news/a-story?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&igshid=5",
    "outlets_own": "https://example.com/news/a-story?ref=rss&ref_src=t&cmpid=1&CMP=2&ocid=3&smid=4",
    "escaped_name": "https://example.com/news/a-story?utm%5Fsource=x",
    "amp": "https://example.com/news/a-story/amp",
    "amp_slash": "https://example.com/news/a-story/amp/",
    "amp_query": "https://example.com/news/a-story?amp=1&outputType=amp",
    "escapes": "https://example.com/%6eews/a%2Dstory",
}


@pytest.mark.parametrize("url", SAME.values(), ids=SAME.keys())
def test_same_article(url: str) -> None:
    assert canonical_url(url) == "https://example.com/news/a-story"


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("http://example.com", "https://example.com"),
        ("http://example.com/", "https://example.com"),
        ("http://example.com/?p=12&utm_source=x&b=1&a=2", "https://example.com?p=12&b=1&a=2"),
        ("http://example.com/A?id=%c3%bc", "https://example.com/A?id=%C3%BC"),
        ("http://example.com:8080/a", "https://example.com:8080/a"),
        ("http://www.www.example.com/", "https://example.com"),
        ("http://www.com/", "https://www.com"),
        ("http://example.com/guitar/amp", "https://example.com/guitar/amp"),
        ("http://example.com/amp", "https://example.com/amp"),
        ("http://example.com/story-1/amp//", "https://example.com/story-1"),
        ("http://example.com/a?reference=1&amplitude=2", "https://example.com/a?reference=1&amplitude=2"),
        ("http://example.com/100%/b", "https://example.com/100%25/b"),
        ("http://[2606:4700::1]/a", "https://[2606:4700::1]/a"),
        ("http://bücher.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_identity(url: str, identity: str) -> None:
    assert canonical_url(url) == identity


@given(
    st.sampled_from(["http://", "https://www.", "HTTP://user@"]),
    st.sampled_from(["example.com", "WWW.www.com", "a.b:80", "a.b:443", "a.b:81", "bücher.example", "[::1]"]),
    st.lists(
        st.sampled_from(["/", "a-1", "amp", "?", "&", "utm_x=1", "q=%", "%2", "35", "%41", "#", "ü", "=", ";"])
        | st.text(max_size=4),
        max_size=8,
    ),
)
def test_canonical_url_is_idempotent(scheme: str, host: str, rest: list[str]) -> None:
    identity = canonical_url(f"{scheme}{host}/{''.join(rest)}")
    assert identity is None or canonical_url(identity) == identity


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.cnn.com/2023/a", "cnn.com"),
        ("https://edition.cnn.com/2023/a", "edition.cnn.com"),
        ("http://m.example.org:8080/", "example.org"),
        ("https://web.archive.org/web/20140403155959/http://www.variety.com/2005/a", "variety.com"),
        ("https://web.archive.org/web/20140403155959id_/http://user@variety.com/", None),
        ("http://127.0.0.1/", None),
        ("http://[::1]/", None),
        ("mailto:a@example.com", None),
    ],
)
def test_outlet(url: str, outlet: str | None) -> None:
    assert outlet_of(url) == outlet


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/news/Köln – 東京 🙂.txt", "/news/Köln – 東京 🙂.txt"),
        ("/news/\u202etxt.exe", "/news/\\u202etxt.exe"),
        ("a\nb\x1b[31mc\0", "a\\nb\\x1b[31mc\\x00"),
        ("zero\u200bwidth\u2066iso\u2028late", "zero\\u200bwidth\\u2066iso\\u2028late"),
        ("half \udce4 pair", "half \\udce4 pair"),
        ("tag \U000e0041", "tag \\U000e0041"),
    ],
)
def test_display(source: str, shown: str) -> None:
    assert display(source) == shown


def test_display_of_a_long_name_keeps_both_ends() -> None:
    shown = display("/folder/" + "x" * 300 + ".txt")
    assert len(shown) == 200
    assert shown.startswith("/folder/x")
    assert shown.endswith("x.txt")


@given(st.text())
def test_display_is_one_line_that_can_be_printed(source: str) -> None:
    shown = display(source)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert len(shown.splitlines()) <= 1
