import { attempt, DomainError, type Connection } from '#platform';

/** What is to be locked can have changed since it was looked at; after so many looks the caller is told to try again. */
const looks = 5;

/**
 * Locks what a look without locks has found, so that it is as it was seen.
 *
 * Here is the order that keeps all who change appointments from waiting on each other crosswise, and on those who change
 * rules or patients: type, practitioner, rooms; patients by id; appointments by id; claims by kind. A booking locks one
 * patient, FOR KEY SHARE. Who frees a patient's time, and then gives it to what is marked, has FOR NO KEY UPDATE: of those
 * one comes after the other, and bookings go on beside them. Who moves appointments between patients has all of these FOR
 * UPDATE. Locks of what has changed since it was seen are given back before the next look: what is locked then may come
 * before them.
 *
 * Claims of several times, which a move or a series gives up and takes, can still be waited for crosswise: PostgreSQL ends
 * one of the transactions then, and it is run again.
 * @param look ends with undefined when what it locked is not what it saw
 * @throws DomainError unavailable when that happens again and again
 */
export async function unchanged<T>(tx: Connection, look: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < looks; round += 1) {
    const locked = await attempt(tx, look);
    if (locked !== undefined) return locked;
  }
  throw new DomainError('unavailable', 'Others are changing the appointment just now; try again.');
}
