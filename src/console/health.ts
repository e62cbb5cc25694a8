/**
 * For machines that watch: is it up, does it serve, what are the figures. Must never name a client, a person or a run.
 */
import { Router } from "express";
import type { Registry } from "prom-client";

/** `ready` is true only while runs are taken and moved on. */
export function createHealth(parts: { readonly registry: Registry; readonly ready: () => boolean }): Router {
	const health = Router();
	health.get("/healthz", (_request, response) => {
		response.set("cache-control", "no-store").json({ status: "up" });
	});
	health.get("/readyz", (_request, response) => {
		const serving = parts.ready();
		response.status(serving ? 200 : 503).set("cache-control", "no-store");
		if (!serving) response.set("retry-after", "1");
		response.json({ status: serving ? "serving" : "starting" });
	});
	health.get("/metrics", async (_request, response) => {
		response
			.set("cache-control", "no-store")
			.type(parts.registry.contentType)
			.send(await parts.registry.metrics());
	});
	return health;
}
