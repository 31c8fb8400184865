import { type Catalogue, catalogueSchema } from '@wavefleet/contracts/http.ts';
import { call } from './call.ts';

/** What the server takes, makes and limits. */
export const getCatalogue = (): Promise<Catalogue> => call(catalogueSchema, '/api/formats');
