/**
 * A server that has nothing to do with any of it, and no more to do than to answer: as long as it takes, the machine
 * takes, on which flood, services and fleet share the cores. Says its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_, answer) => answer.end('here'));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
