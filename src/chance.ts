/**
 * Chance: the randomness of the process, for those who build things; all else gets it as an argument.
 *
 * It uses nothing that a browser lacks: the client runs on it too.
 */

/** A number from 0 on and below 1; spreads load, and is no secret. */
export const systemRandom: () => number = Math.random;
