import { AsyncLocalStorage } from 'node:async_hooks';

/** Which request is worked on, for the lines of the log; its `requestId` is on the answer too. */
export const requestContext = new AsyncLocalStorage<{ readonly requestId: string }>();
