/**
 * The shape of `msp.yaml` and `client.yaml` in the author's words. Must never transform: what goes in comes out.
 */
import { z } from "zod";
import { connectorsShape, secret } from "./connector-schema.ts";
import { idLike } from "./schema.ts";
import { signInShape } from "./sign-in-file.ts";

const email = z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "Write an address like mo@contoso.example.");
const text = z.string().min(1, "Write something here.").max(300, "At most 300 characters.");
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Write a day like 2026-11-27.");
const span = z.string().regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, 'Write it like "08:00-18:00".');

const slackPerson = z
	.string()
	.regex(/^T[A-Z0-9]+\/[UW][A-Z0-9]+$/, 'Write the workspace and the member ID, like "T0123ABCD/U0456EFGH".')
	.describe("WORKSPACE/MEMBER: their profile in Slack, ⋮, Copy member ID");
const slackChannel = z
	.string()
	.regex(/^T[A-Z0-9]+\/[CG][A-Z0-9]+$/, 'Write the workspace and the channel ID, like "T0123ABCD/C0456EFGH".')
	.describe("WORKSPACE/CHANNEL: the channel's details in Slack, at the bottom of About");

const person = z.strictObject({
	id: idLike,
	name: text,
	email,
	teams: text.optional().describe("Their Entra object id; TENANT/ID for a guest, or somebody of another tenant"),
	slack: slackPerson.optional(),
	phone: z
		.string()
		.regex(/^\+[1-9]\d{6,14}$/, "Write it with its country, like +12025550100.")
		.optional(),
	manager: z.string().optional().describe("The id of their manager"),
	zone: z.string().optional().describe("Their time zone, when it is not the client's"),
	title: text.optional(),
});
const members = z.union([z.array(z.string()), z.string()]);
const channel = z.strictObject({
	teams: text.optional().describe("19:…@thread.tacv2, from the channel's link"),
	slack: slackChannel.optional(),
});
const workspace = z.strictObject({
	team: z
		.string()
		.regex(/^T[A-Z0-9]+$/, "Write the workspace's id, like T0123ABCD.")
		.describe("The workspace's id: its address in a browser is https://app.slack.com/client/T…"),
	bot: secret.describe("Where the bot token of that workspace is kept: env:NAME, file:PATH or secret:MSP/NAME"),
	client: z
		.string()
		.optional()
		.describe("Whose workspace it is: their people may be known there by their confirmed e-mail, nobody without it"),
});
const surfaces = z.strictObject({
	slack: z.strictObject({ workspaces: z.array(workspace).max(100, "At most 100.") }).optional(),
});

/** The MSP's own people and roles. */
export const mspShape = z.strictObject({
	msp: idLike.describe("The MSP's id"),
	name: text,
	people: z.array(person).describe("The MSP's own people"),
	roles: z.record(idLike, members.describe("Ids of people")).describe("Who holds which role"),
	signIn: signInShape.optional(),
	onCall: z.json().optional().describe("Kept for on-call schedules; nothing reads it yet"),
	surfaces: surfaces.optional().describe("Slack workspaces beside the one of the environment"),
});

/** One client. */
export const clientShape = z.strictObject({
	client: idLike.describe("The client's id; its folder has the same name"),
	name: text,
	timezone: z.string().describe("An IANA zone, e.g. America/New_York"),
	identity: z
		.enum(["hybrid", "cloud"])
		.optional()
		.describe("Where accounts are made; hybrid when there is a directory"),
	hours: z
		.record(z.string(), z.union([span, z.array(span)]).describe('"08:00-18:00", or a list of such'))
		.optional()
		.describe("Working hours by weekday: mon-fri, sat, …"),
	holidays: z
		.strictObject({
			country: z.string().optional().describe("Two letters, e.g. US"),
			region: z.string().optional(),
			also: z.array(day).optional().describe("More days off"),
			not: z.array(day).optional().describe("Days that are worked all the same"),
		})
		.optional(),
	signIn: signInShape.optional(),
	channels: z
		.strictObject({
			approvals: channel.optional().describe("A line about each approval; without it the one about the run says it"),
			operations: channel.optional().describe("A line about each run"),
		})
		.optional(),
	people: z.array(person),
	roles: z.record(idLike, z.union([members, z.strictObject({ group: text })]).describe("Ids of people, or a group")),
	standingApprovals: z
		.array(
			z.strictObject({
				sop: z.string(),
				when: z.string().optional(),
				words: text.optional().describe("What it is for, as people read it"),
				atMost: z.string().regex(/^\d{1,3} per day$/, "Write it like 5 per day."),
				spend: z
					.string()
					.regex(/^\d{1,2} licences?$/, "Write it like 1 licence.")
					.optional(),
				by: z.string(),
				until: day,
			}),
		)
		.optional()
		.describe("Approvals given in advance"),
	connectors: connectorsShape.optional().describe("How the client's systems are reached"),
	profiles: z.record(idLike, z.record(z.string(), z.json()).describe("What a role gets")).optional(),
});
