/** Of each half of V8's young generation, in MiB: with more, less is answered where nothing waits. */
const largestHalf = 64;

/**
 * What Node is told where a service may have so much memory, in MiB. What waits its turn past capacity outlives several
 * collections of the few MiB that Node would take in a container of 512, and of the 32 that it takes elsewhere, and is
 * moved to where it is dear to collect: with 64 instead of 32, a read costs a tenth less then. V8 may fill three of these
 * besides what is old, so a small task gets less.
 */
export function memoryArgs(memoryMiB: number): readonly string[] {
  return [`--max-semi-space-size=${Math.min(largestHalf, Math.floor(memoryMiB / 16))}`];
}
