/** What a token may do, by scope; tokens carry them as `clinic/<scope>`. */
export const scopes = {
  'patients.read': 'Read, search and match patients',
  'patients.write': 'Register and change patients',
  'patients.merge': 'Merge two records of one patient, and undo it',
  'audit.read': 'Read who saw or changed a record',
  'schedules.read': 'Read practitioners, rooms, types and availability',
  'schedules.write': 'Change practitioners, rooms, types and availability',
  'appointments.read': 'Read appointments and free times',
  'appointments.write': 'Hold, book, move and cancel appointments',
  'appointments.override': 'Book a time although it is not offered or taken',
} as const;

export type Scope = keyof typeof scopes;

/** The resource server that the scopes belong to: what stands before the slash in a token. */
export const resourceServer = 'clinic';
