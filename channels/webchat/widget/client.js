// @ts-check
/**
 * Talks with the server: messages go up over HTTP and come down through a socket that comes back.
 * What is written stays in the outbox until the server has it; the same `client_id` is stored once.
 *
 * @typedef {import("./types").Message} Message
 * @typedef {import("./types").Unsent} Unsent
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const POLLING_WAIT = 5_000; // where only the socket fails, as behind some proxies
const ANSWER_WAIT = 15_000;
const STEADY_AFTER = 10_000;
const BAD_TICKET = 4401;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export class Client {
  #ticket;
  #listener;
  /** The newest `seq` that came in order: through the socket or `after_seq`, not with an answer. */
  #last;
  /** @type {Map<string, Unsent>} */
  #outbox;
  /** @type {WebSocket | undefined} */
  #socket;
  #timer = 0;
  #tries = 0;
  #quietUntil = 0;
  #isFlushing = false;
  isConnected = true;
  /** @type {import("./types").Page | undefined} where the visitor is, if the site has said so */
  page;

  /**
   * @param {string} ticket
   * @param {number} last
   * @param {Unsent[]} unsent
   * @param {import("./types").Listener} listener
   */
  constructor(ticket, last, unsent, listener) {
    this.#ticket = ticket;
    this.#last = last;
    this.#outbox = new Map(unsent.map((each) => [each.client_id, each]));
    this.#listener = listener;
  }

  get unsent() {
    return [...this.#outbox.values()];
  }

  start() {
    addEventListener("online", this.#tryAgain);
    addEventListener("offline", () => this.#setConnected(false));
    addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#tryAgain();
    });
    this.#tryAgain();
  }

  /** @param {string} text @param {import("./types").SentFile[]} [files] @returns {Unsent} */
  send(text, files) {
    const unsent = { client_id: newId(), text, at: new Date().toISOString(), files };
    this.#outbox.set(unsent.client_id, unsent);
    void this.#flush();
    return unsent;
  }

  /** @param {string} clientId */
  retry(clientId) {
    const unsent = this.#outbox.get(clientId);
    if (!unsent) return;
    unsent.refused = false;
    this.#listener.outboxChanged();
    void this.#flush();
  }

  /** @param {string} email @param {boolean} consent @returns {Promise<import("./types").EmailAnswer>} */
  async giveEmail(email, consent) {
    try {
      const answer = await this.#call("POST", "email", consent ? { email, consent } : { email });
      const body = await answer.json();
      if (answer.ok) return { outcome: "taken", email: body.email };
      if (answer.status === 422) return { outcome: "refused", suggestion: body.error?.suggestion };
      if (body.error?.code === "enough_emails") return { outcome: "enough" };
    } catch {
      // not reached; said below
    }
    return { outcome: "failed" };
  }

  /**
   * Ask for a link and a code by mail, or hand in the code.
   * @param {{ code?: string }} wish @returns {Promise<number>} the answer's status; 0 where there is none
   */
  async prove(wish) {
    return this.#call("POST", "proof", wish).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async decline() {
    return this.#call("POST", "decline", {}).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** @param {number} before @returns {Promise<Message[] | null>} */
  async older(before) {
    try {
      const answer = await this.#call("GET", `messages?before_seq=${before}`);
      return answer.ok ? (await answer.json()).messages : null;
    } catch {
      return null;
    }
  }

  typing() {
    this.#cast({ type: "typing" });
  }

  /** @param {number} seq */
  seen(seq) {
    this.#cast({ type: "seen", seq });
  }

  /** Send what may get lost. @param {object} frame */
  #cast(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #tryAgain = () => {
    clearTimeout(this.#timer);
    this.#connect();
    void this.#flush();
  };

  #tryLater() {
    const longest = this.isConnected ? POLLING_WAIT : LONGEST_WAIT;
    const wait = Math.min(longest, FIRST_WAIT * 2 ** this.#tries++);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tryAgain, wait * (0.7 + Math.random() * 0.6));
  }

  #connect() {
    if (this.#socket && this.#socket.readyState < WebSocket.CLOSING) return;
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/chat/socket`);
    let openedAt = 0;
    socket.onopen = () => {
      openedAt = performance.now();
      this.#cast({ type: "hello", ticket: this.#ticket, after_seq: this.#last, zone: ZONE });
      this.#setConnected(true);
      void this.#flush();
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = async ({ code }) => {
      if (code === BAD_TICKET) return this.#listener.expired();
      if (!openedAt) this.#setConnected(await this.#catchUp());
      else if (performance.now() - openedAt > STEADY_AFTER) this.#tries = 0;
      this.#tryLater();
    };
    this.#socket = socket;
  }

  /** @param {any} frame */
  #take(frame) {
    if (frame.type === "message") this.#receive(frame.message);
    else if (frame.type === "typing") this.#listener.typing(frame.name ?? "", frame.on !== false);
    else if (frame.type === "seen") this.#listener.seen(frame.seq);
    else if (frame.type === "back") this.#listener.back(frame.text);
    else if (frame.type === "status") this.#listener.status(frame.status);
  }

  /** @param {Message} message */
  #receive(message) {
    this.#last = Math.max(this.#last, message.seq);
    this.#outbox.delete(message.client_id ?? "");
    this.#listener.received(message);
  }

  /** Read what was missed without a socket, and tell whether the server is there. */
  async #catchUp() {
    try {
      for (;;) {
        const answer = await this.#call("GET", `messages?after_seq=${this.#last}`);
        if (!answer.ok) return false;
        const { messages, last_seq: newest } = await answer.json();
        messages.forEach((/** @type {Message} */ message) => this.#receive(message));
        if (!messages.length || this.#last >= newest) return true;
      }
    } catch {
      return false;
    }
  }

  /** Send one after the other, so that they are stored in the order of writing. */
  async #flush() {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    let next;
    let isReached = this.isConnected;
    while ((next = this.unsent.find(({ refused }) => !refused))) {
      await new Promise((go) => setTimeout(go, Math.max(0, this.#quietUntil - Date.now())));
      isReached = await this.#deliver(next);
      if (!isReached) break;
    }
    this.#isFlushing = false;
    if (isReached !== this.isConnected) this.#setConnected(isReached);
    if (next) this.#tryLater();
  }

  /** @param {Unsent} unsent @returns {Promise<boolean>} whether the server said yes or no */
  async #deliver(unsent) {
    try {
      const { client_id, text } = unsent;
      const { page } = this;
      const files = unsent.files?.map(({ id }) => id);
      const answer = await this.#call("POST", "messages", { client_id, text, files, page, zone: ZONE });
      if (answer.status >= 500 || answer.status === 401) return false;
      if (answer.ok) {
        const message = await answer.json();
        this.#outbox.delete(client_id);
        this.#listener.received(message);
        return true;
      }
      const pause = Number(answer.headers.get("Retry-After")) || 0;
      if (answer.status === 429) this.#quietUntil = Date.now() + pause * 1000;
    } catch {
      return false;
    }
    unsent.refused = true;
    this.#listener.outboxChanged();
    return true;
  }

  /** @param {"GET" | "POST"} method @param {string} path @param {object} [body] */
  async #call(method, path, body) {
    const answer = await fetch(`/chat/${path}`, {
      method,
      body: body && JSON.stringify(body),
      headers: {
        "X-Chat-Ticket": this.#ticket,
        ...(body && { "Content-Type": "application/json" }),
      },
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WAIT),
    });
    if (answer.status === 401) this.#listener.expired();
    return answer;
  }

  /** @param {boolean} isConnected */
  #setConnected(isConnected) {
    const isBack = isConnected && !this.isConnected;
    this.isConnected = isConnected;
    if (isBack) {
      this.#tries = 0;
      this.#tryLater(); // the socket may have missed the moment
    }
    this.#listener.connected(isConnected);
  }
}

/** `crypto.randomUUID` is missing where the chat is served without TLS. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
