-- Sources that are fetched again and again. Made when the first one is followed.
CREATE TABLE IF NOT EXISTS followed (
  source TEXT PRIMARY KEY,         -- as it was named; the sources of its articles begin with it
  state TEXT NOT NULL,             -- a `Source` as JSON
  pages TEXT NOT NULL              -- what is remembered of the pages that it announces, by the source of each, as JSON
);
-- What each host lets programs read.
CREATE TABLE IF NOT EXISTS followed_hosts (
  origin TEXT PRIMARY KEY,         -- scheme, host and port
  robots TEXT NOT NULL             -- a `Robots` as JSON
);
