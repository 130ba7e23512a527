/** The shapes that the server and the widget's files hand each other. */

export interface Tones {
  accent: string;
  on_accent: string;
}

export interface Accent {
  light: Tones;
  dark: Tones;
}

/** Words by plural category, as `Intl.PluralRules` names them. */
export type Counted = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** What the launcher is called, closed and open; that the chat did not come, and what to do. */
export type LauncherStrings = [open: string, close: string, failed: string, again: string];

/** What the server writes into widget.js in the place of `__SETTINGS__`. */
export interface LauncherSettings {
  origin: string;
  title: string;
  locale: string;
  style: string;
  strings: Record<string, LauncherStrings>;
  /** The site may not embed the chat. */
  refused?: boolean;
}

/** What the frame's script says; the page's own words stand in its HTML. */
export interface Strings {
  unread: Counted;
  you: string;
  sending: string;
  sent: string;
  seen: string;
  queued: string;
  typing: string;
  offline: string;
  away: string;
  closed: string;
  email_bad: string;
  email_suggestion: string;
  email_failed: string;
  email_enough: string;
  email_thanks: string;
  declined: string;
  consent_missing: string;
  link_sent: string;
  code_bad: string;
  earlier: Counted;
}

/** A file that the server keeps; its bytes are given by its id to whoever may read it. */
export interface SentFile {
  id: string;
  kind: "image" | "audio" | "video" | "file";
  name: string;
  size: number;
  width?: number;
  height?: number;
}

export interface FileWords {
  remove: string;
  again: string;
  too_large: string;
  refused: string;
  failed: string;
  many: string;
  gone: string;
}

export interface Attachment extends Partial<Omit<SentFile, "name">> {
  url?: string | null;
  name?: string | null;
}

export interface Message {
  seq: number;
  direction: "incoming" | "outgoing";
  author: "visitor" | "agent" | "bot" | "system";
  name?: string | null;
  kind: string;
  text: string;
  attachments?: Attachment[];
  at: string;
  client_id?: string | null;
  /** In a question for an email: the address to confirm. */
  email?: string | null;
}

/** Where on the site the visitor is. */
export interface Page {
  url: string;
  title: string;
  referrer: string;
}

/** A message of the visitor's own that the server has not acknowledged. */
export interface Unsent {
  client_id: string;
  text: string;
  at: string;
  files?: SentFile[];
  refused?: boolean;
}

export interface Conversation {
  messages: Message[];
  last_seq: number;
  /** Up to where the visitor has read… */
  read_seq: number;
  /** …and the agents. */
  seen_seq: number;
  status: "open" | "closed";
  /** The question for an email waits for an answer. */
  asked: boolean;
  /** How many messages stand before these, from a browser that has not proved the address. */
  earlier: number;
  /** How the conversation went over to its owner: it goes on elsewhere. */
  goes_on: "mail" | "sign_in" | null;
  /** Its address was proved, and this browser is on that side. */
  owned: boolean;
  /** Another address that this browser has given: a code for it is in a mail. */
  to_prove: string | null;
}

/** What the server writes into the frame's HTML. */
export interface Settings {
  ticket: string;
  /** The size of the largest file, in bytes. */
  most: number;
  /** The origin that embeds the frame. */
  site: string;
  title: string;
  greeting: string;
  online: boolean;
  accent: Accent;
  consent: "off" | "notice" | "required";
  strings: Strings;
  conversation: Conversation;
}

export type EmailAnswer =
  | { outcome: "taken"; email: string }
  | { outcome: "refused"; suggestion?: string }
  | { outcome: "enough" }
  | { outcome: "failed" };

/** What the log asks for. */
export interface Actions {
  retry(clientId: string): void;
  giveEmail(email: string, consent: boolean): Promise<EmailAnswer>;
  decline(): Promise<boolean>;
  /** The messages before a `seq`; null where they cannot be read now. */
  older(before: number): Promise<Message[] | null>;
  reachedEnd(): void;
  focus(): void;
  announce(text: string): void;
}

/** What the client tells. */
export interface Listener {
  received(message: Message): void;
  typing(name: string, isTyping: boolean): void;
  seen(seq: number): void;
  status(status: Conversation["status"]): void;
  /** When the team is there again, in the visitor's time zone: nobody is there now. */
  back(text: string): void;
  connected(isConnected: boolean): void;
  outboxChanged(): void;
  expired(): void;
}

declare global {
  const __SETTINGS__: LauncherSettings;
  interface Window {
    Whosthere?: {
      open(): void;
      close(): void;
      toggle(): void;
      /** Bring the chat back into the page; of no use to sites. */
      attach(): void;
    };
  }
}
