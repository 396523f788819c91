create index concurrently if not exists appointment_by_status on appointment.appointment (status, start_at, id)
