// Evaluates expressions with feelin: JSON list of [expression, context] in, JSON list of results out.
import fs from 'node:fs';
import { evaluate, unaryTest } from 'feelin';

const plain = (value) => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'function') return { function: true };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value;
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return { text: String(value) };
};

const answer = ([kind, expression, context]) => {
  try {
    const found = (kind === 'test' ? unaryTest : evaluate)(expression, context);
    return { value: plain(found.value) };
  } catch (error) {
    return { error: String(error.message || error) };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, 'utf8')).map(answer)));
