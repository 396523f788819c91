-- What collides with another appointment of its patient's occupies the patient too, so that ordinary bookings see it.
insert into override_claim (owner_id, resource_kind, resource_id, during)
select id, 'patient', patient_id, tstzrange(start_at, end_at) from appointment
where patient_conflict and override_reason is null and status not in ('cancelled', 'noshow')
-- An earlier version, which serves meanwhile, locks what it cancels or moves, too.
for update of appointment
on conflict do nothing;
