-- What waits for a rate window, or for another try, keeps its place among the channel's posts: they leave in the order in which they are due.

create index deliveries_order on deliveries (channel, state, due_at, created_at, id);
