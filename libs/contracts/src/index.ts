export * from './appointment.dto.ts';
export { contactValue } from './contact-point.ts';
export * from './events.ts';
export * from './fields.ts';
export * from './page.dto.ts';
export * from './patient.dto.ts';
export * from './problem.ts';
export * from './schedule.dto.ts';
export { isInstant } from './time-text.ts';
