CREATE TABLE ties (
  article_id TEXT COLLATE "C" NOT NULL REFERENCES articles ON DELETE CASCADE,
  other_id TEXT COLLATE "C" NOT NULL REFERENCES articles ON DELETE CASCADE,
  kind TEXT NOT NULL,
  PRIMARY KEY (article_id, other_id)
);
CREATE INDEX ties_other ON ties (other_id);
CREATE INDEX ties_updates ON ties (article_id) WHERE kind = 'update';

CREATE TABLE stories (
  article_id TEXT COLLATE "C" PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
  story TEXT COLLATE "C" NOT NULL,
  event TEXT COLLATE "C" NOT NULL
);
CREATE INDEX stories_story ON stories (story);
CREATE INDEX stories_event ON stories (event);
