-- Answers that readers made a link to, as they were given. Made with the first of them, or when a page first vouches for an answer.
CREATE TABLE IF NOT EXISTS shared (
  id TEXT PRIMARY KEY,             -- what the link names; 'key' is the secret by which a page knows its own answers
  answer TEXT NOT NULL             -- the whole answer as JSON, with its library version; of 'key' 64 hexadecimal digits
);
