CREATE TABLE collections (
  name TEXT PRIMARY KEY,
  up_to BIGINT NOT NULL,
  live BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX collections_live ON collections (live) WHERE live;
CREATE TABLE removed (passage_no BIGINT PRIMARY KEY);
CREATE FUNCTION passages_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM collections) THEN
    INSERT INTO removed SELECT passage_no FROM gone ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER passages_removed AFTER DELETE ON passages REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION passages_removed();
