/** Fractions in requests, as fine as anything here works with. */
import { z } from 'zod';

const DECIMALS = 1e6;

/**
 * A number that is rounded to six decimals (seconds: microseconds) before its bounds are checked. DynamoDB stores no
 * number nearer to 0 than 1e-130 (AWS: "Supported data types"), and JSON can hold one.
 */
export const fineNumber = z.number().overwrite((value) => Math.round(value * DECIMALS) / DECIMALS);
