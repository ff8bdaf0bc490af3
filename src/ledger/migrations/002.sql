-- What the campaign says about a delivery that comes late, and about one whose outcome stays unknown.

alter table deliveries add column late text;       -- null: send | skip | ask
alter table deliveries add column uncertain text;  -- null: hold | resend
