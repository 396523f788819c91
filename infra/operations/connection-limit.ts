const perAcu = 189;
const most = 5000;
const mostBelowOneAcu = 2000;

/**
 * Connections that Aurora PostgreSQL takes at least. What it is by default follows from the memory of the most capacity,
 * and is 189 at one ACU; with a least capacity below one it is capped.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export function connectionLimit(minAcu: number, maxAcu: number): number {
  return Math.min(perAcu * maxAcu, minAcu < 1 ? mostBelowOneAcu : most);
}
