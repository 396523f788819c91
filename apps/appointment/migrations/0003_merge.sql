-- Appointments and series follow their patient's record when it is merged into another, and go back. `home_id` is the
-- record that they were booked for; null while that is `patient_id`, as on whatever an earlier version writes.
alter table appointment
  add column home_id uuid references patient,
  -- The patient, of whom two records were merged, has another appointment then; it has no claim for the patient.
  add column patient_conflict boolean not null default false;
alter table series
  add column home_id uuid references patient;

create index appointment_by_home on appointment ((coalesce(home_id, patient_id)));
create index series_by_home on series ((coalesce(home_id, patient_id)));
create index appointment_in_conflict on appointment (patient_id) where patient_conflict;
create index patient_by_survivor on patient (replaced_by) where replaced_by is not null;

grant update (patient_id, home_id) on series to appointment;
