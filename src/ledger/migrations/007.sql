-- What is done to posts that are out: they are edited, taken back, or taken back to go out again.

create table corrections (
  delivery    text not null,
  number      integer not null,        -- 1 is the first of this delivery
  kind        text not null,           -- edit | retract | repost
  state       text not null,           -- open | done | refused | superseded
  round       integer not null,        -- of the delivery, when it began
  account     text not null,
  digest      text,                    -- of the posts that are to stand there; null: retract
  posts       text,                    -- these posts, JSON; null: retract
  was         text not null,           -- JSON: digest and posts of before, and the delivery's state, code and message
  name        text,                    -- who wanted it
  reason      text,
  at          bigint not null,
  ended_at    bigint,
  code        text,                    -- of the last trouble
  message     text,
  owner       text,                    -- who works on it
  lease_until bigint,
  primary key (delivery, number)
);
create index corrections_state on corrections (state);

-- One row per request that changes or deletes a post that is out. On disk before the request leaves, as with attempts.
create table changes (
  delivery    text not null,
  correction  integer not null,
  part        integer not null,
  number      integer not null,        -- 1 is the first of this part in this correction
  account     text not null,
  at          bigint not null,
  over_at     bigint,                  -- until when the request may be under way
  ended_at    bigint,
  outcome     text,                    -- null while open | done | an error code
  status      integer,
  message     text,
  primary key (delivery, correction, part, number)
);
create index changes_account on changes (account, at);

-- Posts that were out. `receipts` has only what is out now.
create table retracted (
  delivery     text not null,
  round        integer not null,
  part         integer not null,
  post_id      text not null,
  url          text,
  at           bigint not null,        -- when it had come out
  retracted_at bigint not null,
  primary key (delivery, round, part, post_id)
);

-- Nothing leaves for these channels until a person says so.
create table pauses (
  channel     text primary key,        -- empty: all of them
  reason      text,
  name        text,
  at          bigint not null
);
