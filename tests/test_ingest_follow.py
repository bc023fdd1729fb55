"""Following sources: two real servers on this machine, and a clock that does not make tests wait."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import article_text, title_of
from web_server import Server

from ingest.fetch import fetch
from ingest.follow import Fetching, fetch_due, follow, name_of
from ingest.politeness import AGENT
from ingest.read_source import PAGES_A_ROUND, PAUSED_AFTER
from rag.errors import ConfigError, LibraryLocked
from rag.library import Library
from rag.store.followed import Source
from ui.cli.main import cli

pytestmark = [pytest.mark.both_engines, pytest.mark.usefixtures("unchecked_index")]

ASK = partial(fetch, allow_private=True, timeout_seconds=20)
MINUTE = dt.timedelta(minutes=1)


class FakeClock:
    """Time passes only when something waits; random values are always in the middle."""

    def __init__(self) -> None:
        self.time = dt.datetime(2025, 9, 1, 8, tzinfo=dt.UTC)
        self.waited: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        with self._lock:
            self.waited.append(seconds)
            self.time += dt.timedelta(seconds=seconds)

    def random(self) -> float:
        return 0.5

    def later(self, **span: float) -> None:
        self.time += dt.timedelta(**span)


def _serving() -> Iterator[Server]:
    with Server() as server:
        server.page("/robots.txt", b"", 404)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.stopping.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def herald() -> Iterator[Server]:
    yield from _serving()


@pytest.fixture
def post() -> Iterator[Server]:
    yield from _serving()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def page_of(n: int, text: str = "") -> bytes:
    paragraphs = "".join(f"<p>{one}</p>" for one in (text or article_text(n)).split("\n\n"))
    return f"<html><head><title>{title_of(n)}</title></head><body><article><h1>{title_of(n)}</h1>{paragraphs}</article></body></html>".encode()


def rss(server: Server, *numbers: int, path: str = "/feed", whole: bool = False, **headers: str) -> str:
    """Makes a server serve a feed, of teasers with their pages or of whole articles."""
    items = ""
    for n in numbers:
        body = article_text(n).replace("\n\n", "</p><p>") * 2 if whole else "Read on."
        items += f"<item><title>{title_of(n)}</title><link>{server.url(f'/{n}')}</link><guid>g{n}</guid><description><![CDATA[<p>{body}</p>]]></description></item>"
        if f"/{n}" not in server.answers:
            server.page(f"/{n}", page_of(n))
    feed = f"<rss version='2.0'><channel><title>Herald</title>{items}</channel></rss>".encode()
    server.page(path, feed, Content_Type="application/rss+xml", **headers)
    return server.url(path)


def atom(server: Server, *numbers: int) -> str:
    entries = "".join(
        f"<entry><title>{title_of(n)}</title><id>tag:{n}</id><updated>2025-08-0{n + 1}T08:00:00Z</updated><content type='text'>{article_text(n) * 3}</content></entry>"
        for n in numbers
    )
    server.page(
        "/atom",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{entries}</feed>".encode(),
        Content_Type="application/atom+xml",
    )
    return server.url("/atom")


def conditional(server: Server, path: str, etag: str) -> None:
    """Answers 304 to a request with the tag, otherwise as before."""
    whole = server.answers[path]

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.end_headers()
        else:
            whole(request)

    server.answers[path] = answer


def paths(server: Server) -> list[str]:
    """What a server was asked since the last call, without robots.txt."""
    asked = [path for path, _ in server.asked if path != "/robots.txt"]
    server.asked.clear()
    return asked


def followed(library: Library, clock: FakeClock, *urls: str) -> None:
    added, problems = follow(library, urls, ask=ASK, clock=clock)
    assert problems == ()
    assert len(added) == len(urls)


def fetched(library: Library, clock: FakeClock, *named: str) -> Fetching:
    return fetch_due(library, named, ask=ASK, clock=clock)


def only(library: Library) -> Source:
    (source,) = library.sources.all()
    return source


def test_nothing_is_followed(library: Library, clock: FakeClock) -> None:
    assert library.sources.all() == ()
    assert fetched(library, clock) == Fetching()
    with pytest.raises(ConfigError, match="not followed"):
        fetched(library, clock, "http://a.example/feed")
    with pytest.raises(ConfigError, match="dateline sources"):
        library.sources.unfollow("http://a.example/feed")


def test_two_feeds_become_articles_with_their_whole_pages(
    library: Library, herald: Server, post: Server, clock: FakeClock
) -> None:
    feed, other = rss(herald, 0, 1), atom(post, 2)
    followed(library, clock, feed, other)
    done = fetched(library, clock)
    assert (done.report.stored, done.report.failed, len(done.sources)) == (3, [], 2)
    assert article_text(0).split("\n\n")[-1] in [
        one for article in library.articles() for one in library.article(article.article_id).text.split("\n\n")
    ]
    by_name = {one.source: one for one in library.sources.all()}
    assert [by_name[name].articles for name in (feed, other)] == [2, 1]
    assert all(one.last_success == one.tried_at and not one.problem for one in by_name.values())


@pytest.mark.parametrize(("page", "status"), [(b"<html><body>Please wait.</body></html>", 200), (b"", 500)])
def test_the_text_of_a_feed_stands_for_a_page_that_has_less(
    library: Library, herald: Server, clock: FakeClock, page: bytes, status: int
) -> None:
    herald.page("/0", page, status)
    text = article_text(0)[:900].replace("\n\n", "</p><p>")
    item = f"<item><title>{title_of(0)}</title><link>{herald.url('/0')}</link><description><![CDATA[<p>{text}</p>]]></description></item>"
    herald.page("/feed", f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    followed(library, clock, herald.url("/feed"))
    assert fetched(library, clock).report.stored == 1
    (article,) = library.articles()
    assert article_text(0)[:200] in library.article(article.article_id).text


def test_what_is_not_due_is_not_asked_and_a_read_page_not_again(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    followed(library, clock, rss(herald, 0))
    fetched(library, clock)
    paths(herald)
    fetched(library, clock)
    assert paths(herald) == []
    clock.later(minutes=10)
    rss(herald, 0, 1)
    done = fetched(library, clock)
    assert (paths(herald), done.report.stored) == (["/feed", "/1"], 1)


def test_an_unchanged_feed_is_not_sent_again(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0, ETag='"one"'))
    conditional(herald, "/feed", '"one"')
    fetched(library, clock)
    herald.asked.clear()
    clock.later(minutes=1)  # a feed that need not be sent whole is asked again within a minute
    done = fetched(library, clock)
    assert [headers["if-none-match"] for _, headers in herald.asked] == ['"one"']
    assert (done.brought, only(library).problem, only(library).articles) == (False, "", 1)
    assert only(library).last_success == clock.now()


def test_a_changed_page_keeps_its_version(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0, ETag='"one"'))
    conditional(herald, "/feed", '"one"')
    fetched(library, clock)
    herald.page("/0", page_of(0, article_text(0).replace("closed", "opened")))
    clock.later(minutes=59)
    assert not fetched(library, clock).brought
    clock.later(minutes=2)
    assert fetched(library, clock).report.changed == 1
    (article,) = library.articles()
    stored = library.article(article.article_id)
    assert "opened" in stored.text
    assert ["closed" in version.text for version in stored.versions] == [True]
    herald.asked.clear()
    clock.later(hours=1, minutes=5)  # it has now been known for twice as long, so it is read half as often
    fetched(library, clock)
    assert paths(herald) == ["/feed", "/0"]
    clock.later(hours=1, minutes=5)
    fetched(library, clock)
    assert paths(herald) == ["/feed"]


def test_a_page_that_fails_is_named_and_tried_again(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0, 1))
    herald.page("/1", b"", 500)
    done = fetched(library, clock)
    assert (done.report.stored, len(done.report.failed)) == (1, 1)
    assert "One of its pages could not be read" in only(library).problem
    assert only(library).failures == 0
    herald.page("/1", page_of(1))
    clock.later(hours=1, minutes=1)
    assert fetched(library, clock).report.stored == 1
    assert only(library).problem == ""


def test_many_pages_are_fetched_in_turns(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, *range(PAGES_A_ROUND + 2), ETag='"one"'))
    conditional(herald, "/feed", '"one"')
    fetched(library, clock)
    assert (only(library).left, only(library).articles) == (2, PAGES_A_ROUND)
    fetched(library, clock)
    assert (only(library).left, only(library).articles) == (0, PAGES_A_ROUND + 2)
    assert min(clock.waited) <= 1.0
    assert len(clock.waited) >= PAGES_A_ROUND


def test_a_host_that_has_too_much_to_do_is_left_alone(library: Library, herald: Server, clock: FakeClock) -> None:
    feed = rss(herald, 0, 1)
    followed(library, clock, feed)
    herald.page("/0", b"", 429, Retry_After="1800")
    paths(herald)
    fetched(library, clock)
    assert paths(herald) == ["/feed", "/0"]  # "/1" is on the same host
    assert (only(library).left, only(library).problem) == (2, "")
    clock.later(minutes=29)
    fetched(library, clock)
    assert paths(herald) == []
    herald.page("/0", page_of(0))
    clock.later(minutes=2)
    assert fetched(library, clock).report.stored == 2


def test_a_host_to_leave_alone_is_named_instead_of_another_address(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    herald.page("/busy", b"", 429, Retry_After="3600")
    _, problems = follow(library, [herald.url("/busy"), rss(herald, 0)], ask=ASK, clock=clock)
    until = (clock.now() + dt.timedelta(hours=1)).astimezone()
    for one in problems:
        assert re.match(rf"127\.0\.0\.1:\d+ asked to be left alone until {until:%-d %b %Y %H:%M} ", one.reason)
    assert len(problems) == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_a_feed_says_when_to_come_back(library: Library, herald: Server, clock: FakeClock, as_date: bool) -> None:
    followed(library, clock, rss(herald, 0))
    after = format_datetime(clock.now() + dt.timedelta(hours=2)) if as_date else "7200"
    herald.page("/feed", b"", 429, Retry_After=after)
    fetched(library, clock)
    source = only(library)
    assert source.tried_at
    assert dt.timedelta(hours=2) - MINUTE < source.next_at - source.tried_at <= dt.timedelta(hours=2)
    assert "429" in source.problem


def test_failures_wait_longer_and_longer_then_pause_and_success_forgives(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    herald.page("/feed", b"", 500)
    waits = []
    for _ in range(PAUSED_AFTER):
        fetched(library, clock)
        source = only(library)
        assert source.tried_at
        waits.append(source.next_at - source.tried_at)
        clock.time = source.next_at
    assert waits == sorted(waits)
    assert waits[-1] > 100 * waits[0]
    assert only(library).paused
    assert "HTTP 500" in only(library).problem
    clock.later(days=30)
    paths(herald)
    assert fetched(library, clock).sources == []
    assert paths(herald) == []
    rss(herald, 0)
    assert fetched(library, clock, feed).report.stored == 1
    assert (only(library).paused, only(library).failures) == (False, 0)


def test_what_is_gone_is_paused_at_once(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0))
    herald.page("/feed", b"", 410)
    fetched(library, clock)
    assert only(library).paused
    assert "HTTP 410" in only(library).problem


def test_a_feed_that_moved_is_asked_at_its_new_address(
    library: Library, herald: Server, post: Server, clock: FakeClock
) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    fetched(library, clock)
    herald.redirect("/feed", rss(post, 0, path="/new"), 301)
    clock.later(minutes=10)
    assert not fetched(library, clock).brought
    herald.asked.clear()
    clock.later(minutes=10)
    fetched(library, clock)
    assert (only(library).source, only(library).address, only(library).articles) == (feed, post.url("/new"), 1)
    assert paths(herald) == []


def test_a_passing_redirect_is_no_move(library: Library, herald: Server, clock: FakeClock) -> None:
    feed = rss(herald, 0, path="/new")
    herald.redirect("/feed", feed, 302)
    followed(library, clock, herald.url("/feed"))
    fetched(library, clock)
    assert only(library).address == herald.url("/feed")


def test_a_broken_and_a_slow_feed_keep_nobody_else_waiting(
    library: Library, herald: Server, post: Server, clock: FakeClock
) -> None:
    broken, slow, good = rss(herald, 0, path="/broken"), rss(herald, 1, path="/slow"), atom(post, 2)
    followed(library, clock, broken, slow, good)
    herald.page("/broken", b"<rss version='2.0'><channel><item></channel></rss>", Content_Type="text/xml")
    herald.answers["/slow"] = lambda request: herald.stopping.wait(10) and None
    done = fetch_due(library, ask=partial(fetch, allow_private=True, timeout_seconds=1.5), clock=clock)
    assert done.report.stored == 1
    problems = {one.source: one.problem for one in library.sources.all()}
    assert "not well-formed" in problems[broken]
    assert "took longer" in problems[slow]
    assert problems[good] == ""


def test_a_host_that_hangs_does_not_keep_a_source_waiting_whose_time_comes_meanwhile(
    library: Library, herald: Server, post: Server, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.follow.HELD_SECONDS", 0.05)
    hanging, good = rss(herald, 0), atom(post, 2)
    followed(library, clock, hanging)
    asked, stored = threading.Event(), threading.Event()

    def hang(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        stored.wait(60)

    herald.answers["/feed"] = hang
    patient = partial(fetch, allow_private=True, timeout_seconds=60)
    fetching = threading.Thread(target=lambda: fetch_due(library, ask=patient, clock=clock))
    fetching.start()
    asked.wait(60)
    followed(library, clock, good)
    while not any(one.articles for one in library.sources.all()) and fetching.is_alive():
        time.sleep(0.02)
    in_time = fetching.is_alive()
    stored.set()
    fetching.join()
    assert in_time
    assert {one.source: one.articles for one in library.sources.all()} == {hanging: 0, good: 1}


def test_the_pages_of_a_slow_host_are_left_for_the_next_time(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    herald.page("/robots.txt", f"User-agent: {AGENT}\nCrawl-delay: 30\n".encode(), Content_Type="text/plain")
    followed(library, clock, rss(herald, *range(6)))
    assert fetched(library, clock).report.stored == 3
    assert fetched(library, clock).report.stored == 3


def test_a_feed_that_became_a_page_is_no_article(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0))
    fetched(library, clock)
    herald.page("/feed", page_of(5))
    clock.later(minutes=10)
    done = fetched(library, clock)
    assert not done.brought
    assert "no feed any more" in only(library).problem


def test_robots_are_asked_once_a_day_and_obeyed(library: Library, herald: Server, clock: FakeClock) -> None:
    herald.page(
        "/robots.txt", f"User-agent: {AGENT}\nDisallow: /1\nCrawl-delay: 7\n".encode(), Content_Type="text/plain"
    )
    followed(library, clock, rss(herald, 0, 1))
    done = fetched(library, clock)
    assert done.report.stored == 1
    assert "robots.txt" in only(library).problem
    asked = [path for path, _ in herald.asked]
    assert (asked.count("/robots.txt"), asked.count("/1")) == (1, 0)
    assert 7.0 in clock.waited
    clock.later(days=2)
    herald.page("/robots.txt", b"User-agent: *\nDisallow: /\n", Content_Type="text/plain")
    fetched(library, clock)
    assert only(library).paused
    assert "robots.txt" in only(library).problem


def test_a_host_whose_robots_cannot_be_had_is_closed_for_now(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    herald.page("/robots.txt", b"", 503)
    feed = rss(herald, 0)
    added, problems = follow(library, [feed], ask=ASK, clock=clock)
    assert added == ()
    assert "HTTP 503" in problems[0].reason
    assert paths(herald) == []


def test_a_redirect_leads_nowhere_that_is_closed(
    library: Library, herald: Server, post: Server, clock: FakeClock
) -> None:
    post.page("/robots.txt", b"User-agent: *\nDisallow: /\n", Content_Type="text/plain")
    rss(post, 0)
    herald.redirect("/feed", post.url("/feed"), 301)
    _, problems = follow(library, [herald.url("/feed")], ask=ASK, clock=clock)
    assert "robots.txt" in problems[0].reason
    assert paths(post) == []


def test_private_addresses_need_the_switch(library: Library, herald: Server, clock: FakeClock) -> None:
    added, problems = follow(library, [rss(herald, 0)], clock=clock)
    assert added == ()
    assert "DATELINE_ALLOW_PRIVATE" in problems[0].reason
    assert herald.asked == []


def test_an_opml_file_is_its_feeds(library: Library, herald: Server, clock: FakeClock, tmp_path: Path) -> None:
    feeds, others = [rss(herald, 0, path="/a"), rss(herald, 1, path="/b")], ["ftp://a.example/x", "/etc/feed.xml"]
    listed = "".join(f"<outline type='rss' xmlUrl='{one}'/>" for one in (*others, *feeds, feeds[0]))
    opml = f"<opml version='2.0'><body><outline text='All'>{listed}</outline></body></opml>".encode()
    (tmp_path / "mine.opml").write_bytes(opml)
    followed_now, problems = follow(library, [str(tmp_path / "mine.opml")], ask=ASK, clock=clock)
    assert ([one.source for one in problems], [one.source for one in followed_now]) == (others, feeds)
    herald.page("/list", opml, Content_Type="text/x-opml")
    assert follow(library, [herald.url("/list")], ask=ASK, clock=clock)[0] == ()  # already followed


def test_what_is_neither_feed_nor_page_is_not_followed(library: Library, herald: Server, clock: FakeClock) -> None:
    herald.page("/packed", b"PK\x03\x04 < \x00", Content_Type="application/octet-stream")
    added, problems = follow(library, [herald.url("/packed"), "", " "], ask=ASK, clock=clock)
    assert added == ()
    assert ["neither a feed nor a web page" in problems[0].reason, "empty name" in problems[1].reason] == [True, True]


def test_a_news_sitemap_gives_its_pages_newest_first(library: Library, herald: Server, clock: FakeClock) -> None:
    def url(n: int, extra: str = "") -> str:
        herald.page(f"/{n}", page_of(n))
        news = f"<news:news><news:publication><news:name>Herald</news:name></news:publication><news:publication_date>2025-08-0{n + 1}T08:00:00Z</news:publication_date><news:title>{title_of(n)}</news:title></news:news>"
        return f"<url><loc>{herald.url(f'/{n}')}</loc>{news}{extra}</url>"

    plain = f"<url><loc>{herald.url('/about')}</loc></url>"
    spaces = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    herald.page("/news.xml", f"<urlset {spaces}>{url(0)}{plain}{url(1)}</urlset>".encode(), Content_Type="text/xml")
    followed(library, clock, herald.url("/news.xml"))
    paths(herald)
    fetched(library, clock)
    assert paths(herald) == ["/news.xml", "/1", "/0"]
    assert only(library).kind == "sitemap"
    assert {(one.outlet, one.published) for one in library.articles()} == {
        ("Herald", dt.date(2025, 8, 1)),
        ("Herald", dt.date(2025, 8, 2)),
    }
    changed = url(0, "<lastmod>2025-08-03</lastmod>")
    herald.page("/news.xml", f"<urlset {spaces}>{changed}{url(1)}</urlset>".encode(), Content_Type="text/xml")
    clock.later(minutes=10)
    fetched(library, clock)
    assert paths(herald) == ["/news.xml", "/0"]


def test_an_index_of_sitemaps_names_what_to_follow(library: Library, herald: Server, clock: FakeClock) -> None:
    herald.page(
        "/map.xml",
        b"<sitemapindex><sitemap><loc>http://a.example/news.xml</loc></sitemap></sitemapindex>",
        Content_Type="text/xml",
    )
    followed(library, clock, herald.url("/map.xml"))
    fetched(library, clock)
    assert "http://a.example/news.xml" in only(library).problem


def test_a_page_that_names_its_feed_stands_for_it(library: Library, herald: Server, clock: FakeClock) -> None:
    feed = rss(herald, 0)
    herald.page(
        "/", b"<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body>Hi</body></html>"
    )
    followed(library, clock, herald.url("/"))
    assert only(library).source == feed


def test_a_folder_is_read_again_when_something_in_it_changed(
    library: Library, clock: FakeClock, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{title_of(0)}\n\n{article_text(0)}", encoding="utf-8")
    followed(library, clock, str(folder))
    assert fetched(library, clock).report.stored == 1
    clock.later(minutes=1)
    assert fetched(library, clock).report.unchanged == 0  # nothing was read
    (folder / "b.txt").write_text(f"{title_of(1)}\n\n{article_text(1)}", encoding="utf-8")
    clock.later(minutes=1)
    assert fetched(library, clock).report.stored == 1
    assert only(library).articles == 2
    assert name_of(os.path.relpath(folder)) == only(library).source
    (folder / "a.txt").unlink()
    (folder / "b.txt").unlink()
    folder.rmdir()
    clock.later(minutes=1)
    fetched(library, clock)
    assert "folder is not there" in only(library).problem
    assert only(library).articles == 2


@pytest.mark.one_machine
def test_what_could_not_be_stored_is_fetched_again(library: Library, herald: Server, clock: FakeClock) -> None:
    followed(library, clock, rss(herald, 0, ETag='"one"'))
    conditional(herald, "/feed", '"one"')
    library.config = library.config.model_copy(update={"lock_wait_seconds": 0.0})
    with library.writing(), pytest.raises(LibraryLocked):
        fetched(library, clock)
    assert only(library).last_success is None
    assert fetched(library, clock).report.stored == 1


def test_a_paused_source_is_left_alone_until_it_is_resumed(library: Library, herald: Server, clock: FakeClock) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    library.sources.pause(feed)
    paths(herald)
    assert fetched(library, clock).sources == []
    assert paths(herald) == []
    library.sources.resume(feed, clock.now())
    assert fetched(library, clock).report.stored == 1
    with pytest.raises(ConfigError, match="not followed"):
        library.sources.pause("http://a.example/feed")


def test_a_fetch_that_was_under_way_does_not_overrule_who_paused(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    before = only(library)
    library.sources.pause(feed)
    library.sources.save(before, before.model_copy(update={"last_success": clock.now()}), {})
    assert (only(library).paused, only(library).last_success) == (True, clock.now())


def test_what_was_unfollowed_by_mistake_is_read_no_second_time(
    library: Library, herald: Server, clock: FakeClock
) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    fetched(library, clock)
    before = only(library)
    library.sources.follow_again(library.sources.unfollow(feed))
    assert only(library) == before
    clock.later(minutes=10)
    paths(herald)
    fetched(library, clock)
    assert paths(herald) == ["/feed"]


def test_a_source_that_is_unfollowed_keeps_its_articles(library: Library, herald: Server, clock: FakeClock) -> None:
    feed = rss(herald, 0)
    followed(library, clock, feed)
    fetched(library, clock)
    state = only(library)
    library.sources.unfollow(feed)
    library.sources.save(state, state, {})  # a fetch that was under way
    assert library.sources.all() == ()
    assert len(library.articles()) == 1


def test_an_unresolvable_host_is_told_in_words(library: Library, clock: FakeClock) -> None:
    class Nowhere:
        def resolve(self, host: str, port: int) -> list[str]:
            raise socket.gaierror("no such host")

    ask = partial(fetch, resolve=Nowhere().resolve)
    _, problems = follow(library, ["https://nowhere.example/feed", "no/such/file"], ask=ask, clock=clock)
    assert "no host named nowhere.example" in problems[0].reason
    assert "a web address begins with https://" in problems[1].reason
    assert library.sources.all() == ()


def test_the_commands(library: Library, herald: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.library.embedder_of", lambda name: library.embedder)
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "fake:words")
    monkeypatch.setenv("DATELINE_READER_MODEL", "")
    monkeypatch.setenv("DATELINE_ALLOW_PRIVATE", "true")
    feed = rss(herald, 0)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--library", str(library.address), *arguments])
        return result.exit_code, result.output

    assert run("sources")[0] == 0
    assert run("follow", feed, "ftp://a.example/x")[0] == 1
    code, told = run("fetch", "--json")
    assert (code, json.loads(told)["report"]["stored"]) == (0, 1)
    code, told = run("sources", "--json")
    assert [one["articles"] for one in json.loads(told)] == [1]
    assert feed in run("sources")[1]
    herald.page("/feed", b"", 410)
    code, told = run("fetch", feed)
    assert code == 1
    assert "paused" in told
    assert "HTTP 410" in told
    assert "not asked: 1" in run("fetch")[1]
    assert run("unfollow", feed)[0] == 0
    assert json.loads(run("sources", "--json")[1]) == []
