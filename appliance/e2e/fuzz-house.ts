/** The house that is talked nonsense to, with the devices of the dialogues. For the fuzzer. */
import { castDialogues } from "./dialogue-cast.ts";
import { type FuzzFigures, fuzz } from "./fuzzer.ts";
import { House } from "./house.ts";

/** Known by address (plain and with switches), and nobody. */
const OTHERS = ["127.1.1.251", "127.1.1.252", "127.1.1.253", "127.7.7.7"];

/** Rejects with what Postern did wrong. */
export async function fuzzHouse(of: {
	readonly commands: number;
	readonly limitMs: number;
	readonly seed: number;
}): Promise<FuzzFigures> {
	const cast = castDialogues();
	const house = await House.build({
		transport: "smtp",
		smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = ["127.0.0.1:0"]
listen_auto = []
max_message_size = "1MB"`,
		onlyByPassword: true,
		more: cast.devicesToml,
		// What arrives is looked at when all is over.
		sandbox: { keptBytes: 512 * 2 ** 20 },
	});
	try {
		const addresses = [...cast.parts.map(({ address }) => address), ...OTHERS];
		return await fuzz({ house, addresses, dialogues: cast.parts.map(({ dialogue }) => dialogue), ...of });
	} finally {
		await house.close();
	}
}
