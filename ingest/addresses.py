"""Web addresses as text: parsed strictly, classified as public or not, compared, displayed. Nothing here connects."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from rag.errors import FetchRefused

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_ADDRESS_LENGTH = 8_000  # characters; servers refuse longer ones
MAX_SHOWN_LENGTH = 200  # characters of a source as shown to users

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # already legal in an address, or an existing escape
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/\d{4,14}[a-z_]*/(https?://.+)", re.IGNORECASE)

# Ranges that Python 3.11 calls global although no public web site is in them.
_NOT_PUBLIC = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments
    ipaddress.ip_network("192.88.99.0/24"),  # retired 6to4 relays
    ipaddress.ip_network("2001::/23"),  # protocol assignments, including Teredo: the real address is hidden inside
    ipaddress.ip_network("2002::/16"),  # 6to4: an IPv4 address in disguise
    ipaddress.ip_network("2001:db8::/32"),  # documentation
    ipaddress.ip_network("3fff::/20"),  # documentation
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # everything else in IPv6 is local, reserved or translated
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_TRACKING_PREFIXES = ("utm_", "at_", "fb_", "ga_", "hsa_", "mtm_", "ns_", "oly_", "pk_", "guce_")
_TRACKING = frozenset(
    (
        # click identifiers, by advertising network
        "_ga _gl dclid fbclid gbraid gclid gclsrc igsh igshid li_fat_id msclkid ttclid twclid wbraid yclid"
        # newsletters and marketing tools
        " mc_cid mc_eid mkt_tok oly_anon_id spm vero_id wt_mc xtor"
        # used by outlets
        " campaign_id cmp cmpid emc ex_cid guccounter icid instance_id int_cmp intcmp ito linkid mbid ncid nl ocid partner"
        " ref ref_src ref_url referringsource regi_id searchresultposition segment_id sh share smid smprod smtyp smvar"
        " soc_src soc_trk sr_share sref srnd taid traffic_source unlocked_article_code"
        # variants for phones or feed readers
        " amp feedname feedtype outputtype rss"
    ).split()
)


@dataclass(frozen=True)
class WebAddress:
    """An http(s) address, parsed once; later steps use these parts and never the original text."""

    scheme: str
    host: str  # ASCII, lower case: a name without a trailing dot, or an IP address without brackets
    port: int
    target: str  # path and query as sent, without the fragment

    @property
    def authority(self) -> str:
        """`host`, or `host:port` if the port is not the default one, as in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def read_address(url: str) -> WebAddress:
    """Parses an http(s) address. Raises `FetchRefused` with the reason if there is any doubt.

    Refused are also user names, escapes in the host, and numbers in any form but the usual dotted one (2130706433,
    0x7f.1, 0177.0.0.1), because programs disagree about their meaning.
    """
    url = url.strip(" ")
    shown = display(url)
    # urlsplit silently drops tabs and line ends, so check for them first.
    if len(url) > MAX_ADDRESS_LENGTH or re.search(r"[\x00-\x1f\x7f]", url):
        raise FetchRefused(f"{shown} is not a web address: it is too long or has control characters in it.")
    try:
        parts = urlsplit(url)
        port = parts.port
        target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_KEPT)
    except ValueError:  # also UnicodeEncodeError: a lone surrogate
        raise FetchRefused(f"{shown} is not a web address; check how it is written.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchRefused(f"{shown} cannot be read: only http:// and https:// addresses can.")
    if "@" in parts.netloc:
        raise FetchRefused(f"{shown} carries a user name; give the address without the part before '@'.")
    host = _read_host(parts.netloc, parts.hostname or "")
    if host is None or port == 0:
        raise FetchRefused(
            f"{shown} does not name a host in the usual way; write it as a name or as four plain numbers."
        )
    return WebAddress(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], target)


def is_public(address: str) -> bool:
    """Whether this is an IP address, and a public one. An IPv4 address inside IPv6 (mapped, or NAT64 as in IPv6-only
    networks) counts as the address inside; 6to4, Teredo and the old compatible form are never public."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        inside = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else ip.ipv4_mapped
        if inside is not None:
            return is_public(str(inside))
        if ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


def canonical_url(url: str) -> str | None:
    """The identity of an address: two that lead to the same article are equal. None if it is not http(s).

    An identity is for comparing, not for fetching: http counts as https; a leading "www." is dropped (the same site in
    all but a handful of cases, and the content is compared as well), and so are port 80 or 443, fragment, tracking
    parameters, trailing slashes, and `/amp` after an article's own name. Idempotent.
    """
    try:
        address = read_address(url)
    except FetchRefused:
        return None
    host = address.host
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if ":" in host:
        host = f"[{host}]"
    if address.port not in DEFAULT_PORTS.values():
        host = f"{host}:{address.port}"
    path, _, query = address.target.partition("?")
    kept = [part for part in _normal_escapes(query).split("&") if part and not _is_tracking(part)]
    return f"https://{host}{_article_path(_normal_escapes(path))}" + (f"?{'&'.join(kept)}" if kept else "")


def outlet_of(url: str) -> str | None:
    """The outlet of an address, e.g. "cnn.com"; None for IP addresses and anything not http(s)."""
    archived = _ARCHIVED.match(url)
    try:
        host = read_address(archived[1] if archived else url).host
    except FetchRefused:
        return None
    if ":" in host or host.rpartition(".")[2].isdigit():
        return None
    for prefix in ("www.", "m.", "mobile.", "amp."):
        if "." in host.removeprefix(prefix):
            host = host.removeprefix(prefix)
    return host


def display(source: str) -> str:
    """A file name or address as safe to display: one line, the middle of a long one left out; characters that control
    rather than show (control, direction, zero width, lone surrogates) are written as their number."""
    if len(source) > MAX_SHOWN_LENGTH:
        half = MAX_SHOWN_LENGTH // 2
        source = f"{source[:half]}…{source[-half + 1 :]}"
    # Written as an escape, so that the reader sees that something is there.
    unseen = (one for one in set(source) if unicodedata.category(one)[0] == "C" or one in "\u2028\u2029")
    return source.translate({ord(one): one.encode("unicode_escape").decode("ascii") for one in unseen})


def _read_host(netloc: str, hostname: str) -> str | None:
    """The host in ASCII; None if it is not a plain name or a plainly written IP address."""
    if netloc.startswith("["):
        try:
            return str(ipaddress.IPv6Address(hostname)) if "%" not in hostname else None
        except ValueError:
            return None
    name = hostname.removesuffix(".")
    if not name.isascii() and len(name) <= 253:
        import idna  # 20 ms of tables that most addresses do not need

        try:
            # UTS 46 maps full-width digits and dots to plain ones, so the checks below see what they stand for.
            name = idna.encode(name, uts46=True).decode("ascii").removesuffix(".")
        except idna.IDNAError:
            return None
    labels = name.lower().split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    if _NUMBER_LABEL.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            return None
    return ".".join(labels)


def _normal_escapes(text: str) -> str:
    """Normalises escapes: unreserved characters unescaped, hexadecimal digits in upper case."""

    def spelled(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        character = chr(int(match[1], 16))
        plain = character.isascii() and (character.isalnum() or character in "-._~")
        return character if plain else f"%{match[1].upper()}"

    return _ESCAPE.sub(spelled, text)


def _is_tracking(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _article_path(path: str) -> str:
    """Without trailing slashes and `/amp` after a name with a hyphen or digit; "/guitar/amp" may be a section."""
    path = path.rstrip("/")
    if path.endswith("/amp") and re.search(r"[-\d]", path.removesuffix("/amp").rpartition("/")[2]):
        path = path.removesuffix("/amp").rstrip("/")
    return path
