-- Articles that were removed and may still be brought back, until the next publish. Made when the first one is.
CREATE TABLE IF NOT EXISTS set_aside (
  article_id TEXT PRIMARY KEY,
  at TEXT NOT NULL,                -- when it was removed, UTC
  title TEXT NOT NULL,
  kept TEXT NOT NULL               -- its rows of the other tables as JSON
);

-- What readers said of answers. Made when the first of them says something; a library without it has no feedback.
-- It belongs to nobody's article: removing articles leaves it as it is.
CREATE TABLE IF NOT EXISTS feedback (
  number INTEGER PRIMARY KEY,      -- the order in which it was given
  id TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,                -- last given or changed, UTC
  thumbs TEXT NOT NULL,            -- up, down
  note TEXT NOT NULL,
  answer TEXT NOT NULL             -- the whole answer as JSON, with its question, citations and library version
);

-- Questions that are asked again after each fetch. Made when the first one is kept.
CREATE TABLE IF NOT EXISTS kept (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  question TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL              -- a `KeptQuestion` as JSON
);

-- Sources that are fetched again and again. Made when the first one is followed.
CREATE TABLE IF NOT EXISTS followed (
  source TEXT PRIMARY KEY,         -- as it was named; the sources of its articles begin with it
  state TEXT NOT NULL,             -- a `Source` as JSON
  pages TEXT NOT NULL              -- what is remembered of the pages that it announces, by the source of each, as JSON
);
-- What each host lets programs read.
CREATE TABLE IF NOT EXISTS followed_hosts (
  origin TEXT PRIMARY KEY,         -- scheme, host and port
  robots TEXT NOT NULL             -- a `Robots` as JSON
);
