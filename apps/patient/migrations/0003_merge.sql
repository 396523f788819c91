-- Two records of one person made one, so that it can be taken back. `united` and `kept` say what each part of the
-- survivor became and where it came from; the duplicate's own record stays as it was beside them.
create table merge (
  id uuid primary key,
  survivor_id uuid not null references patient,
  duplicate_id uuid not null references patient check (duplicate_id <> survivor_id),
  reason text not null,
  by text not null,
  united jsonb not null,
  kept jsonb not null,
  undone_by text,
  undone_at timestamptz(3),
  undone_reason text,
  version integer not null check (version > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check ((undone_by is null) = (undone_at is null))
);
-- A record is merged into one other at a time.
create unique index merge_standing on merge (duplicate_id) where undone_at is null;
create index merge_into on merge (survivor_id) where undone_at is null;

grant select, insert, update on merge to patient;
