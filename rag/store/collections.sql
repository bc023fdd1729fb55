-- Which collections of a server for vectors hold this library. Empty where the index lies beside the catalog.
CREATE TABLE IF NOT EXISTS collections (
  name TEXT PRIMARY KEY,
  up_to INTEGER NOT NULL,          -- every live passage up to this number is in it
  live BOOLEAN NOT NULL            -- the one that questions are asked of
);
-- Passages that went since, and may still be in a collection.
CREATE TABLE IF NOT EXISTS removed (passage_no INTEGER PRIMARY KEY);
CREATE TRIGGER IF NOT EXISTS passages_removed AFTER DELETE ON passages WHEN EXISTS (SELECT 1 FROM collections)
BEGIN
  INSERT OR IGNORE INTO removed VALUES (old.passage_no);
END;
