export {
  bookableStarts,
  occupied,
  offeredStarts,
  refusals,
  type OfferRefusal,
  type PractitionerRules,
  type TypeRules,
} from './offer.ts';
export { availableSpans, type Schedule } from './schedule.ts';
export { Busy, minuteMs, type Span } from './span.ts';
