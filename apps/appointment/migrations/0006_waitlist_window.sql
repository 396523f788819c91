-- Who waits for a start within a span. (The order of service is waitlist_entry_by_rank's.)
create index waitlist_entry_window on waitlist_entry using gist (tstzrange(earliest_at, latest_at, '[]'))
  where status = 'waiting';
