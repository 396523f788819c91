-- A time kept for a short while. It lives as long as its claims do and they have not run out; the row stays a day
-- longer, so that whose it was is known.
create table hold (
  id uuid primary key,
  type_id uuid not null references appointment_type,
  practitioner_id uuid not null references practitioner,
  room_id uuid references room,
  patient_id uuid references patient,
  start_at timestamptz(3) not null,
  end_at timestamptz(3) not null check (end_at > start_at),
  minutes integer not null,
  buffer_before integer not null,
  buffer_after integer not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null
);
create index hold_by_expiry on hold (expires_at);

create table series (
  id uuid primary key,
  type_id uuid not null references appointment_type,
  patient_id uuid not null references patient,
  practitioner_id uuid not null references practitioner,
  room_id uuid references room,
  start_at timestamptz(3) not null,
  reason text,
  recurrence jsonb not null,
  on_conflict text not null check (on_conflict in ('fail', 'skip', 'nearest')),
  skipped jsonb not null,
  created_at timestamptz(3) not null
);

alter table appointment
  add column override_reason text,
  add column override_by text,
  add constraint appointment_override check ((override_reason is null) = (override_by is null)),
  add column series_id uuid references series;
create index appointment_by_series on appointment (series_id, start_at) where series_id is not null;

-- What was booked against the rules occupies its time too, outside the constraint of the table claim: it may overlap
-- what was there. Written under FOR UPDATE of practitioner, room and patient; whoever books there reads it under
-- FOR KEY SHARE of the same rows.
create table override_claim (
  owner_id uuid not null,
  resource_kind text not null check (resource_kind in ('practitioner', 'room', 'patient')),
  resource_id uuid not null,
  during tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  primary key (owner_id, resource_kind)
);
create index override_claim_during on override_claim using gist (resource_id, during);

grant select, insert, update, delete on hold to appointment;
grant select, insert, delete on override_claim to appointment;
grant select, insert on series to appointment;
