// The Damm algorithm's quasigroup of order 10: it finds every single wrong digit and every swap of two neighbours.
// H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004.
const quasigroup = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
];

function dammOf(digits: string): string {
  return [...digits].reduce((interim, digit) => quasigroup[Number(interim)]?.[Number(digit)] ?? '', '0');
}

/** The medical record number of a serial, `0000-0017-4`: eight digits or more, then the check digit. */
export function mrnOf(serial: number): string {
  const digits = String(serial).padStart(8, '0');
  return `${digits.slice(0, -4)}-${digits.slice(-4)}-${dammOf(digits)}`;
}

export function isMrn(text: string): boolean {
  return /^\d{4,}-\d{4}-\d$/.test(text) && dammOf(text.replaceAll('-', '')) === '0';
}

/** An MRN as it is given out, of one typed with or without hyphens and spaces; null when it is none. */
export function mrnSpelled(text: string): string | null {
  const digits = text.replace(/[\s-]/g, '');
  const mrn = `${digits.slice(0, -5)}-${digits.slice(-5, -1)}-${digits.slice(-1)}`;
  return isMrn(mrn) ? mrn : null;
}
