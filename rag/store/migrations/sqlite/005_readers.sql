-- Answers that readers made a link to, as they were given. Made with the first of them, or when a page first vouches for an answer.
CREATE TABLE IF NOT EXISTS shared (
  id TEXT PRIMARY KEY,             -- what the link names; 'key' is the secret by which a page knows its own answers
  answer TEXT NOT NULL             -- the whole answer as JSON, with its library version; of 'key' 64 hexadecimal digits
);
-- Conversations of readers who log in: what their browsers keep, an entry an answer. Nothing here is read but by them.
CREATE TABLE IF NOT EXISTS talks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with each change, so that a browser asks for what is new
  reader TEXT NOT NULL,
  name TEXT NOT NULL,              -- as the browser names the entry
  at INTEGER NOT NULL,             -- milliseconds since 1970; of two entries of one name the later stays
  value TEXT NOT NULL,             -- JSON; empty where it was deleted
  UNIQUE (reader, name)
);
