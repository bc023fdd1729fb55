-- The lexical side: the stems of each passage (rag/text/stems.py) with their places.
CREATE TABLE passage_words (
  passage_no BIGINT PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
  length INTEGER NOT NULL,         -- stems, repeated ones too
  words TSVECTOR NOT NULL
);
CREATE INDEX passage_words_words ON passage_words USING gin (words) WITH (fastupdate = off);

-- In how many passages each stem stands. The empty one stands for all of them, with the sum of their lengths.
CREATE TABLE terms (
  term TEXT COLLATE "C" PRIMARY KEY,
  passages BIGINT NOT NULL,
  length BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE FUNCTION words_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE way INTEGER := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  INSERT INTO terms
    SELECT w.lexeme, way * count(*), 0 FROM changed, unnest(changed.words) w GROUP BY w.lexeme
    UNION ALL SELECT '', way * count(*), way * coalesce(sum(length), 0) FROM changed
  ON CONFLICT (term) DO UPDATE SET passages = terms.passages + excluded.passages, length = terms.length + excluded.length;
  RETURN NULL;
END $$;
CREATE TRIGGER words_added AFTER INSERT ON passage_words REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION words_counted();
CREATE TRIGGER words_removed AFTER DELETE ON passage_words REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION words_counted();
