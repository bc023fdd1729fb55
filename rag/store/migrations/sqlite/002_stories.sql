-- Which articles are copies of one text, replace one another, or tell of one event. Made by the next writer where a
-- library of an earlier Dateline has not got them; everything in them can be made again from the other tables.

-- Pairs. Of an update, article_id is the one that is replaced by other_id; else the smaller id comes first.
CREATE TABLE IF NOT EXISTS ties (
  article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
  other_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
  kind TEXT NOT NULL,              -- copy, update, event
  PRIMARY KEY (article_id, other_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ties_other ON ties (other_id);
CREATE INDEX IF NOT EXISTS ties_updates ON ties (article_id) WHERE kind = 'update';

-- Last, so that where it stands the other one does too. No row: not compared yet.
CREATE TABLE IF NOT EXISTS stories (
  article_id TEXT PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
  story TEXT NOT NULL,             -- id of the earliest article of the story
  event TEXT NOT NULL              -- id of the earliest article of the event
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stories_story ON stories (story);
CREATE INDEX IF NOT EXISTS stories_event ON stories (event);

CREATE INDEX IF NOT EXISTS articles_language ON articles (language);
