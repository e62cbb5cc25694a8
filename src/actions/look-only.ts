/**
 * Doors to look through. Where a client's file says `lookOnly`, every write is refused here, before anything is sent, and
 * every plan says why. Must never let a request through because it looks harmless.
 */
import type { Values } from "../base/json.ts";
import type { Obstacle } from "../engine/action.ts";
import type { Answer, Directory, Graph, Http, Mail } from "../engine/remote.ts";
import { type ConnectorName, isLookOnly } from "../sop/connector-schema.ts";
import type { Client } from "../sop/definitions.ts";
import type { ActionName } from "../sop/sop.ts";
import type { Doors } from "./connect.ts";

/** The client's doors, each without its writes where nothing may be written through it. */
export function lookOnlyDoors(client: Client, doors: Doors): Doors {
	const { directory, graph, mail, http } = doors;
	const refusalOf = (name: ConnectorName) => (isLookOnly(client.connectors, name) ? refuser(client, name) : undefined);
	const [people, tenant, post, calls] = [
		refusalOf("directory"),
		refusalOf("microsoft365"),
		refusalOf("mail"),
		refusalOf("http"),
	];
	return {
		...(directory === undefined ? {} : { directory: people === undefined ? directory : onlyRead(directory, people) }),
		...(graph === undefined ? {} : { graph: tenant === undefined ? graph : onlyGet(graph, tenant) }),
		...(mail === undefined ? {} : { mail: post === undefined ? mail : onlyLookUp(mail, post) }),
		...(http === undefined ? {} : { http: calls === undefined ? http : onlyAsk(http, calls) }),
	};
}

/** Why nothing that this action would do may be done for this client; undefined where it may. */
export function heldBack(client: Client, action: ActionName, input: Values): Obstacle | undefined {
	const name = action.slice(0, action.indexOf(".")) as ConnectorName;
	if (!isLookOnly(client.connectors, name)) return undefined;
	if (name === "http" && input.method === "GET") return undefined;
	return { code: "look-only", message: words(client, name), choices: [], detail: setting(client, name) };
}

type Refuser = () => Promise<Extract<Answer<never>, { kind: "refused" }>>;

function refuser(client: Client, name: ConnectorName): Refuser {
	const message = `${words(client, name)} Nothing was sent.`;
	const detail = setting(client, name);
	return async () => ({ kind: "refused", status: 0, code: "look-only", message, retryable: false, detail });
}

const NAMES: { readonly [name in ConnectorName]: string } = {
	directory: "Active Directory",
	microsoft365: "Microsoft 365",
	mail: "the mail",
	http: "http.request",
};

function words(client: Client, name: ConnectorName): string {
	const what = client.connectors.lookOnly === true ? client.name : `${client.name}, ${NAMES[name]},`;
	return `${what} is look-only: nothing is written there until lookOnly is taken out of its client.yaml.`;
}

function setting({ connectors }: Client, name: ConnectorName): string {
	return connectors.lookOnly === true
		? "connectors.lookOnly in client.yaml"
		: `connectors.${name}.lookOnly in client.yaml`;
}

// Each door is put together anew, so that what a port learns later is not let through unseen.

function onlyRead(directory: Directory, refuse: Refuser): Directory {
	const { base, upnSuffix, markAttribute, groupBase, names, search } = directory;
	const reading = { base, upnSuffix, markAttribute, groupBase, search, ...(names === undefined ? {} : { names }) };
	return { ...reading, add: refuse, modify: refuse, move: refuse, remove: refuse };
}

/** GET alone: of the POSTs that only read, none is sent but the door's own batch, which takes nothing else. */
function onlyGet({ endpoint, list, batch, request }: Graph, refuse: Refuser): Graph {
	return { endpoint, list, batch, request: (one) => (one.method === "GET" ? request(one) : refuse()) };
}

function onlyLookUp({ from, sent }: Mail, refuse: Refuser): Mail {
	return { from, sent, send: refuse };
}

function onlyAsk({ request }: Http, refuse: Refuser): Http {
	return { request: (one) => (one.method === "GET" ? request(one) : refuse()) };
}
