-- Articles that were removed and may still be brought back, until the next publish. Made when the first one is.
CREATE TABLE IF NOT EXISTS set_aside (
  article_id TEXT PRIMARY KEY,
  at TEXT NOT NULL,                -- when it was removed, UTC
  title TEXT NOT NULL,
  kept TEXT NOT NULL               -- its rows of the other tables as JSON
)
