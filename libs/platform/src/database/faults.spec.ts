import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { valueFault } from './faults.ts';

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
