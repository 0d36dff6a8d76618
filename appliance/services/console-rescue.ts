/** The way back into a console whose password is forgotten. For services.ts. */

/** For whoever has the box itself. */
export interface ConsoleRescueService {
	/**
	 * A new password for the person `owner`, shown once; who is made when there is none. Ends their sessions and
	 * takes their one-time codes away. Throws `person-locked` (the password stands in the configuration).
	 */
	resetPassword(): Promise<{ readonly name: string; readonly password: string }>;
}
