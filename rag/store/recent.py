"""Which articles are new."""

from __future__ import annotations

import datetime as dt

from rag.store.catalog import Catalog
from rag.store.story_rows import stories_known
from rag.types import DateSource


def recent(catalog: Catalog, since: dt.date, until: dt.date) -> tuple[list[str], frozenset[str]]:
    """Ids of articles that are new on the days, newest first, and of those among them whose text was changed then.

    New is what was published then, what has no sure date and was added then, and what got another text then. What an
    article of the same days replaces is left out.
    """
    span = [since.isoformat(), (until + dt.timedelta(days=1)).isoformat()]
    with catalog.reading() as connection:
        changed = {
            row[0]
            for row in connection.execute(
                "SELECT article_id FROM versions WHERE stored_at >= ? AND stored_at < ?", span
            )
        }
        rows = connection.execute(
            "SELECT article_id FROM (SELECT article_id, published, CASE WHEN published IS NULL OR published_source = ?"
            " THEN added_at ELSE published END AS day FROM articles) AS dated WHERE day >= ? AND day < ?"
            " ORDER BY published DESC NULLS LAST, article_id",
            [DateSource.GUESS.value, *span],
        ).fetchall()
        found = [row[0] for row in rows]
        found += sorted(changed - set(found))
        if stories_known(connection):
            ties = connection.execute("SELECT article_id, other_id FROM ties WHERE kind = 'update'").fetchall()
            here = set(found)
            replaced = {tie[0] for tie in ties if tie[1] in here}
            found = [one for one in found if one not in replaced]
    return found, frozenset(changed)
