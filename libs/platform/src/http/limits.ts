/** How long a connection may take, in ms, and what it may send before it is a request. */
export interface EdgeLimits {
  /** From a connection's or request's first moment to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** Between requests. */
  readonly keepAliveMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
  /** Request line and headers together, in bytes. */
  readonly headerBytes: number;
  /** Headers of a request. */
  readonly headers: number;
  /** Connections at once; more are closed unanswered. */
  readonly connections: number;
}

export const edgeLimits: EdgeLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than a load balancer's idle time of 60 s, so it is never we who close a connection it is about to use.
  keepAliveMs: 65_000,
  checkMs: 1_000,
  headerBytes: 16_384,
  // Many short ones take ten times the memory of one that is as long as all of them. Node refuses more from 26.5.1 on; before,
  // it left them out.
  headers: 100,
  // A load balancer shares few among many clients; whatever else opens them may not take the task's memory.
  connections: 10_000,
};
