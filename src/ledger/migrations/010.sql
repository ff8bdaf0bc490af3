-- What is still to be done is found at once, however much is out; and who is there to do it.

create index deliveries_open on deliveries (state, next_at) where state in ('scheduled', 'sending');

create table workers (
  id          text primary key,        -- of the process: machine, number, start
  channels    text not null,           -- JSON: those that it can send to
  started_at  bigint not null,
  seen_at     bigint not null,
  delivering  bigint not null          -- channels that it is at just now
);
