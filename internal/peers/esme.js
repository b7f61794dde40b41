#!/usr/bin/env node
'use strict';
// A configurable ESME on node-smpp: binds, sends, waits for what it was told
// to wait for, and leaves in the way it was told; see README.md.

const { loadSMPP, readOptions, event, fail, sleep } = require('./cli');
const smpp = loadSMPP();

const opt = readOptions('esme.js', {
  host: ['127.0.0.1', 'address of the SMSC'],
  port: [2775, 'port of the SMSC'],
  bind: ['trx', 'tx, rx or trx'],
  'system-id': ['acme', 'account'],
  password: ['secret1', 'its password, at most 8 characters'],
  'system-type': ['smpp', 'system_type'],
  'retry-system-type': ['', 'after a refused bind: reconnect with this system_type'],
  'interface-version': ['0x34', 'interface_version'],
  send: [0, 'messages to send'],
  source: ['ACMECO', 'source_addr; letters get TON 5, digits TON 1'],
  dest: [['919800000001'], 'destination_addr, repeatable: used in turn'],
  text: ['Your order %d is on its way', 'text, %d becomes the number of the message'],
  long: ['', 'udh, sar or payload: each message is a long one, sent in this way'],
  receipt: [false, 'ask for a receipt (registered_delivery 1)'],
  interval: [0, 'ms between two submits'],
  window: [10, 'submits that may be unanswered at once'],
  'on-throttle': ['drop', 'after 0x58 or 0x14: drop; wait (all pause); insist (repeat, do not slow down)'],
  backoff: [1500, 'ms of --on-throttle wait and insist'],
  expect: [0, 'deliver_sm to wait for before leaving'],
  'enquire-link': [0, 'ms between enquire_links; 0: none'],
  'mute-deliver': [false, 'leave deliver_sm unanswered'],
  stay: [0, 'ms to stay silent before leaving'],
  end: ['unbind', 'unbind, close (FIN without unbind), reset, or wait (until the SMSC closes)'],
  timeout: [60000, 'ms after which it gives up with exit code 1'],
});

const BINDS = { tx: 'bind_transmitter', rx: 'bind_receiver', trx: 'bind_transceiver' };
if (!BINDS[opt.bind]) fail('esme.js: --bind is tx, rx or trx');
const LONG_TEXT = 'This message is longer than one part can be, so it is cut by the sender and put together ' +
  'again by the receiver: that works with a user data header, with sar parameters, or in one piece in the ' +
  'message payload. The text goes on for a while, to make sure of three parts, then it stops here. ' +
  'Nothing in it means anything, and message %d ends with this sentence.';

async function main() {
  let link = await Link.open();
  let status = await link.bind(opt.systemType);
  if (status && opt.retrySystemType) {
    await link.leave('close');
    link = await Link.open();
    status = await link.bind(opt.retrySystemType);
  }
  if (status) {
    await link.leave('close');
    process.exitCode = 1;
    return;
  }
  await link.sendAll(messages());
  while (link.delivered < opt.expect && !link.gone) await sleep(10);
  await sleep(opt.stay);
  await link.leave(opt.end);
}

// A Link is one connection.
class Link {
  static open() {
    return new Promise((resolve, reject) => {
      const session = smpp.connect({ host: opt.host, port: opt.port }, () => resolve(new Link(session)));
      session.on('error', (err) => {
        event('error', { message: err.message });
        reject(err);
      });
    });
  }

  constructor(session) {
    this.session = session;
    this.delivered = 0;
    this.open = 0;
    session.socket.setNoDelay(true);
    this.closed = new Promise((resolve) => session.on('close', resolve));
    this.closed.then(() => {
      this.gone = true;
      clearInterval(this.prober);
    });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('deliver_sm', (pdu) => this.deliver(pdu));
  }

  // request resolves with the response, or with null when the link has gone.
  request(command, fields = {}) {
    const answer = new Promise((resolve) => this.session[command](fields, resolve));
    return Promise.race([answer, this.closed.then(() => null)]);
  }

  async bind(systemType) {
    const resp = await this.request(BINDS[opt.bind], {
      system_id: opt.systemId,
      password: opt.password,
      system_type: systemType,
      interface_version: Number(opt.interfaceVersion),
    });
    const status = resp ? resp.command_status : -1;
    event('bound', { status });
    if (!status && opt.enquireLink) {
      this.prober = setInterval(() => this.session.enquire_link(), opt.enquireLink);
    }
    return status;
  }

  deliver(pdu) {
    this.delivered++;
    if (!opt.muteDeliver) this.session.send(pdu.response());
    event('delivered', { esm_class: pdu.esm_class, text: pdu.short_message.message });
  }

  // sendAll keeps up to --window submits open, and ends when all are answered.
  async sendAll(queue) {
    const total = queue.length;
    this.queue = queue;
    this.repeats = 0; // messages that wait to be sent again
    this.resumeAt = 0;
    for (;;) {
      const done = !this.queue.length && !this.open && !this.repeats;
      if (done || this.gone) break;
      if (!this.queue.length || this.open >= opt.window || Date.now() < this.resumeAt) {
        await sleep(2);
        continue;
      }
      this.submit(this.queue.shift());
      if (opt.interval) await sleep(opt.interval);
    }
    if (total) event('sent', { messages: total });
  }

  async submit(fields) {
    this.open++;
    const resp = await this.request('submit_sm', { ...fields });
    this.open--;
    if (!resp) return;
    const status = resp.command_status;
    event('answered', { to: fields.destination_addr, status, message_id: resp.message_id });
    if (status === smpp.ESME_RTHROTTLED || status === smpp.ESME_RMSGQFUL) this.throttled(fields);
  }

  throttled(fields) {
    if (opt.onThrottle === 'wait') {
      this.resumeAt = Date.now() + opt.backoff;
      this.queue.unshift(fields);
    } else if (opt.onThrottle === 'insist') {
      this.repeats++;
      setTimeout(() => {
        this.repeats--;
        this.submit(fields);
      }, opt.backoff);
    }
  }

  async leave(how) {
    if (!this.gone && how === 'unbind') await this.request('unbind');
    if (how === 'reset') this.session.socket.resetAndDestroy();
    else if (how !== 'wait') this.session.close();
    await this.closed;
    event('left', { how });
  }
}

// messages are the fields of all submits, in order.
function messages() {
  const out = [];
  for (let i = 0; i < opt.send; i++) {
    const fields = {
      source_addr_ton: /[^0-9]/.test(opt.source) ? 5 : 1,
      source_addr_npi: /[^0-9]/.test(opt.source) ? 0 : 1,
      source_addr: opt.source,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: opt.dest[i % opt.dest.length],
      registered_delivery: opt.receipt ? 1 : 0,
      data_coding: 0, // named, else node-smpp chooses 1 for plain text
    };
    const text = (opt.long ? LONG_TEXT : opt.text).replace('%d', i + 1);
    out.push(...parts(text, i + 1).map((p) => ({ ...fields, ...p })));
  }
  return out;
}

function parts(text, reference) {
  if (opt.long === 'payload') return [{ message_payload: { message: text } }];
  if (!opt.long) return [{ short_message: text }];
  const cut = text.match(/[^]{1,153}/g); // 153 septets stay beside a header of six octets
  return cut.map((piece, i) => (opt.long === 'udh'
    ? { short_message: { udh: Buffer.from([5, 0, 3, reference, cut.length, i + 1]), message: piece } }
    : {
      short_message: piece,
      sar_msg_ref_num: reference, sar_total_segments: cut.length, sar_segment_seqnum: i + 1,
    }));
}

setTimeout(() => {
  event('timeout');
  process.exit(1);
}, opt.timeout).unref();
main().catch((err) => {
  console.error(`esme.js: ${err.message}`);
  process.exitCode = 1;
});
