import { Whole } from '#contracts';

/** The keys of the environment that the waitlist goes by. */
export class WaitlistSettings {
  /** How long an offer is held for an answer; default half an hour. */
  @Whole({ optional: true, min: 1, max: 86_400 }) WAITLIST_OFFER_SECONDS?: number;
}
