/**
 * A line between the door and a domain controller that a test can let go deaf: what is asked still arrives, no answer comes
 * back, and then the line is cut. It reads nothing; it is all encrypted.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

export type Relay = {
	readonly url: string;
	/** From now on no answer comes back; each line is cut once something was answered on it. */
	swallow(): void;
	/** Answers come back again, on new lines. */
	heal(): void;
};

/** Opens it before the controller at that address; it closes with the test. */
export async function relayTo(t: TestContext, address: string): Promise<Relay> {
	let deaf = false;
	const lines = new Set<Socket>();
	const server = createServer((near) => {
		const far = connect({ host: address, port: 636 });
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			lines.add(one);
			one.on("error", () => {});
			one.on("close", () => {
				lines.delete(one);
				other.destroy();
			});
		}
		near.on("data", (data: Buffer) => far.write(data));
		far.on("data", (data: Buffer) => {
			if (deaf) near.destroy();
			else near.write(data);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		server.close();
		for (const line of lines) line.destroy();
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `ldaps://127.0.0.1:${port}`,
		swallow: () => {
			deaf = true;
		},
		heal: () => {
			deaf = false;
		},
	};
}
