create extension if not exists btree_gist with schema public;

-- What this service knows of patients: its own copy, fed by events, without personal data.
create table patient (
  id uuid primary key,
  active boolean not null,
  replaced_by uuid,
  version integer not null
);

create table appointment_type (
  id uuid primary key,
  name text not null,
  minutes integer not null check (minutes > 0),
  buffer_before integer not null check (buffer_before >= 0),
  buffer_after integer not null check (buffer_after >= 0),
  needs_room boolean not null,
  slot_step integer not null check (slot_step > 0),
  min_notice_minutes integer not null check (min_notice_minutes >= 0),
  max_days_ahead integer not null check (max_days_ahead >= 0),
  active boolean not null,
  version integer not null
);

create table practitioner (
  id uuid primary key,
  name text not null,
  active boolean not null,
  type_ids uuid[] not null,
  version integer not null
);

-- Changed under FOR UPDATE of its practitioner, read under FOR KEY SHARE of it.
create table availability (
  practitioner_id uuid primary key references practitioner,
  time_zone text not null,
  weekly jsonb not null,
  exceptions jsonb not null,
  version integer not null
);

create table room (
  id uuid primary key,
  name text not null,
  active boolean not null,
  version integer not null
);

create table appointment (
  id uuid primary key,
  status text not null check (status in ('booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow')),
  type_id uuid not null references appointment_type,
  patient_id uuid not null references patient,
  practitioner_id uuid not null references practitioner,
  room_id uuid references room,
  start_at timestamptz(3) not null,
  end_at timestamptz(3) not null check (end_at > start_at),
  -- Fixed at booking: a later change of the type moves no appointment.
  minutes integer not null,
  buffer_before integer not null,
  buffer_after integer not null,
  reason text,
  cancel_reason text,
  version integer not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index appointment_by_start on appointment (start_at, id);
create index appointment_by_practitioner on appointment (practitioner_id, start_at, id);
create index appointment_by_patient on appointment (patient_id, start_at, id);
create index appointment_by_room on appointment (room_id, start_at, id) where room_id is not null;

-- Every change of an appointment: who, when, what.
create table appointment_change (
  appointment_id uuid not null references appointment,
  version integer not null,
  at timestamptz(3) not null,
  by text not null,
  what jsonb not null,
  primary key (appointment_id, version)
);

-- Who and what is occupied when. The constraint is the promise of the whole product: nobody and nothing is occupied
-- twice, whatever the code above it does. It can't be deferrable, so that ON CONFLICT DO NOTHING may rely on it.
create table claim (
  owner_id uuid not null,
  resource_kind text not null check (resource_kind in ('practitioner', 'room', 'patient')),
  resource_id uuid not null,
  during tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  -- Null for an appointment; a hold ends by itself then.
  hold_expires_at timestamptz,
  primary key (owner_id, resource_kind),
  constraint claim_nobody_twice exclude using gist (resource_id with =, during with &&) not deferrable
);

grant select, insert, update on patient, appointment_type, practitioner, availability, room, appointment to appointment;
grant select, insert on appointment_change to appointment;
grant select, insert, update, delete on claim to appointment;
