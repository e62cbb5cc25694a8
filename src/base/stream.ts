/**
 * One server-sent event stream to one browser. Must never outlive its connection, nor pile up events for a reader that does
 * not read: such a stream is cut, and the browser comes back by itself.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

const HEARTBEAT_MS = 25_000;
const MOST_UNREAD_BYTES = 1024 * 1024;

type Stream = {
	/** Sends one event. False once the stream is closed. `data` may have several lines. */
	send(event: string, data: string, id?: string): boolean;
	close(): void;
	/** Resolves when either side has closed. */
	readonly closed: Promise<void>;
};

/**
 * Opens a stream as the answer to a request.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function openStream(request: IncomingMessage, response: ServerResponse): Stream {
	response.writeHead(200, {
		"content-type": "text/event-stream; charset=utf-8",
		"cache-control": "no-store, no-transform",
		"x-accel-buffering": "no",
	});
	response.write("retry: 2000\n\n");
	const over = Promise.withResolvers<void>();
	const heart = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
	heart.unref();
	const close = () => {
		clearInterval(heart);
		if (!response.writableEnded) response.end();
		over.resolve();
	};
	request.once("close", close);
	response.once("close", close);
	response.once("error", close);
	return {
		closed: over.promise,
		close,
		send(event, data, id) {
			if (response.writableEnded || response.destroyed) return false;
			if (response.writableLength > MOST_UNREAD_BYTES) {
				close();
				return false;
			}
			const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
			response.write(`event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}${lines.join("")}\n`);
			return true;
		},
	};
}
