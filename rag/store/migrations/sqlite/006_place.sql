-- Where an article was filed, as its dateline says.
ALTER TABLE articles ADD COLUMN place TEXT;
