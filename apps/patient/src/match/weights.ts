// What each field says for or against two records being of one person, after I. P. Fellegi and A. B. Sunter, "A Theory
// for Record Linkage", JASA 64 (1969): with m the share of pairs of one person that agree in this way, and u that of
// pairs of two people, agreement weighs log2(m / u) bits. docs/matching.md says where the shares come from.

function bits(m: number, u: number): number {
  return Math.log2(m / u);
}

export const weights = {
  family: {
    same: bits(0.87, 0.004),
    near: bits(0.06, 0.0025),
    alike: bits(0.02, 0.01),
    differs: bits(0.05, 0.98),
  },
  given: {
    same: bits(0.78, 0.008),
    form: bits(0.06, 0.003),
    near: bits(0.06, 0.003),
    alike: bits(0.02, 0.01),
    initial: bits(0.95, 0.08),
    differs: bits(0.04, 0.97),
  },
  /** Both names agree, each with the other. */
  swapped: bits(0.02, 0.98),
  birthDate: {
    same: bits(0.92, 1 / 29_000),
    dayForMonth: bits(0.01, 1 / 70_000),
    digitsSwapped: bits(0.012, 1 / 10_000),
    digitWrong: bits(0.03, 1 / 1_200),
    partWrong: bits(0.018, 1 / 240),
    differs: bits(0.01, 0.99),
  },
  gender: { same: bits(0.98, 0.5), differs: bits(0.02, 0.5) },
  // Families share them, so two people do far more often than by chance.
  phone: { same: bits(0.7, 0.002), differs: bits(0.3, 0.998) },
  email: { same: bits(0.75, 0.0005), differs: bits(0.4, 0.9995) },
  address: { same: bits(0.7, 0.002), near: bits(0.1, 0.01), differs: bits(0.2, 0.988) },
  identifier: { same: bits(0.95, 1e-6), differs: bits(0.03, 1) },
} as const;

/** Before anything is compared: of a million people in the register, one is meant. */
export const priorBits = -Math.log2(1_000_000);

/**
 * What families share weighs once: who has the name of somebody, the address and the number is of one family, which
 * one of the three says already. So beside the strongest of address and number the other counts by this share.
 */
export const shareOfSecondContact = 0.35;

/**
 * The highest score of two who have different given names, or birth dates with nothing in common: twins, or parent and
 * child of one name, agree in everything else.
 */
export const highestIfContradicted = 0.5;

/** The least score of each grade. */
export const thresholds = { certain: 0.995, probable: 0.75, possible: 0.05 } as const;
