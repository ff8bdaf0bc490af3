-- Written for SQLite and PostgreSQL alike. Times are milliseconds since 1970 UTC; JSON is text.

create table deliveries (
  id          text primary key,        -- identity: campaign / channel [/ occurrence], never the content
  campaign    text not null,
  channel     text not null,
  network     text not null,
  account     text not null,           -- what shares the network's limits: a fingerprint of the channel's public settings
  state       text not null,           -- scheduled sending published failed held cancelled expired
  digest      text not null,           -- of the finished posts
  posts       text not null,           -- the finished posts: these bytes go out, whatever the files say later
  seed        text not null,           -- random; the key of every post derives from it
  round       integer not null,        -- raised when a person says "send it again": new keys
  due_at      bigint not null,
  next_at     bigint not null,         -- not before: back-off, limits
  expires_at  bigint,
  failures    integer not null,        -- in a row, for the back-off
  tries       integer not null default 0,  -- attempts of all parts and rounds; 0: nothing of it was ever tried
  code        text,                    -- of the last trouble
  message     text,
  owner       text,                    -- who works on it
  lease_until bigint,
  created_at  bigint not null,
  updated_at  bigint not null
);
create index deliveries_due on deliveries (channel, state, next_at, created_at, id);
create index deliveries_campaign on deliveries (campaign);

-- One row per request that may have published. Inserted and on disk before the request leaves; gets its outcome once;
-- never deleted: it is also the rate limiter's memory.
create table attempts (
  delivery    text not null,
  part        integer not null,
  number      integer not null,
  round       integer not null,
  account     text not null,
  started_at  bigint not null,         -- of the first attempt at this part: what deterministic ids derive from
  at          bigint not null,         -- of this one
  ended_at    bigint,
  outcome     text,                    -- null while open | published | found | absent | abandoned | an error code
  status      integer,
  message     text,
  primary key (delivery, part, number)
);
create index attempts_account on attempts (account, at);

create table receipts (
  delivery    text not null,
  part        integer not null,
  post_id     text not null,
  url         text,
  ref         text,
  at          bigint not null,
  primary key (delivery, part)
);

-- Finished steps before a post (uploads), so that they are not done again.
create table steps (
  delivery    text not null,
  part        integer not null,
  round       integer not null,
  name        text not null,
  result      text not null,
  primary key (delivery, part, round, name)
);

-- The server's own word: nothing more before then.
create table blocks (
  account     text primary key,
  until       bigint not null
);
