// The Worker that scenarios are played on: one class an area. It does what it is told and notes what happens to it.
// `subjects.py` has the same classes in Python.

import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";

/** What a call is refused with, in words: an error that left the object would come with its language's traceback. */
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

/** Notes that outlive the object's memory. */
class Notes extends DurableObject {
  note(entry) { this.ctx.storage.kv.put("seen", [...this.seen(), entry]); }
  seen() { return this.ctx.storage.kv.get("seen") ?? []; }
}

/** Alarms: each run is noted as [retryCount, isRetry, getAlarm()], then does the next thing of its script. */
export class Clock extends Notes {
  plan(seconds) { return this.ctx.storage.setAlarm(Date.now() + seconds * 1000); }
  planDate(seconds) { return this.ctx.storage.setAlarm(new Date(Date.now() + seconds * 1000)); }
  planAt(time) { return refusal(() => this.ctx.storage.setAlarm(time)); }
  cancel() { return this.ctx.storage.deleteAlarm(); }
  wipe() { return this.ctx.storage.deleteAll(); }
  script(actions) { this.ctx.storage.kv.put("script", actions); }
  put(key, value) { return this.ctx.storage.put(key, value); }
  get(key) { return this.ctx.storage.get(key); }

  async due() {
    const time = await this.ctx.storage.getAlarm();
    return time === null ? null : Math.max(0, Math.round((time - Date.now()) / 1000));
  }

  async planSeveral(delays) {
    for (const seconds of delays) this.plan(seconds);
    return this.due();
  }

  async planInTransaction(seconds, end) {
    try {
      return await this.ctx.storage.transaction(async (transaction) => {
        await transaction.setAlarm(Date.now() + seconds * 1000);
        if (end === "throw") throw new Error("undone");
        if (end === "rollback") transaction.rollback();
        return end;
      });
    } catch (error) {
      return error.message.includes("undone") ? "undone" : error.message;
    }
  }

  planBlocked(seconds) {
    return this.ctx.blockConcurrencyWhile(async () => {
      await this.plan(seconds);
      await scheduler.wait(300);
      return "planned";
    });
  }

  async busy(seconds) {
    this.note("busy");
    await scheduler.wait(seconds * 1000);
    this.note("free");
  }

  async alarm(info) {
    this.note([info.retryCount, info.isRetry, await this.ctx.storage.getAlarm()]);
    const [action, ...rest] = this.ctx.storage.kv.get("script") ?? [];
    this.ctx.storage.kv.put("script", rest);
    const { plan, put, wait, cancel, then } = action ?? {};
    if (put) await this.ctx.storage.put(...put);
    if (plan !== undefined) await this.plan(plan);
    if (cancel) await this.cancel();
    if (wait) await scheduler.wait(wait * 1000);
    if (wait) this.note("waited");
    if (then === "throw") throw new Error("not now");
    if (then === "abort") {
      await this.ctx.storage.sync();
      this.ctx.abort("gone");
    }
  }
}

/** A Durable Object without an alarm handler. */
export class Mute extends DurableObject {
  planAt(time) { return refusal(() => this.ctx.storage.setAlarm(time)); }
  due() { return this.ctx.storage.getAlarm(); }
  cancel() { return this.ctx.storage.deleteAlarm(); }
}

/** WebSockets: messages are noted, and those of the form "verb:rest" are obeyed. */
export class Room extends Notes {
  constructor(ctx, env) {
    super(ctx, env);
    this.heard = 0;
    ctx.storage.kv.put("born", this.born() + 1);
  }

  born() { return this.ctx.storage.kv.get("born") ?? 0; }

  async fetch(request) {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const [client, server] = Object.values(new WebSocketPair());
    try {
      this.admit(server, query);
    } catch (error) {
      return new Response(`${error.name}: ${error.message}`, { status: 400 });
    }
    if (query.greet) server.send(query.greet);
    return new Response(null, { status: 101, webSocket: client });
  }

  admit(server, { mode = "hibernate", tags, twice, attach, before }) {
    if (before) server.send(before);
    if (mode === "hibernate") this.ctx.acceptWebSocket(server, ...(tags ? [JSON.parse(tags)] : []));
    if (mode === "accept") this.listen(server);
    if (twice === "hibernate") this.ctx.acceptWebSocket(server);
    if (twice === "accept") server.accept();
    if (attach) server.serializeAttachment(JSON.parse(attach));
  }

  listen(server) {
    server.accept();
    server.addEventListener("message", ({ data }) => this.webSocketMessage(server, data));
    server.addEventListener("close", ({ code, reason, wasClean }) => this.webSocketClose(server, code, reason, wasClean));
  }

  async webSocketMessage(ws, message) {
    this.heard += 1;
    this.note(["message", typeof message === "string" ? message : message.byteLength]);
    const [verb, rest] = typeof message === "string" ? message.split(/:(.*)/) : ["echo", message];
    if (verb === "echo") ws.send(rest);
    if (verb === "all") for (const each of this.ctx.getWebSockets()) each.send(rest);
    if (verb === "others") for (const each of this.ctx.getWebSockets()) if (each !== ws) each.send(rest);
    if (verb === "attach") ws.serializeAttachment(JSON.parse(rest));
    if (verb === "attachment") ws.send(JSON.stringify(ws.deserializeAttachment()));
    if (verb === "tags") ws.send(JSON.stringify(this.ctx.getTags(ws)));
    if (verb === "heard") ws.send(String(this.heard));
    if (verb === "bytes") ws.send(new Uint8Array([1, 2, 3]));
    if (verb === "throw") throw new Error(rest);
    if (verb === "close") this.hang(ws, rest);
    if (verb === "slow") { await scheduler.wait(300); ws.send("slow"); }
  }

  /** Close with "code reason", or just close; a refusal is noted. */
  hang(ws, rest) {
    const [code, reason] = rest ? rest.split(/ (.*)/) : [];
    try {
      if (!code) ws.close();
      else if (reason === undefined) ws.close(Number(code));
      else ws.close(Number(code), reason);
      ws.send("after");
    } catch (error) {
      this.note([error.name, error.message]);
    }
  }

  webSocketClose(ws, code, reason, wasClean) {
    this.note(["close", code, reason, wasClean]);
    if (this.ctx.storage.kv.get("answerClose")) ws.close(code, reason);
  }

  webSocketError() { this.note(["error"]); }

  sockets(tag) {
    return this.ctx.getWebSockets(...(tag === undefined ? [] : [tag])).map((each) => this.ctx.getTags(each));
  }

  attachments() { return this.ctx.getWebSockets().map((each) => each.deserializeAttachment()); }
  broadcast(text, tag) { for (const each of this.ctx.getWebSockets(tag)) each.send(text); }
  hangUp(...args) { for (const each of this.ctx.getWebSockets()) each.close(...args); }
  answerCloses() { this.ctx.storage.kv.put("answerClose", true); }
  answered() { return this.ctx.getWebSockets().map((each) => this.ctx.getWebSocketAutoResponseTimestamp(each) !== null); }
  noAnswer() { this.ctx.setWebSocketAutoResponse(); }

  async answer(request, response) {
    const refused = await refusal(() =>
      this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(request, response)));
    const pair = this.ctx.getWebSocketAutoResponse();
    return refused ?? [pair.request, pair.response];
  }
}

/** What can be called from elsewhere. Both a Worker and a Durable Object have it. */
const remote = (Base) => class extends Base {
  echo(value) { return value; }
  nothing() {}
  later(value) { return scheduler.wait(10).then(() => value); }
  count() { return (this.calls = (this.calls ?? 0) + 1); }
  counter(count) { return { label: "counter", inside: { increment: (by = 1) => (count += by) }, total: () => count }; }
  adder(first) { return (second) => first + second; }
  apply(callable, ...args) { return callable(...args); }
  async applyTwice(callable, value) { return callable(await callable(value)); }
  stream(text) { return new Response(text).body; }
  async read(stream) { return new Response(stream).text(); }
  size(value) { return value.length ?? value.byteLength; }
  total(...numbers) { return numbers.reduce((sum, each) => sum + each, 0); }
};

export class Remote extends remote(DurableObject) {
  remember(value) { this.value = value; }
  recall() { return this.value; }
}

export class Service extends remote(WorkerEntrypoint) {}

/** A Workflow that runs a program: `params.program` is a list of steps, the output what each has given. */
export class Flow extends WorkflowEntrypoint {
  async run(event, step) {
    const output = [];
    for (const each of event.payload?.program ?? []) output.push(await this.perform(each, step, output));
    return event.payload?.returns === undefined ? output : event.payload.returns;
  }

  async perform(each, step, output) {
    try {
      if (each.parallel) return await Promise.all(each.parallel.map((one) => this.perform(one, step, output)));
      return await this.single(each, step, output);
    } catch (error) {
      if (!each.caught) throw error;
      return { caught: error.message.includes("mine") ? "mine" : error.message };
    }
  }

  async single(each, step, output) {
    if (each.sleep !== undefined) return (await step.sleep(each.name ?? "nap", each.sleep)) ?? null;
    if (each.until !== undefined) return (await step.sleepUntil(each.name ?? "until", new Date(Date.now() + each.until))) ?? null;
    if (each.wait !== undefined) {
      const { type, payload } = await step.waitForEvent(each.name ?? "wait", { type: each.wait, timeout: each.timeout ?? "5 seconds" });
      return { type, payload };
    }
    if (each.throw) throw new Error("mine");
    const run = async (context) => this.attempt(each, context, output);
    return each.config ? step.do(each.name, each.config, run) : step.do(each.name, run);
  }

  async attempt(each, context, output) {
    if (each.takes) await scheduler.wait(each.takes * 1000);
    if (each.fatal) throw new NonRetryableError("mine");
    if (context.attempt <= (each.fails ?? 0)) throw new Error("mine");
    if (each.gives === "attempt") return context.attempt;
    if (each.gives === "step") return [context.step.name, context.step.count];
    if (each.gives === "config") return context.config;
    if (each.gives === "sum") return output.reduce((sum, one) => sum + one, 0);
    return each.returns ?? null;
  }
}

/** A cron job: each run is noted as [cron, scheduledTime], then does the next thing of its script. */
export class Job extends WorkerEntrypoint {
  async scheduled(controller) {
    const [action = {}, ...rest] = JSON.parse((await this.env.KV.get("script")) ?? "[]");
    await this.env.KV.put("script", JSON.stringify(rest));
    await this.note([controller.cron, controller.scheduledTime]);
    if (action.noRetry) controller.noRetry();
    if (action.background) this.ctx.waitUntil(this.background(action.background));
    if (action.wait) await scheduler.wait(action.wait * 1000);
    if (action.wait) await this.note("waited");
    if (action.put) await this.env.KV.put(...action.put);
    if (action.throw) throw new Error("mine");
    return action.returns;
  }

  async background(what) {
    await scheduler.wait(100);
    await this.note("background");
    if (what === "throw") throw new Error("mine");
  }

  async note(entry) {
    const seen = JSON.parse((await this.env.KV.get("seen")) ?? "[]");
    await this.env.KV.put("seen", JSON.stringify([...seen, entry]));
  }
}
