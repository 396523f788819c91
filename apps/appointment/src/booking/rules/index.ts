export {
  bookableStarts,
  occupied,
  refusals,
  type Durations,
  type PractitionerRules,
  type TypeRules,
} from './offer.ts';
export { dayMs, longestVisitMs } from './zone.ts';
export { availableSpans, offerKeyOf, type Schedule } from './schedule.ts';
export { Busy, instantText, minuteMs, overlap, type Span } from './span.ts';
