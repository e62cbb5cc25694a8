/**
 * What licences are called by the people who pay for them. A licence that is not listed keeps its part number.
 * Source: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
const TITLES: { readonly [sku: string]: string } = {
	SPB: "Business Premium",
	O365_BUSINESS_PREMIUM: "Business Standard",
	O365_BUSINESS_ESSENTIALS: "Business Basic",
	O365_BUSINESS: "Apps for business",
	SMB_BUSINESS: "Apps for business",
	SMB_BUSINESS_PREMIUM: "Business Standard",
	SMB_BUSINESS_ESSENTIALS: "Business Basic",
	SPE_E3: "Microsoft 365 E3",
	SPE_E5: "Microsoft 365 E5",
	SPE_F1: "Microsoft 365 F3",
	M365_F1: "Microsoft 365 F1",
	STANDARDPACK: "Office 365 E1",
	ENTERPRISEPACK: "Office 365 E3",
	ENTERPRISEPREMIUM: "Office 365 E5",
	DESKLESSPACK: "Office 365 F3",
	EXCHANGESTANDARD: "Exchange Online Plan 1",
	EXCHANGEENTERPRISE: "Exchange Online Plan 2",
	EMS: "Enterprise Mobility + Security E3",
	EMSPREMIUM: "Enterprise Mobility + Security E5",
	AAD_PREMIUM: "Entra ID P1",
	AAD_PREMIUM_P2: "Entra ID P2",
	INTUNE_A: "Intune Plan 1",
	MCOEV: "Teams Phone Standard",
	MCOMEETADV: "Audio Conferencing",
	PROJECTPROFESSIONAL: "Project Plan 3",
	VISIOCLIENT: "Visio Plan 2",
	POWER_BI_PRO: "Power BI Pro",
	Microsoft_365_Copilot: "Microsoft 365 Copilot",
};

/** `SPB` is `Business Premium`. */
export function licenceTitle(sku: string): string {
	return TITLES[sku] ?? sku;
}
