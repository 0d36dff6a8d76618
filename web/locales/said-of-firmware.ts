/** What the firmware says of itself, in the other languages (appliance/words/firmware.ts). */
import { FIRMWARE } from "../../appliance/words/firmware.ts";
import { sayings } from "./sayings.ts";

export const saidOfFirmware = sayings(FIRMWARE, {
	de: {
		notTheFirmware:
			"Dies ist nicht Posterns Firmware: Das ist Sache des Systems, auf dem Postern hier läuft.",
		notTheFirmwareDo: "Richten Sie es dort ein, mit den Mitteln jenes Systems.",
		doorShut: "Der Teil der Firmware, der das Gerät ändern darf, antwortet nicht.",
		doorShutDo: "Starten Sie das Gerät neu; hilft das nicht, schreiben Sie ihm eine neue Karte.",
		doorSilent: "Das Gerät hat nicht rechtzeitig geantwortet.",
		doorSilentDo: "Sehen Sie nach dem Zustand des Geräts, dann versuchen Sie es noch einmal.",
		doorFault: "Das Gerät konnte es nicht, aus einem Grund, den sein Protokoll kennt.",
		doorFaultDo:
			"Starten Sie das Gerät neu und versuchen Sie es noch einmal; der Text für Helfer enthält das Protokoll.",
		programFailed: "{program} konnte es nicht: {why}",
		programFailedDo: "Starten Sie das Gerät neu und versuchen Sie es noch einmal.",
	},
	fr: {
		notTheFirmware:
			"Ce n’est pas le micrologiciel de Postern : cela revient au système sur lequel Postern tourne ici.",
		notTheFirmwareDo: "Réglez-le là, avec les moyens de ce système.",
		doorShut: "La partie du micrologiciel qui peut modifier l’appareil ne répond pas.",
		doorShutDo: "Redémarrez le boîtier ; si cela n’aide pas, écrivez-lui une nouvelle carte.",
		doorSilent: "L’appareil n’a pas répondu à temps.",
		doorSilentDo: "Regardez l’état du boîtier, puis réessayez.",
		doorFault: "L’appareil n’a pas pu le faire, pour une raison que son journal connaît.",
		doorFaultDo: "Redémarrez le boîtier et réessayez ; le texte pour qui vous aide contient le journal.",
		programFailed: "{program} n’a pas pu le faire : {why}",
		programFailedDo: "Redémarrez le boîtier et réessayez.",
	},
	es: {
		notTheFirmware:
			"Esto no es el firmware de Postern: eso es cosa del sistema en el que Postern corre aquí.",
		notTheFirmwareDo: "Configúrelo allí, con los medios de ese sistema.",
		doorShut: "La parte del firmware que puede cambiar el equipo no responde.",
		doorShutDo: "Reinicie el equipo; si no ayuda, grábele una tarjeta nueva.",
		doorSilent: "El equipo no ha respondido a tiempo.",
		doorSilentDo: "Mire el estado del equipo y vuelva a intentarlo.",
		doorFault: "El equipo no pudo hacerlo, por un motivo que su registro conoce.",
		doorFaultDo: "Reinicie el equipo y vuelva a intentarlo; el texto para quien ayuda contiene el registro.",
		programFailed: "{program} no pudo hacerlo: {why}",
		programFailedDo: "Reinicie el equipo y vuelva a intentarlo.",
	},
});
