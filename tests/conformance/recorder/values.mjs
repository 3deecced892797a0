// Values as a recording writes them (README.md, the table of marks): what JSON has no word for has a mark.

/** The value of a recorded argument; `kept` holds what earlier steps kept by name. */
export function decode(value, kept) {
  if (Array.isArray(value)) return value.map((each) => decode(each, kept));
  if (value === null || typeof value !== "object") return value;
  const [mark] = Object.keys(value);
  if (mark in FROM_MARK) return FROM_MARK[mark](value[mark], kept);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decode(each, kept)]));
}

/** A result in the recording's form. */
export async function encode(value) {
  if (value === undefined || value === null) return null;
  if (["string", "number", "boolean"].includes(typeof value)) return value;
  if (typeof value === "function") return { $opaque: true };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof ArrayBuffer) return { $bytes: base64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) return { $bytes: base64(value) };
  if (value instanceof ReadableStream) return { $stream: base64(new Uint8Array(await new Response(value).arrayBuffer())) };
  if (Array.isArray(value)) return Promise.all(value.map(encode));
  if (value instanceof Map) return { $map: await encode([...value]) };
  if (["HeadResult", "GetResult"].includes(value.constructor?.name)) return { $r2: await encodeR2(value) };
  if (Object.getPrototypeOf(value) !== Object.prototype) return { $opaque: true };
  const fields = await Promise.all(Object.entries(value).map(async ([name, each]) => [name, await encode(each)]));
  return Object.fromEntries(fields);
}

/** An R2 object: what does not depend on time or chance, and its content where it has one. */
async function encodeR2(found) {
  const { key, size, etag, httpEtag, storageClass, customMetadata, range } = found;
  const names = ["contentType", "contentLanguage", "contentDisposition", "contentEncoding", "cacheControl", "cacheExpiry"];
  const http = Object.fromEntries(names.map((name) => [name, found.httpMetadata?.[name]]));
  const fields = { key, size, etag, httpEtag, storageClass, httpMetadata: http, customMetadata, range, checksums: found.checksums.toJSON() };
  const encoded = await encode(JSON.parse(JSON.stringify({ ...fields, httpMetadata: {} })));
  encoded.httpMetadata = await encode(http);
  encoded.range ??= null;
  encoded.hasBody = "body" in found;
  return encoded.hasBody ? { ...encoded, body: base64(new Uint8Array(await found.arrayBuffer())) } : encoded;
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** What `x` or `x.field.0` names among the kept results. */
export function follow(path, kept) {
  const [name, ...fields] = path.split(".");
  return fields.reduce((value, field) => value?.[field], kept[name]);
}

const FROM_MARK = {
  $bytes: (text) => fromBase64(text),
  $stream: (text) => new Response(fromBase64(text)).body,
  $date: (text) => new Date(text),
  $headers: (pairs) => new Headers(pairs),
  $map: (pairs, kept) => new Map(pairs.map(([key, each]) => [decode(key, kept), decode(each, kept)])),
  $repeat: ([text, times]) => text.repeat(times),
  $zeros: (size) => new Uint8Array(size),
  $ref: (path, kept) => follow(path, kept),
  $function: (name) => FUNCTIONS[name],
};

/** Functions that a scenario may pass: `values.py` has the same ones. */
const FUNCTIONS = {
  double: (number) => number * 2,
  join: (...words) => words.join(" "),
};
