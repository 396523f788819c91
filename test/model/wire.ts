import { randomUUID } from 'node:crypto';
import type { Client, Reply } from '../harness/client.ts';
import type { Answer, Command } from './command.ts';
import { availabilityOf, instantOf, minuteOf } from './small-clinic.ts';
import { dayMinutes } from './state.ts';

interface Request {
  method: string;
  path: string;
  body?: object;
  version?: number;
}

/** Sends a command to the book and tells what came back as the model would say it. */
export async function send(client: Client, firstDate: string, command: Command): Promise<Answer> {
  const { method, path, body, version } = requestOf(command, firstDate);
  const reply = await client.send(method, `/appointments${path}`, body, {
    ...(version !== undefined && { 'if-match': `"${version}"` }),
    // With a key an effect runs under a savepoint of its own.
    ...(command.kind === 'series' && { 'idempotency-key': randomUUID() }),
  });
  return answerOf(reply, firstDate);
}

function requestOf(command: Command, firstDate: string): Request {
  const at = (start: number) => instantOf(firstDate, start);
  const dateOf = (day: number) => at(day * dayMinutes).slice(0, 10);
  switch (command.kind) {
    case 'book': {
      const { ask, holdId, override } = command;
      const more = { holdId, ...(override && { override: { reason: 'Urgent.' } }) };
      return { method: 'POST', path: '', body: { ...ask, start: at(ask.start), ...more } };
    }
    case 'hold':
      return { method: 'POST', path: '/holds', body: { ...command.ask, start: at(command.ask.start) } };
    case 'release':
      return { method: 'DELETE', path: `/holds/${command.holdId}` };
    case 'move': {
      const { id, start, practitionerId, roomId } = command;
      return {
        method: 'POST',
        path: `/${id}/reschedule`,
        body: { start: at(start), practitionerId, roomId },
      };
    }
    case 'status':
      return { method: 'POST', path: `/${command.id}/status`, body: { status: command.to } };
    case 'series': {
      const { ask, onConflict } = command;
      const { untilDay, ...rest } = command.recurrence;
      const recurrence = { ...rest, ...(untilDay !== undefined && { until: dateOf(untilDay) }) };
      return {
        method: 'POST',
        path: '/series',
        body: { ...ask, start: at(ask.start), recurrence, onConflict },
      };
    }
    case 'cancelSeries': {
      const { id, fromDay } = command;
      const body = fromDay === undefined ? {} : { from: dateOf(fromDay) };
      return { method: 'POST', path: `/series/${id}/cancel`, body };
    }
    case 'availability': {
      const { practitionerId, version, windows, dryRun, conflicts } = command;
      const path = `/practitioners/${practitionerId}/availability?dryRun=${dryRun}&conflicts=${conflicts}`;
      return { method: 'PUT', path, version, body: availabilityOf(windows, firstDate) };
    }
    case 'change': {
      const { collection, id, version, patch } = command;
      return { method: 'PATCH', path: `/${collection}/${id}`, version, body: patch };
    }
    case 'explain':
      return {
        method: 'GET',
        path: `/slots/explain?${query({ ...command.ask, start: at(command.ask.start) })}`,
      };
    case 'slots': {
      const { kind, day, ...search } = command;
      const range = { from: at(day * dayMinutes), to: at((day + 1) * dayMinutes) };
      return { method: 'GET', path: `/${kind}?${query({ ...search, ...range })}` };
    }
  }
}

function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return new URLSearchParams(given).toString();
}

/** What no model foretells, and what is told in words. */
const untold = new Set([
  ...['type', 'title', 'detail', 'instance', 'createdAt', 'updatedAt', 'expiresAt', 'until', 'nextCursor'],
  ...['name', 'typeIds', 'cancelReason', 'recurrence', 'timeZone', 'weekly', 'exceptions'],
]);

function answerOf({ status, body }: Reply, firstDate: string): Answer {
  if (typeof body !== 'object') return { status };
  const { status: own, ...rest } = body;
  // A problem repeats the status of the reply; an appointment has one of its own.
  return { status, body: plain(typeof own === 'number' ? rest : body, firstDate) as object };
}

function plain(value: unknown, firstDate: string): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each, firstDate));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !untold.has(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, plainField(name, field, firstDate)]));
}

function plainField(name: string, value: unknown, firstDate: string): unknown {
  switch (name) {
    case 'start':
    case 'end':
      return minuteOf(firstDate, Date.parse(String(value)));
    case 'override':
      return true;
    case 'reasons':
      return [...new Set((value as { code: string }[]).map(({ code }) => code))].sort();
    case 'orphans':
    case 'allowed':
      return (value as string[]).toSorted();
    default:
      return plain(value, firstDate);
  }
}
