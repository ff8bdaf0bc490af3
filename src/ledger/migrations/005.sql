-- When a step was finished, since networks do not keep uploads for ever; and whether readers see a post yet.

alter table steps add column at bigint;           -- null: before this was written down
alter table receipts add column hidden text;      -- null: readers see it | draft | review
