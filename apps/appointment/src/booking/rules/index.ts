export {
  bookableStarts,
  occupied,
  refusals,
  type Durations,
  type PractitionerRules,
  type TypeRules,
} from './offer.ts';
export { dayMs } from './zone.ts';
export { availableSpans } from './schedule.ts';
export { Busy, type Span } from './span.ts';
