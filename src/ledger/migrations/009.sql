-- Entries of a campaign's feed that need no announcement any more: those that were there when it was looked at for the first
-- time, and those whose deliveries were entered, in the same transaction.

create table entries (
  campaign    text not null,
  key         text not null,           -- empty: the feed was looked at
  at          bigint not null,
  primary key (campaign, key)
);
