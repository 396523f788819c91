import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is between a service and its database, and can be made to fail as networks and failovers do. */
export class FaultProxy {
  readonly #server: Server;
  /** Both sides of every connection. */
  readonly #sockets = new Set<Socket>();
  #mode: 'pass' | 'stall' | 'refuse' = 'pass';

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.#mode === 'refuse') near.resetAndDestroy();
      else this.#join(near, connect(target, '127.0.0.1'));
    });
  }

  /** @param target the port of the loopback address that it passes everything on to */
  static async before(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For so long not a byte goes either way, of the connections that are there and of new ones; then all of them do. */
  async stall(ms: number): Promise<void> {
    this.#mode = 'stall';
    for (const socket of this.#sockets) socket.pause();
    await sleep(ms);
    this.#mode = 'pass';
    for (const socket of this.#sockets) socket.resume();
  }

  /** Ends every connection in an orderly way, whatever is under way on it. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every connection by a reset. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets what is there, and for so long whoever comes. */
  async refuse(ms: number): Promise<void> {
    this.#mode = 'refuse';
    this.reset();
    await sleep(ms);
    this.#mode = 'pass';
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket.setNoDelay());
      // Not pipe(): it would set a paused socket going again.
      socket.on('data', (bytes) => other.write(bytes));
      socket.on('error', () => undefined);
      socket.on('end', () => other.end());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      if (this.#mode === 'stall') socket.pause();
    }
  }
}
