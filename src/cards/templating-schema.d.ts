/**
 * Stands in for the type that `adaptivecards-templating` takes from the sources of `adaptivecards`, which do not compile
 * under our rules. Types only; nobody imports it by name (see `paths` in tsconfig.json).
 */
export interface IAdaptiveCard {
	readonly [name: string]: unknown;
}
