// Times gpt-tokenizer on a text: node peer-gpt2.mjs MODULE TEXT. Prints the seconds of the second of two runs.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { encode } = await import(pathToFileURL(process.argv[2]).href);
const text = readFileSync(process.argv[3], 'utf8');
const options = { disallowedSpecial: new Set() };
encode(text, options);
const began = process.hrtime.bigint();
encode(text, options);
console.log(Number(process.hrtime.bigint() - began) / 1e9);
