-- Posts that a network takes ahead of time and publishes itself.

alter table deliveries add column schedule text;  -- null: we send it when it is due | network
alter table receipts add column due text;         -- ISO; null: it is out
