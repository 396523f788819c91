-- When everybody who waited for a freed time had been asked. Until then its own job alone offers it: whoever has time again
-- meanwhile would come before those in line.
alter table freed_time add column asked_at timestamptz(3);
create index freed_time_by_patient on freed_time (freed_at) where patient_id is not null;
update freed_time set asked_at = freed_at;
