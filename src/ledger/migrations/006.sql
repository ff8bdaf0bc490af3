-- When an attempt began by the server's own clock, and until when its request may be under way: ours may be wrong.

alter table attempts add column server_from bigint;   -- null: the server had not told the time
alter table attempts add column server_to bigint;
alter table attempts add column over_at bigint;       -- by our clock; null: before this was written down
