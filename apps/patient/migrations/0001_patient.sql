-- Records in the shape of FHIR R4 Patient; parts that are read and written whole are jsonb.
create table patient (
  id uuid primary key,
  mrn text not null unique,
  active boolean not null,
  name jsonb not null,
  birth_date date not null,
  gender text not null check (gender in ('male', 'female', 'other', 'unknown')),
  telecom jsonb not null,
  address jsonb not null,
  identifier jsonb not null,
  communication jsonb not null,
  deceased boolean,
  replaced_by uuid references patient,
  version integer not null check (version > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

-- Gaps are fine, repetition is not: a sequence gives every MRN its serial under any concurrency.
create sequence mrn_serial;

grant select, insert, update on patient to patient;
grant usage on sequence mrn_serial to patient;
