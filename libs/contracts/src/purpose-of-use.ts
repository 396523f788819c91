/**
 * Why somebody looks at a record or changes it: the codes of FHIR R4's value set
 * http://terminology.hl7.org/ValueSet/v3-PurposeOfUse, out of the code system v3-ActReason.
 */
export const purposesOfUse = [
  // Marketing
  ...['HMARKT'],
  // Operations
  ...[
    'HOPERAT',
    'CAREMGT',
    'DONAT',
    'FRAUD',
    'GOV',
    'HACCRED',
    'HCOMPL',
    'HDECD',
    'HDIRECT',
    'HDM',
    'HLEGAL',
  ],
  ...['HOUTCOMS', 'HPRGRP', 'HQUALIMP', 'HSYSADMIN', 'LABELING', 'METAMGT', 'MEMADMIN', 'MILCDM', 'PATADMIN'],
  ...['PATSFTY', 'PERFMSR', 'RECORDMGT', 'SYSDEV', 'HTEST', 'TRAIN'],
  // Payment
  ...['HPAYMT', 'CLMATTCH', 'COVAUTH', 'COVERAGE', 'ELIGDTRM', 'ELIGVER', 'ENROLLM', 'MILDCRG', 'REMITADV'],
  // Research
  ...[
    'HRESCH',
    'BIORCH',
    'CLINTRCH',
    'CLINTRCHNPC',
    'CLINTRCHPC',
    'PRECLINTRCH',
    'DSRCH',
    'POARCH',
    'TRANSRCH',
  ],
  // At the patient's request
  ...['PATRQT', 'FAMRQT', 'PWATRNY', 'SUPNWK'],
  // Public health
  ...['PUBHLTH', 'DISASTER', 'THREAT'],
  // Treatment
  ...['TREAT', 'CLINTRL', 'COC', 'ETREAT', 'BTG', 'ERTREAT', 'POPHLTH'],
] as const;

export type PurposeOfUse = (typeof purposesOfUse)[number];
