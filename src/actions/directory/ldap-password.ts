/**
 * How values are written, passwords among them: those alone are opened here, right before they are sent. Must never keep
 * one.
 */
import { Attribute, type BerWriter, Control } from "ldapts";
import { Secret } from "../../base/secret.ts";

/** Active Directory wants a password in quotes, as UTF-16. Source: [MS-ADTS] 3.1.1.3.1.5. */
export function written(one: { readonly attribute: string; readonly values: readonly (string | Secret)[] }): Attribute {
	const { attribute: type, values } = one;
	if (!values.some((value) => value instanceof Secret)) return new Attribute({ type, values: values as string[] });
	const bytes = values.map((value) => Buffer.from(`"${value instanceof Secret ? value.open() : value}"`, "utf16le"));
	return new Attribute({ type, values: bytes });
}

/**
 * What asks the server to hold a password we set to the whole policy, history included; nothing where it does not know
 * that. Source: [MS-ADTS] 3.1.1.3.4.1.27, LDAP_SERVER_POLICY_HINTS_OID, and its older number.
 */
export function policyHints(known: ReadonlySet<string>): Control[] {
	const type = ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"].find((one) => known.has(one));
	return type === undefined ? [] : [new PolicyHints(type, { critical: true })];
}

class PolicyHints extends Control {
	protected override writeControl(writer: BerWriter): void {
		// SEQUENCE { Flags INTEGER 1 }
		writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x01]), 0x04);
	}
}
