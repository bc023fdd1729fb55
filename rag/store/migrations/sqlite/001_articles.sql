-- The catalog of a library. Everything else in the folder can be made again from it.
CREATE TABLE IF NOT EXISTS meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS articles (
  article_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  outlet TEXT,
  authors TEXT NOT NULL,           -- JSON list
  agency TEXT,
  published TEXT,                  -- ISO day, NULL when unknown
  published_source TEXT NOT NULL,
  updated TEXT,
  language TEXT,
  url TEXT,                        -- as a reader would open it
  identity_url TEXT,               -- canonical form, equal for the same page
  content_hash TEXT NOT NULL,
  added_at TEXT NOT NULL,          -- first stored, UTC
  text TEXT NOT NULL               -- last, so that nothing else is read by paging through it
);
CREATE INDEX IF NOT EXISTS articles_identity_url ON articles (identity_url);
CREATE INDEX IF NOT EXISTS articles_content_hash ON articles (content_hash);
CREATE INDEX IF NOT EXISTS articles_published ON articles (published);

-- Texts that an article had before, oldest first.
CREATE TABLE IF NOT EXISTS versions (
  article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
  content_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  stored_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_article ON versions (article_id);

-- Where each article was found; unchanged ones are skipped by their raw hash.
-- article_id is NULL for a source that holds no article (a menu page).
CREATE TABLE IF NOT EXISTS sources (
  source TEXT PRIMARY KEY,
  article_id TEXT REFERENCES articles ON DELETE CASCADE,
  raw_hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sources_article ON sources (article_id);

-- passage_no is never used twice, so an index entry of an older text can never point to a newer one.
CREATE TABLE IF NOT EXISTS passages (
  passage_no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
  start INTEGER NOT NULL,          -- characters into articles.text
  "end" INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_article ON passages (article_id);

-- Apart from passages, so that a join over offsets does not page through vectors.
CREATE TABLE IF NOT EXISTS vectors (
  passage_no INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
  vector BLOB NOT NULL             -- float32, little endian, length one
);
