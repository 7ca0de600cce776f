-- socrates-db: phase 1
CREATE TABLE posts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author_id BIGINT NOT NULL REFERENCES authors (id),
  title TEXT NOT NULL
);
CREATE INDEX idx_posts_author_id ON posts (author_id);
