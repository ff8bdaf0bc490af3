-- What people have approved. One row per person and content; approving again renews it. Of a campaign that has changed
-- since, the older rows tell what was different then.
create table approvals (
  campaign    text not null,
  name        text not null,           -- who, as they call themselves or as their key proves
  digest      text not null,           -- of the plan
  at          bigint not null,
  expires_at  bigint,
  signature   text,                    -- SSH, armoured
  approved    text not null,           -- JSON: each delivery with its digest and its words; no secret
  primary key (campaign, name, digest)
);
