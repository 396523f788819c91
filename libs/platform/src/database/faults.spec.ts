import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isDisconnect, isPassing, valueFault } from './faults.ts';

function databaseError(code: string, more: object = {}): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('invalid input: Lovelace', 1, 'error'), { code, ...more });
}

describe('what the database says of a value', () => {
  it.each(['22P02', '22007', '23505', '23514', 'P0001'])('is told without it: %s', (code) => {
    const place = {
      schema: 'patient',
      table: 'patient',
      constraint: 'patient_mrn_key',
      detail: '(Lovelace)',
    };
    expect(valueFault(databaseError(code, place))).toBe(
      `the database refuses a value (SQLSTATE ${code}, patient, patient, patient_mrn_key)`,
    );
    expect(valueFault(databaseError(code))).toBe(`the database refuses a value (SQLSTATE ${code})`);
  });

  it.each(['28P01', '42P01', '57P03'])('is another matter than what else it says: %s', (code) => {
    expect(valueFault(databaseError(code))).toBeUndefined();
  });

  it('is said by nobody else', () => {
    expect(valueFault(new Error('Lovelace'))).toBeUndefined();
  });
});

describe('a fault of the database', () => {
  it.each(['08006', '25006', '40001', '40P01', '53300', '55P03', '57P01'])('passes: %s', (code) => {
    expect(isPassing(databaseError(code))).toBe(true);
  });

  it.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETDOWN'])('passes when the network is at fault: %s', (code) => {
    const refused = Object.assign(new Error('connect'), { code });
    expect(isPassing(new Error('Failed query', { cause: refused }))).toBe(true);
  });

  it('does not pass when it is one of a value, whatever that says', () => {
    const wrapped = new Error('Failed query: ECONNREFUSED', { cause: databaseError('23505') });
    expect([isPassing(wrapped), isDisconnect(wrapped)]).toEqual([false, false]);
  });

  it('costs the connection when the server only reads by now', () => {
    expect(isDisconnect(databaseError('25006'))).toBe(true);
    expect(isDisconnect(databaseError('55P03'))).toBe(false);
  });
});
