-- What became of posts: how they fared, as a series in time; and whether they still stand there as they were sent.

create table measures (
  delivery    text not null,
  part        integer not null,
  at          bigint not null,
  counts      text not null,           -- JSON; what is absent is not known
  primary key (delivery, part, at)
);

create table standings (
  delivery    text not null,
  part        integer not null,
  at          bigint not null,         -- when it was last read
  found       text not null,           -- same | changed | gone
  words       text,                    -- as readers read them, where they changed
  primary key (delivery, part)
);

-- Whom a post answers, when that is not one of ours.

alter table deliveries add column answers text;  -- JSON: the receipts of the root and of the post that is answered
