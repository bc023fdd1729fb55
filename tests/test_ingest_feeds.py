"""Feeds: what an entry becomes, and that no XML can do harm."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document, Skipped
from ingest.extract import extract
from ingest.feed_xml import kind_of
from ingest.feeds import announced_page, read_feed
from ingest.fetch import Fetched
from ingest.run import ingest
from ingest.web import find_web
from rag.errors import SourceError
from rag.library import Library

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Example</title><link>https://example.com/</link>
<item><title>Ministers &amp;amp; <![CDATA[<b>mayors</b>]]></title><link>https://example.com/a</link>
  <guid isPermaLink="false">tag:a</guid><dc:creator>Ann Smith</dc:creator>
  <pubDate>Tue, 06 Jun 2023 23:30:00 -0400</pubDate><description>Short.</description>
  <content:encoded><![CDATA[<p>The whole story.</p><p>It goes on.</p>]]></content:encoded></item>
<item><title>Second</title><link>/b</link><description>Plain &amp;amp; simple.</description></item>
</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">An &lt;i&gt;Atom&lt;/i&gt; outlet</title>
<entry><title>T</title><id>urn:1</id><link href="https://example.com/1"/><updated>2023-06-06T10:00:00Z</updated>
<author><name>Ann</name></author><author><name>Bob</name></author><content type="text">a &lt; b</content></entry>
<entry><title>U</title><id>urn:2</id><published>2023-06-05T10:00:00Z</published>
<updated>2023-06-07T10:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>P</p></div>
</content></entry></feed>"""


def found(feed: str | bytes) -> list[Document | Skipped]:
    content = feed.encode() if isinstance(feed, str) else feed
    return list(read_feed(content, "https://example.com/feed"))


def entries(feed: str | bytes) -> list[Document]:
    return [one for one in found(feed) if isinstance(one, Document)]


def item(inside: str) -> str:
    return f"<rss version='2.0'><channel><title>F</title><item>{inside}</item></channel></rss>"


def test_rss() -> None:
    first, second = entries(RSS)
    assert first.source == "https://example.com/feed#tag:a"
    assert first.media == "html"
    assert b"<article><p>The whole story.</p><p>It goes on.</p></article>" in first.content
    assert first.known.title == "Ministers & mayors"
    assert first.known.outlet == "The Example"
    assert first.known.authors == ("Ann Smith",)
    assert first.known.published == dt.date(2023, 6, 6)  # the 7th in UTC, but the 6th there
    assert first.known.url == "https://example.com/a"
    assert second.source == "https://example.com/feed#https://example.com/b"
    assert (second.media, second.content) == ("text", b"Plain & simple.")
    assert second.known.published is second.known.updated is None


def test_atom() -> None:
    first, second = entries(ATOM)
    assert first.known.outlet == "An Atom outlet"
    assert first.known.authors == ("Ann", "Bob")
    assert first.known.published == first.known.updated == dt.date(2023, 6, 6)
    assert (first.media, first.content) == ("text", b"a < b")
    assert second.known.published == dt.date(2023, 6, 5)
    assert second.known.updated == dt.date(2023, 6, 7)
    assert second.known.url is None
    assert second.media == "html"


def test_an_update_is_not_made_up() -> None:
    (entry,) = entries(item("<guid>g</guid><pubDate>Tue, 06 Jun 2023 10:00:00 GMT</pubDate>"))
    assert entry.known.published == dt.date(2023, 6, 6)
    assert entry.known.updated is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "ftp://example.com/", "http://[/"])
def test_link_that_is_not_http_is_left_out(link: str) -> None:
    (entry,) = entries(item(f"<title>T</title><link>{link}</link>"))
    assert entry.known.url is None
    assert announced_page(entry) is None


def test_listed_twice_comes_once_and_is_named() -> None:
    again = "<item><title>Second</title><link>/b</link><description>Plain &amp;amp; simple.</description></item>"
    first, second, twice = found(RSS.replace("</channel>", again + "</channel>"))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert twice == Skipped("https://example.com/feed#3", "The feed lists the entry 'Second' twice.")


@pytest.mark.parametrize("shared", ["<guid>https://example.com/feed/</guid>", "<link>https://example.com/news</link>"])
@pytest.mark.parametrize("differs", ["title", "description"])
def test_entries_that_share_an_id_or_a_link_and_differ_are_different(shared: str, differs: str) -> None:
    items = [f"{shared}<{differs}>The baker of house {number}</{differs}>" for number in range(4)]
    feed = item("</item><item>".join(items))
    sources = [one.source for one in entries(feed)]
    assert len(set(sources)) == 4
    backwards = item("</item><item>".join(reversed(items)))
    assert [one.source for one in entries(backwards)] == sources[::-1]  # wherever an entry is next time


def test_an_address_that_entries_share_neither_names_nor_announces_an_article(library: Library) -> None:
    link = "<link>https://example.com/news</link>"
    texts = [
        f"<title>House {n}</title><description>A coin lay under house {n}, said the town.</description>" for n in "123"
    ]
    feed = item("</item><item>".join(link + text for text in texts))
    assert [announced_page(one) for one in entries(feed)] == [None] * 3
    assert ingest(library, [], found=entries(feed)).stored == 3
    assert ingest(library, [], found=entries(feed)).unchanged == 3


def test_keys_of_entries_without_id_stay_the_same() -> None:
    feed = item("<title>A</title></item><item><title>B</title></item><item><guid>" + "x" * 600 + "</guid>")
    sources = [entry.source for entry in entries(feed)]
    assert sources == [entry.source for entry in entries(feed)]
    assert len(set(sources)) == 3
    assert all(len(source) < 100 for source in sources)


def test_an_empty_feed_is_named() -> None:
    (told,) = found("<rss version='2.0'><channel/></rss>")
    assert told == Skipped("https://example.com/feed", "The feed lists no articles at the moment.")


@pytest.mark.parametrize(("words", "whole"), [(10, False), (600, True)])
def test_teaser_announces_its_page(words: int, whole: bool) -> None:
    (entry,) = entries(item(f"<link>https://example.com/a</link><description>{'word ' * words}</description>"))
    assert announced_page(entry) == (None if whole else "https://example.com/a")


def test_tags_do_not_make_a_teaser_long() -> None:
    (entry,) = entries(item(f"<link>https://example.com/a</link><description>x{'&lt;br&gt;' * 900}</description>"))
    assert announced_page(entry) == "https://example.com/a"


HARMFUL = {
    "entity": "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + item("<title>&a;</title>"),
    "billion_laughs": "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>" + item("<title>&b;</title>"),
    "file": "<!DOCTYPE rss [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + item("<title>&f;</title>"),
    "parameter_entity": "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://example.com/p'> %p;]>" + item("x"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp037", "utf-32"])
@pytest.mark.parametrize("feed", HARMFUL.values(), ids=HARMFUL.keys())
def test_harmful_xml_is_refused(feed: str, encoding: str) -> None:
    with pytest.raises(SourceError):
        entries(f"<?xml version='1.0' encoding='{encoding}'?>{feed}".encode(encoding))


def test_second_declaration_changes_nothing() -> None:
    hidden = item("<title>+ADw-b+AD4-</title>")
    (entry,) = entries(f"<?xml version='1.0'?> <?xml version='1.0' encoding='utf-7'?>{hidden}")
    assert entry.known.title == "+ADw-b+AD4-"


def test_entities_are_named() -> None:
    with pytest.raises(SourceError, match="DOCTYPE declares"):
        entries(HARMFUL["entity"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss>",
        "<!DOCTYPE rss SYSTEM 'http://example.com/rss.dtd'>",
        "<!-- > --><!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN'\n 'http://example.com/x'>",
        "<!DOCTYPE rss [ ]>",
        "<!DOCTYPE rss [<!ENTITY nbsp '&#160;'> <!ENTITY grin \"&#x1F600;\">]>",
    ],
)
def test_a_doctype_that_declares_nothing_is_read(doctype: str, encoding: str) -> None:
    feed = f"<?xml version='1.0' encoding='{encoding}'?>\n{doctype}" + item("<title>Caf&eacute; R&amp;D</title>")
    (entry,) = entries(feed.encode(encoding))
    assert entry.known.title == "Café R&D"


@pytest.mark.parametrize("depth", [101, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(SourceError, match="deeper than 100"):
        entries("<rss>" + "<a>" * depth + "</a>" * depth + "</rss>")


def test_too_large_is_refused() -> None:
    with pytest.raises(SourceError, match="larger than 20 MB"):
        entries(b"<rss>" + b" " * 20_000_000)


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 300,000 elements"):
        entries("<rss><channel>" + "<item/>" * 300_000 + "</channel></rss>")


@pytest.mark.parametrize("feed", ["", "<rss>", "<rss><channel></rss>", "plain", "<rss/><rss/>", "{}", "<rss a=b/>"])
def test_not_well_formed_is_refused(feed: str) -> None:
    with pytest.raises(SourceError, match="not well-formed"):
        entries(feed)


def test_common_mistakes_are_repaired() -> None:
    (entry,) = entries(
        "\n <?xml version='1.0'?>" + item("<title>R&D &rsquo;caf&eacute;&rsquo; &nosuch; \x0b&#8212; &lt;</title>")
    )
    assert entry.known.title == "R&D ’café’ &nosuch; — <"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mayor&amp;#8217;s bridge &amp;amp; road", "Mayor’s bridge & road"),
        ("<![CDATA[Mayor&#8217;s <b>bridge</b> &amp;amp; road]]>", "Mayor’s bridge & road"),
        ("&amp;lt;em&amp;gt;Late&amp;lt;/em&amp;gt; ferry&amp;nbsp;home", "Late ferry home"),
        ("When 3 &lt; 5 and 7 &gt; 5", "When 3 < 5 and 7 > 5"),
    ],
)
def test_titles_however_often_they_are_escaped(written: str, meant: str) -> None:
    (entry,) = entries(item(f"<title>{written}</title>"))
    assert entry.known.title == meant


def test_a_body_that_is_escaped_twice_is_html() -> None:
    body = "<![CDATA[&lt;p&gt;The ferry sails.&lt;/p&gt;&lt;p&gt;It is late.&lt;/p&gt;]]>"
    (entry,) = entries(item(f"<description>{body}</description>"))
    assert entry.media == "html"
    assert b"<p>The ferry sails.</p>" in entry.content


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("<pubDate>Wed, 29 Jun 2016</pubDate>", dt.date(2016, 6, 29)),
        ("<pubDate>3/4/2025 10:00</pubDate>", None),  # in March or in April
        ("<pubDate>soon</pubDate><dcterms:modified>2025-03-04</dcterms:modified>", None),
        ("<pubDate>June 2016</pubDate>", None),
        ("", None),
    ],
)
def test_days_are_as_published_or_unknown(given: str, day: dt.date | None) -> None:
    (entry,) = entries(
        item(f"<title>T</title>{given}").replace("<rss", "<rss xmlns:dcterms='http://purl.org/dc/terms/'")
    )
    assert entry.known.published == day


GOOGLE = item(
    "<title>Ferry strike ends - The Coast Courier</title><link>https://news.google.com/rss/articles/CBMiX?oc=5</link>"
    "<source url='https://coast.example'>The Coast Courier</source><description>&lt;ol&gt;&lt;li&gt;&lt;a href='x'&gt;Ferry "
    "strike ends&lt;/a&gt;&lt;/li&gt;&lt;li&gt;&lt;a href='y'&gt;Mayor resigns after vote on the harbour.&lt;/a&gt;&lt;/li&gt;"
    "&lt;/ol&gt;</description>"
)


def test_an_aggregators_link_takes_the_outlet_named_and_no_other_headline() -> None:
    (entry,) = entries(GOOGLE)
    assert (entry.known.title, entry.known.outlet) == ("Ferry strike ends", "The Coast Courier")
    assert extract(entry).text == ""


@pytest.mark.parametrize(
    ("leads_to", "stored"), [("https://coast.example/ferry", True), ("https://news.google.com/x", False)]
)
def test_an_aggregators_link_is_followed_to_the_outlet(leads_to: str, stored: bool) -> None:
    def fetch(address: str) -> Fetched:
        is_feed = address == "https://example.com/feed"
        content = GOOGLE.encode() if is_feed else b"<html><body><p>The ferry sails again.</p></body></html>"
        return Fetched(address if is_feed else leads_to, content, "text/html", None)

    (one,) = find_web("https://example.com/feed", fetch)
    if stored:
        assert isinstance(one, Document)
        assert (one.known.url, one.known.outlet) == (leads_to, "The Coast Courier")
    else:
        assert isinstance(one, Skipped)
        assert "aggregator" in one.reason


def test_bing_tells_where_its_link_leads() -> None:
    link = "http://www.bing.com/news/apiclick.aspx?ref=x&amp;url=https%3a%2f%2fcoast.example%2fferry&amp;c=1"
    (entry,) = entries(item(f"<title>T</title><link>{link}</link><description>The ferry sails again.</description>"))
    assert entry.known.url == "https://coast.example/ferry"


def test_undeclared_prefix_is_read() -> None:
    (entry,) = entries(item("<title>T</title><media:thumbnail url='x'/>"))
    assert entry.known.title == "T"


def test_many_entries_take_time_in_proportion() -> None:
    started = time.process_time()
    assert len(entries(item("</item><item>".join(f"<guid>{number}</guid>" for number in range(20_000))))) == 20_000
    assert time.process_time() - started < 20


@pytest.mark.parametrize("hostile", ["<" * 100_000, "&lt;" * 100_000, "&lt;!--" * 50_000, "&amp;" * 100_000])
def test_hostile_text_is_only_text(hostile: str) -> None:
    started = time.process_time()
    list(entries(item(f"<description><![CDATA[{hostile}]]></description><title>{hostile.lstrip('<')}</title>")))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("iso-8859-1", "iso-8859-1", None),
        ("windows-1252", None, None),
        ("windows-1252", "utf-8", None),
        ("koi8-r", None, "koi8-r"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-8", "zlib", "punycode"),
        ("utf-8", None, "no-such-charset"),
    ],
)
def test_encodings(encoding: str, declared: str | None, charset: str | None) -> None:
    title = "Привет" if encoding == "koi8-r" else "café"
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    feed = (declaration + item(f"<title>{title}</title>")).encode(encoding)
    (entry,) = read_feed(feed, "feed.xml", charset=charset)
    assert isinstance(entry, Document)
    assert entry.known.title == title


@pytest.mark.parametrize(
    "head",
    [
        "<rss>",
        "<rss version='2.0'>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<rdf:RDF xmlns:rdf='x'>",
        "\ufeff<?xml version='1.0'?>\n<!-- <html> -->\n<?xml-stylesheet href='x'?><rss>",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>",  # so that it is refused as a feed, with the reason
    ],
)
def test_is_feed(head: str) -> None:
    assert kind_of(head.encode()) == "feed"
    assert kind_of(head.encode() + "ü".encode() * 9_000) == "feed"


@pytest.mark.parametrize("head", ["", "<html>", "<!DOCTYPE html><html><feed>", "rss", "<feedback>", "<?xml", "%PDF-1"])
def test_is_no_feed(head: str) -> None:
    assert kind_of(head.encode()) == "page"


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "utf-16", "zlib", "idna", "latin-1"]))
def test_any_bytes_are_read_or_refused(content: bytes, charset: str | None) -> None:
    kind_of(content)
    with suppress(SourceError):
        list(read_feed(content, "feed.xml", charset=charset))


@settings(deadline=None)  # the first feed read loads the parser
@given(
    st.lists(
        st.sampled_from(
            [
                "<item>",
                "</item>",
                "<title>",
                "</title>",
                "<link>",
                "</link>",
                "&",
                "<![CDATA[",
                "]]>",
                "<guid>",
                "</guid>",
                "<!DOCTYPE a>",
                "x",
                "<author>",
                "</author>",
                "<content>",
            ]
        )
    )
)
def test_any_markup_is_read_or_refused(pieces: list[str]) -> None:
    try:
        read = found(f"<rss version='2.0'><channel>{''.join(pieces)}</channel></rss>")
    except SourceError:
        return
    assert len({entry.source for entry in read}) == len(read)


def test_the_language_of_an_entry_is_its_own_or_its_feeds() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>F</title>
<entry><title>T</title><id>urn:1</id><content type="text" xml:lang="de-CH">Grüezi</content></entry>
<entry><title>U</title><id>urn:2</id><content type="text">Bonjour</content></entry></feed>"""
    assert [entry.known.language for entry in entries(feed)] == ["de", "fr"]
    rss = "<rss version='2.0'><channel><title>F</title><language>es-MX</language><item><guid>g</guid></item></channel></rss>"
    assert [entry.known.language for entry in entries(rss)] == ["es"]
    assert entries(item("<guid>g</guid>"))[0].known.language is None
