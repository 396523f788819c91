-- What has followed a merge is found again without reading everything: it is looked through now and then for what an
-- earlier version of the service, still running beside this one, did not take along.
create index appointment_moved on appointment (home_id) where home_id is not null;
create index series_moved on series (home_id) where home_id is not null;

-- A home is a record that was the patient before, and records are never deleted. The check of the reference would lock
-- it after the appointment, out of the order in which patients and appointments are locked.
alter table appointment drop constraint appointment_home_id_fkey;
alter table series drop constraint series_home_id_fkey;
