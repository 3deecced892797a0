// A visitor's WebSockets: plays a script of steps and writes down what each socket heard. `sockets.py` does the same.

const PATIENCE = 2; // seconds

/** The transcript of a script: `[label, what]` for each message, goodbye and answer, in the order of the steps. */
export async function converse(worker, { url, headers, cf, websocket }) {
  const sockets = {};
  const transcript = [];
  const ask = (path, more = []) =>
    worker.fetch(new Request(new URL(path, url), { headers: [...headers, ...more], cf, redirect: "manual" }));

  const steps = {
    async open(on, path) {
      const response = await ask(path, [["upgrade", "websocket"]]);
      if (response.webSocket) sockets[on] = listening(response.webSocket);
      else transcript.push([on, { status: response.status, body: await response.text() }]);
    },
    async fetch(on, path) {
      transcript.push([on, { fetched: await (await ask(path)).text() }]);
    },
    async receive(on, count) {
      while (count-- > 0) transcript.push([on, await sockets[on].next()]);
    },
    send: (on, message) => sockets[on].socket.send(message),
    send_base64: (on, message) => sockets[on].socket.send(Uint8Array.from(atob(message), (each) => each.charCodeAt(0))),
    close: (on, code, { reason }) => sockets[on].socket.close(code, reason),
    pause: (_, seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
  };

  for (const { on = "", ...step } of [{ open: url }, ...websocket]) {
    const name = Object.keys(step).find((each) => each in steps);
    await steps[name](on, step[name], step);
  }
  for (const [on, { heard }] of Object.entries(sockets)) transcript.push(...heard.map((each) => [on, { unread: each }]));
  return { transcript };
}

/** What a socket hears, one after the other. */
function listening(socket) {
  const heard = [];
  let wake = () => {};
  const hear = (each) => { heard.push(each); wake(); };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => hear(typeof data === "string" ? data : { bytes: hex(data) }));
  socket.addEventListener("close", ({ code, reason, wasClean }) => hear({ closed: [code, reason, wasClean] }));
  socket.addEventListener("error", () => hear({ error: true }));
  socket.accept();
  const next = async () => {
    const late = new Promise((done) => setTimeout(done, PATIENCE * 1000));
    while (!heard.length) {
      const gaveUp = await Promise.race([late.then(() => true), new Promise((done) => { wake = () => done(false); })]);
      if (gaveUp) return { nothing: true };
    }
    return heard.shift();
  };
  return { socket, heard, next };
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
