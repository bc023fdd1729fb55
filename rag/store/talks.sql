-- Conversations of readers who log in: what their browsers keep, an entry an answer. Nothing here is read but by them.
CREATE TABLE IF NOT EXISTS talks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with each change, so that a browser asks for what is new
  reader TEXT NOT NULL,
  name TEXT NOT NULL,              -- as the browser names the entry
  at INTEGER NOT NULL,             -- milliseconds since 1970; of two entries of one name the later stays
  value TEXT NOT NULL,             -- JSON; empty where it was deleted
  UNIQUE (reader, name)
);
