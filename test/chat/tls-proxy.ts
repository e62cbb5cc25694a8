/**
 * A proxy over TLS before the bot, as an admin has one. Must never change what passes through it.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { certificateFiles, type Flaw } from "../fixtures/certificates.ts";

export type TlsProxy = {
	readonly url: string;
	/** The authority to trust, and the file it stands in. */
	readonly ca: string;
	readonly caFile: string;
	readonly close: () => void;
};

/** `to`: where it passes requests on to; nobody there is 502. `own`: statuses of addresses that it answers itself. */
export async function openProxy(
	to: () => string,
	more: { readonly flaw?: Flaw; readonly own?: (path: string) => number | undefined } = {},
): Promise<TlsProxy> {
	const { flaw, own } = more;
	const folder = mkdtempSync(join(tmpdir(), "sopwith-proxy-"));
	const about = { folder, names: ["localhost"], address: "127.0.0.1" };
	const files = await certificateFiles(flaw === undefined ? about : { ...about, flaw });
	const keys = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
	const server: Server = createServer(keys, async (request, response) => {
		const path = request.url ?? "";
		const status = own?.(path);
		if (status !== undefined) return void response.writeHead(status).end("{}");
		const { "content-type": type = "application/json" } = request.headers;
		const body = request.method === "POST" ? { body: new Uint8Array(await buffer(request)) } : {};
		const sent = { method: request.method ?? "GET", headers: { "content-type": type }, ...body };
		const answer = await fetch(`${to()}${path}`, sent).catch(() => undefined);
		response.writeHead(answer?.status ?? 502).end();
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	return {
		...{ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: files.ca, caFile: files.caFile },
		close: (): void => {
			server.closeAllConnections();
			server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
