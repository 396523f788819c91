-- Time that somebody had and has no more, or that was not offered before, from the moment somebody waits for any. It stays
-- until it has passed, so that who comes to wait again is told of it too.
create table freed_time (
  id uuid primary key,
  -- Whose time it was; null where anybody's will do. No foreign keys: to note what is freed must wait for nobody.
  practitioner_id uuid,
  room_id uuid,
  patient_id uuid,
  -- For which types; null for all.
  type_ids uuid[],
  during tstzmultirange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  until_at timestamptz(3) not null,
  freed_at timestamptz(3) not null
);
create index freed_time_during on freed_time using gist (during);
create index freed_time_by_end on freed_time (until_at);

create table waitlist_entry (
  id uuid primary key,
  patient_id uuid not null references patient,
  -- The record that it was made for; null while that is `patient_id`.
  home_id uuid,
  type_id uuid not null references appointment_type,
  practitioner_id uuid references practitioner,
  earliest_at timestamptz(3) not null,
  latest_at timestamptz(3) not null check (latest_at >= earliest_at),
  -- 0 urgent, 1 routine.
  rank smallint not null check (rank in (0, 1)),
  status text not null check (status in ('waiting', 'offered', 'booked', 'withdrawn', 'expired')),
  -- What is offered: a hold.
  hold_id uuid,
  offer_start_at timestamptz(3),
  offer_practitioner_id uuid,
  offer_expires_at timestamptz(3),
  appointment_id uuid references appointment,
  version integer not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
-- Who comes first of those who wait for a type.
create index waitlist_entry_by_rank on waitlist_entry (type_id, rank, created_at, id) where status = 'waiting';
create index waitlist_entry_open on waitlist_entry (patient_id, type_id) where status in ('waiting', 'offered');
create index waitlist_entry_by_patient on waitlist_entry (patient_id, id);
create index waitlist_entry_by_home on waitlist_entry ((coalesce(home_id, patient_id)));
create index waitlist_entry_moved on waitlist_entry (home_id) where home_id is not null;
create index waitlist_entry_by_hold on waitlist_entry (hold_id) where hold_id is not null;

-- Every change of an entry: who, when, what.
create table waitlist_change (
  entry_id uuid not null references waitlist_entry,
  version integer not null,
  at timestamptz(3) not null,
  by text not null,
  what jsonb not null,
  primary key (entry_id, version)
);

-- The visits that were offered to an entry and not taken: their time goes to others.
create table waitlist_passed (
  entry_id uuid not null references waitlist_entry,
  practitioner_id uuid not null,
  start_at timestamptz(3) not null,
  end_at timestamptz(3) not null,
  primary key (entry_id, practitioner_id, start_at)
);

grant select, insert, update, delete on freed_time to appointment;
grant select, insert, update on waitlist_entry to appointment;
grant select, insert on waitlist_change, waitlist_passed to appointment;
