create index concurrently appointment_by_status on appointment.appointment (status, start_at, id)
