/**
 * Messages that should exist for a run. `view` derives them; the poster makes it so. No hash, text, person or attempt in a
 * key: the same key is the same message, edited in place.
 */
import type { CardData, CardName } from "../cards/card.ts";
import type { ChannelName } from "../people/roster.ts";
import type { Who } from "../sop/sop.ts";
import type { WaitId } from "./event.ts";

/** `path/purpose(/level)`; the run's own card is `run`. */
export type MessageKey = string;

/** Whom a message is for. Resolved when it is put and each time it rings. */
type Audience =
	| {
			readonly kind: "people";
			readonly who: readonly Who[];
			/** Only where none of these is on the roster. */
			readonly unless?: readonly Who[];
	  }
	| { readonly kind: "channel"; readonly channel: ChannelName };

export type Message = {
	readonly key: MessageKey;
	readonly to: Audience;
	readonly under?: MessageKey;
	readonly card: CardName;
	readonly data: CardData;
	/** Above the stored row's: a new message that rings, and the old one becomes a stub without buttons. */
	readonly rings: number;
	/** Nothing more will be asked here: buttons gone, last state kept. */
	readonly closed: boolean;
	/** The wait its buttons answer. Stored with the card's random id; never sent. */
	readonly wait?: WaitId;
};
