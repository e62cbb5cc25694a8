#!/usr/bin/env node
/**
 * Starts the command line on the Node that Sopwith brings. Must run on Node 18: nothing newer may be used in this file.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runOnOwnNode } from "./own-node.mjs";

await runOnOwnNode(fileURLToPath(new URL("./main.ts", import.meta.url)), process.argv.slice(2));
