// Fixed ids in the form that the API takes; those of practitioners are not in the order in which they are made.
const id = (kind: string, number: number): string => `00000000-0000-7000-8000-${kind}0000000000${number}`;

export const wantedType = id('a', 1);
export const otherType = id('a', 2);
export const practitionerIds = [id('b', 2), id('b', 3), id('b', 1)] as const;
export const roomIds = [id('c', 2), id('c', 1), id('c', 3)] as const;
export const patientIds = [id('d', 1), id('d', 2)] as const;
/** Whose time is nobody else's. */
export const idlePatient = id('d', 3);
/** A record merged into that of the first patient. */
export const mergedPatient = id('d', 4);
