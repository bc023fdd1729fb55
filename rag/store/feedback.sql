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
