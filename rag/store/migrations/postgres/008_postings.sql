-- The lexical side as posting lists, which give the same ranks as the index of one machine; the next writer fills them.
DROP TABLE passage_words;
DROP TABLE terms;
DROP FUNCTION words_counted();
DELETE FROM meta WHERE key = 'words';

CREATE TABLE passage_words (
  passage_no BIGINT PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
  length INTEGER NOT NULL          -- stems, repeated ones too
);

-- Which passages hold a stem, in blocks of 4,096 numbers. An entry has four bytes: place in the block (two), how often
-- the stem stands there, how long the passage is. The empty stem has the passages that are gone since the block was written.
CREATE TABLE postings (
  term TEXT COLLATE "C" NOT NULL,
  block BIGINT NOT NULL,
  entries BYTEA NOT NULL,
  PRIMARY KEY (term, block)
) WITH (fillfactor = 70);
ALTER TABLE postings ALTER COLUMN entries SET STORAGE EXTERNAL;
CREATE INDEX postings_block ON postings (block);

CREATE TABLE words_held (passages BIGINT NOT NULL, length BIGINT NOT NULL);
INSERT INTO words_held VALUES (0, 0);

CREATE FUNCTION words_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE way INTEGER := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  UPDATE words_held SET passages = words_held.passages + way * c.passages, length = words_held.length + way * c.length
    FROM (SELECT count(*) AS passages, coalesce(sum(length), 0) AS length FROM changed) c WHERE c.passages > 0;
  IF way < 0 THEN
    INSERT INTO postings
      SELECT '', passage_no / 4096, string_agg(int2send(CAST(passage_no % 4096 AS int2)) || '\x0000'::bytea, ''::bytea)
      FROM changed GROUP BY passage_no / 4096
    ON CONFLICT (term, block) DO UPDATE SET entries = postings.entries || excluded.entries;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER words_added AFTER INSERT ON passage_words REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION words_counted();
CREATE TRIGGER words_removed AFTER DELETE ON passage_words REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION words_counted();
