-- Questions that are asked again after each fetch. Made when the first one is kept.
CREATE TABLE IF NOT EXISTS kept (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  question TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL              -- a `KeptQuestion` as JSON
);
